"""Kernels: what they give back, wherever and however they are started."""

import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from crmlab.company.company import open_company
from crmlab.errors import CrmlabError
from crmlab.grading.kernel import Limits, Probe, publish, run, running, starting
from crmlab.grading.kernel.starting import NotStartedError, RefusedError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has cold kernels only")
linux = pytest.mark.skipif(sys.platform != "linux", reason="Only Linux can fork kernels and lock code in")

ROOT = Path(__file__).parents[2]
GROUP, NAME = "jupyter_client.kernel_provisioners", "crmlab-warm"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    publish(open_company(language="zh", account="s2026017"), folder)
    return folder


def values(reply):
    return [column["values"] for column in json.loads(reply.json)["columns"]]


@linux
def test_a_cold_kernel_gives_what_a_warm_one_gives(published):
    cells = [
        "import random, numpy as np, pandas as pd, matplotlib.pyplot as plt\n"
        "from sklearn.cluster import KMeans\n"
        "from crmlab import *\nfrom crmlab.analysis import menu, value_customers",
        "company = open_company('some', 'thing')\nlines = company.order_lines\nexplore(company).show()",
        "table = lines.groupby('product_id')['unit_price'].agg(['mean', 'std'])\nplt.plot([1]); plt.show()",
        "menu.find('value-customers').chart(value_customers(company), company)",
        "drawn = [random.random(), float(np.random.rand()), float(np.random.default_rng(1).random())]",
        "labels = KMeans(3, n_init=2, random_state=1).fit(lines[['unit_price', 'quantity']][:500]).labels_",
        "check('1.1', 5); hint('1.1'); my_account(); hand_in(); undefined",
        "%matplotlib inline\n!true\nimport asyncio, ipywidgets\n"
        "ipywidgets.IntSlider(); await asyncio.sleep(0)",
    ]
    probes = [Probe(name, name) for name in ("table", "drawn", "labels", "company.language", "nowhere")]
    warm, cold = (run(cells, published, probes, warm=warm) for warm in (True, False))
    assert warm.replies == cold.replies
    assert [cell.status for cell in warm.cells] == [cell.status for cell in cold.cells]
    assert [cell.name for cell in warm.cells if cell.status != "ok"] == ["NameError"]
    assert values(warm.replies["company.language"]) == [["zh"]]
    assert warm.replies["nowhere"].name == "NameError"
    assert warm.warnings == cold.warnings == ()


@linux
def test_the_same_notebook_gives_the_same_answer_every_time(published):
    cells = ["import random", "drawn = [random.random(), len({str(n): n for n in range(9)})]"]
    first, second = (run(cells, published, [Probe("1", "drawn")]).replies for _ in range(2))
    assert first == second


@linux
def test_a_timeout_costs_its_cell_and_what_is_over_is_skipped(published):
    cells = ["a = 1", "import time; time.sleep(9)", "b = 2", "time.sleep(9)", "c = 3"]
    probes = [Probe("a", "a", 0), Probe("b", "b", 2), Probe("c", "c", 4), Probe("late", "a")]
    result = run(cells, published, probes, Limits(cell_seconds=0.5, seconds=1))
    assert [cell.status for cell in result.cells] == ["ok", "timeout", "ok", "timeout", "skipped"]
    assert [result.replies[name].json is None for name in ("a", "b", "c", "late")] == [
        False,
        False,
        True,
        False,
    ]
    assert result.died is None


@linux
def test_a_kernel_that_dies_costs_the_cell_that_it_died_of(published):
    cells = ["a = 1", "import os; os._exit(0)", "b = a + 1", "os.kill(os.getpid(), 9)", "c = b + 1"]
    result = run(cells, published, [Probe(name, name) for name in "abc"])
    assert [cell.status for cell in result.cells] == ["ok", "killed", "ok", "error", "ok"]
    assert [values(result.replies[name]) for name in "abc"] == [[[1]], [[2]], [[3]]]
    assert result.died == "crash"


@linux
def test_memory_is_counted_once_the_walls_stand(monkeypatch):
    """On a busy computer they take their time, and before them all its processes are seen."""
    from crmlab.grading.kernel import keeper

    monkeypatch.setattr(keeper, "_LOOK", 0.02)
    monkeypatch.setattr(keeper, "_memory", lambda: float("inf"))
    built, building = os.pipe()
    here, there = socket.socketpair()
    kernel = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(9)"])
    begun = time.monotonic()
    with here, there, ThreadPoolExecutor() as pool:
        told = pool.submit(keeper._watch, kernel.pid, there, built, Limits(), os.getppid(), walls=True)
        with pytest.raises(TimeoutError):
            told.result(0.3)
        os.close(building)
        told.result(5)
        assert json.loads(here.recv(99)) == {"died": "memory"}
    assert time.monotonic() - begun < 5
    os.close(built)


def test_a_kernel_without_its_company_is_not_taken_for_a_computer_without_walls(tmp_path):
    with pytest.raises(NotStartedError, match="FileNotFoundError"):
        run(["a = 1"], tmp_path, trust=True)


