"""Code that wants marks which it has not earned, or to reach out of its kernel: files in hostile/.

Each says in its first line what it tries, and then which questions are earned all the same. Its cells
stand between an honest answer to 1.2 and one to 1.1; nobody answers 1.4. What it reaches outside it puts
into `reached`.
"""

import json
import os
import re
import socket
import struct
import sys
import time
from pathlib import Path

import pytest

from crmlab.checks import kept
from crmlab.checks.judge import judge
from crmlab.checks.question import find
from crmlab.company.company import open_company
from crmlab.grading.kernel import Limits, Probe, publish, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Only Linux can lock code in")

HOSTILE = sorted((Path(__file__).parent / "hostile").glob("*.txt"))
SECRET = "a-secret-of-the-course"
LIMITS = Limits(cell_seconds=1, seconds=30, memory_mb=400, scratch_mb=16, answer_bytes=200_000)

BEFORE = """
from crmlab import open_company

company = open_company()
orders = company.orders
valid = orders["status"].isin(["confirmed", "shipped", "completed"])
buyers_2025 = orders[valid & (orders["ordered_at"].dt.year == 2025)]["customer_id"].nunique()
reached = []


def tried(work, name=None):
    try:
        work()
    except BaseException:
        return
    reached.append(name or work.__name__)
"""
AFTER = """
from crmlab import open_company

customers_on_file = len(open_company().customers)
"""


@pytest.fixture(scope="module")
def company():
    return open_company(language="en", account="s2026017", course="only the grader knows this one")


@pytest.fixture(scope="module")
def published(company, tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    publish(company, folder, truth={"customers": ["customer_id", "type", "left_on"]})
    return folder


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    """Start a warm parent of our own, and return the number of its process and the path of its socket."""
    from crmlab.grading.kernel import sharing

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        sharing.folder.cache_clear()
        with sharing.connected() as connection:
            said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            process, path = struct.unpack("3i", said)[0], connection.getpeername()
        yield process, path
    sharing.folder.cache_clear()


@pytest.fixture(scope="module")
def grader(parent, tmp_path_factory):
    """Return what there is to attack: a folder, processes, sockets that listen."""
    folder = tmp_path_factory.mktemp("grades")
    (folder / "course.toml").write_text(f'secret = "{SECRET}"', encoding="utf-8")
    abstract = f"grader-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind("\0" + abstract)
        local.listen()
        yield {
            "folder": str(folder),
            "pid": os.getpid(),
            "parent": parent[0],
            "socket": parent[1],
            "port": server.getsockname()[1],
            "abstract": abstract,
            "terces": SECRET[::-1],
        }


def descendants(process):
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return []  # it has ended meanwhile
    return [one for child in children for one in (int(child), *descendants(child))]


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_no_code_forges_a_mark_or_reaches_outside(path, company, published, parent, grader, monkeypatch):
    monkeypatch.setenv("GRADER_TOKEN", SECRET)
    head, *cells = re.split(r"^# %%\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    said = dict(re.findall(r"^(expect|died):(.*)$", head, re.MULTILINE))
    before = sorted(Path(grader["folder"]).rglob("*")), (Path(grader["folder"]) / "course.toml").read_bytes()
    probes = [
        Probe("1.2", "buyers_2025", 1),
        Probe("1.1", "customers_on_file"),
        Probe("1.4", "net_sales_2025"),
        Probe("reached", "', '.join(reached)"),
    ]
    result = run([f"GRADER = {grader}", BEFORE, *cells, AFTER], published, probes, LIMITS)

    earned = [number for number in ("1.1", "1.2", "1.4") if solves(number, company, result.replies[number])]
    assert earned == said["expect"].split(), result
    assert (result.died or "") == said.get("died", "").strip() or not said.get("died")
    reached = result.replies["reached"].json
    assert reached is None or reached_of(reached) in (None, ""), reached
    now = sorted(Path(grader["folder"]).rglob("*")), (Path(grader["folder"]) / "course.toml").read_bytes()
    assert now == before
    assert SECRET not in str(result)
    assert result.seconds < LIMITS.seconds + 10
    deadline = time.monotonic() + 5
    while descendants(parent[0]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert descendants(parent[0]) == []


def solves(number, company, reply):
    """Judge a reply as a grader does who trusts nothing in it."""
    try:
        answer = kept.read(json.loads(reply.json))
        return judge(find(number), company, answer).solves
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return False


def reached_of(text):
    try:
        return json.loads(text)["columns"][0]["values"][0]
    except (LookupError, TypeError, ValueError, RecursionError):
        return None