def test_a_computer_that_starts_no_process_says_so(published, monkeypatch):
    monkeypatch.setattr(starting, "start", lambda *given, **named: os.close(-1))
    with pytest.raises(NotStartedError, match="Bad file descriptor"):
        run(["a = 1"], published, trust=True)


def test_without_walls_nothing_runs_unless_the_class_is_trusted(published, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(
            starting, "start", lambda *given, **named: (_ for _ in ()).throw(RefusedError("EPERM"))
        )
        with pytest.raises(CrmlabError, match="EPERM"):
            run(["a = 1"], published)
    # As on macOS, where there is nothing to fork from either.
    monkeypatch.setattr(running.sys, "platform", "darwin")
    with pytest.raises(CrmlabError, match="darwin"):
        run(["a = 1"], published)
    cells = ["a = 1", "import time; time.sleep(9)", "b = 2"]
    result = run(cells, published, [Probe("a", "a", 0)], Limits(cell_seconds=0.5), trust=True)
    assert [cell.status for cell in result.cells] == ["ok", "timeout", "ok"]
    assert values(result.replies["a"]) == [[1]]
    assert "darwin" in result.warnings[0].zh


@linux
def test_all_processes_share_one_parent_which_ends_with_the_last(published, tmp_path):
    script = (
        "import socket, struct, sys\nfrom pathlib import Path\n"
        "from crmlab.grading.kernel import run, sharing, wake\nwake()\nrun(['1'], Path(sys.argv[1]))\n"
        "said = sharing.connected().getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)\n"
        "print(struct.unpack('3i', said)[0])"
    )
    environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def parent(_):
        command = [sys.executable, "-c", script, str(published)]
        return int(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)

    with ThreadPoolExecutor() as pool:
        first, second = pool.map(parent, range(2))
    assert first == second
    deadline = time.monotonic() + 15
    while Path(f"/proc/{first}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{first}").exists()
    assert list(tmp_path.rglob("socket")) == []


@pytest.fixture
def jupyter(published, tmp_path, monkeypatch):
    """Let Jupyter know the kernel, also where this checkout is not installed."""
    monkeypatch.setenv("JUPYTER_PATH", str(ROOT / "crmlab" / "grading" / "kernel" / "jupyter"))
    monkeypatch.setenv("CRMLAB_COMPANY", str(published))
    if NAME not in entry_points(group=GROUP).names:
        about = tmp_path / "site" / "warm-0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Name: warm\nVersion: 0\n", encoding="ascii")
        entry = f"[{GROUP}]\n{NAME} = crmlab.grading.kernel.provisioner:WarmProvisioner\n"
        (about / "entry_points.txt").write_text(entry, encoding="ascii")
        monkeypatch.syspath_prepend(about.parent)
        monkeypatch.setenv("PYTHONPATH", f"{about.parent}{os.pathsep}{ROOT}")
    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    KernelProvisionerFactory.instance().provisioners[NAME] = EntryPoint(
        NAME, "crmlab.grading.kernel.provisioner:WarmProvisioner", GROUP
    )


@linux
def test_nbclient_runs_a_notebook_in_a_kernel_behind_walls(jupyter):
    from crmlab.grading.kernel.asking import ask

    cells = [
        "from crmlab import open_company\nn = len(open_company().customers)",
        "import os, socket\nprint(sorted(os.listdir('/')), os.path.exists('/etc/shadow'))",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "open('/sockets/more', 'w')",
    ]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    client = nbclient.NotebookClient(notebook, kernel_name=NAME, allow_errors=True, timeout=60)
    with client.setup_kernel():
        for at, cell in enumerate(notebook.cells):
            client.execute_cell(cell, at)
        replies = [
            ask(_blocking(client.kc), expression) for expression in ("n", "nowhere", "'x' * 2_000_000")
        ]
    seen, figure, refused = (cell.outputs[0] for cell in notebook.cells[1:])
    assert "False" in seen.text and "scratch" in seen.text and "home" not in seen.text
    assert "image/png" in figure.data
    assert refused.ename == "OSError"
    assert values(replies[0])[0][0] > 800
    assert [reply.problem for reply in replies] == ["", "error", "large"]


def _blocking(client):
    from jupyter_client import BlockingKernelClient

    blocking = BlockingKernelClient()
    blocking.load_connection_info(client.get_connection_info())
    blocking.start_channels()
    return blocking


@linux
def test_nbval_runs_unmodified_in_it(jupyter, tmp_path):
    cells = ["from crmlab import open_company\ncompany = open_company()", "len(company.products)", "1 / 0"]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    (path := tmp_path / "lab.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", f"--nbval-kernel-name={NAME}"]
    result = subprocess.run(
        [sys.executable, *command, str(path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert "1 failed, 2 passed" in result.stdout, result.stdout + result.stderr
    assert "ZeroDivisionError" in result.stdout
