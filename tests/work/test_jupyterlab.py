"""JupyterLab as `crmlab lab` starts it: its own settings, this Python, an honest end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from crmlab.work import jupyter
from crmlab.work.folder import prepare

ELSEWHERE = {
    "argv": ["/no/such/python", "-f", "{connection_file}"],
    "display_name": "Other",
    "language": "python",
}


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Server:
    """A running ``crmlab lab``."""

    def __init__(self, folder, environment, *options):
        self.port = free_port()
        command = [sys.executable, "-m", "crmlab", "lab", "--dir", str(folder), *options]
        self.process = subprocess.Popen(
            [*command, "--no-browser", f"--port={self.port}", "--", "--IdentityProvider.token=t"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.wait()

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}?token=t", timeout=20) as answer:
            return answer.url, answer.read().decode("utf-8")

    def wait(self):
        for _ in range(150):
            try:
                self.get("/api")
                return
            except urllib.error.URLError:
                assert self.process.poll() is None, self.process.stdout.read().decode("utf-8")
                time.sleep(0.2)
        raise AssertionError("JupyterLab did not start")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The Chinese edition, for a student who has a kernel "python3" that is another Python."""
    home = tmp_path_factory.mktemp("home")
    kernel = home / "data" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps(ELSEWHERE), encoding="utf-8")
    own = {f"JUPYTER_{name.upper()}_DIR": str(home / name) for name in ("data", "config", "runtime")}
    environment = os.environ | own | {"JUPYTER_PATH": str(home / "data"), "PYTHONIOENCODING": "utf-8"}
    server = Server(home / "my work 我的", environment, "--lang", "zh")
    server.home = home
    yield server
    if server.process.poll() is None:
        server.process.kill()
    server.process.stdout.close()


def test_the_first_lab_opens(server):
    url, _ = server.get("/")
    assert "/lab/tree/00-" in url


def test_the_kernel_is_the_python_that_runs_crmlab(server):
    _, answer = server.get("/api/kernelspecs")
    found = json.loads(answer)
    assert found["default"] == "python3"
    assert found["kernelspecs"]["python3"]["spec"]["argv"][0] == sys.executable


def test_the_menus_are_chinese(server):
    _, answer = server.get("/lab/api/settings/@jupyterlab/translation-extension:plugin")
    assert json.loads(answer)["settings"] == {"locale": "zh_CN"}
    _, answer = server.get("/lab/api/translations/zh_CN")
    assert "文件" in str(json.loads(answer)["data"]["jupyterlab"])


def test_nobody_is_asked_about_news(server):
    _, answer = server.get("/lab/api/settings/@jupyterlab/apputils-extension:notification")
    assert json.loads(answer)["settings"]["fetchNews"] == "false"


def test_the_settings_of_the_students_own_jupyterlab_are_left_alone(server):
    assert not (server.home / "config" / "lab").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_signal_ends_jupyterlab_too(server):
    """The last test of this server."""
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=20) == 0
    with pytest.raises(urllib.error.URLError):
        server.get("/api")


def test_the_exit_status_of_jupyterlab_is_handed_on(shipped, mine):
    work = prepare(mine, "en")
    assert jupyter.start(work.path, "en", None, ["--no-browser", "--ServerApp.port=no-number"]) == 1


def test_what_the_student_set_in_jupyterlab_stays(shipped, mine):
    jupyter.environment(mine, "zh")
    plugin = mine / jupyter.SETTINGS / "@jupyterlab" / "translation-extension" / "plugin.jupyterlab-settings"
    plugin.write_text('{"locale": "en"}', encoding="utf-8")
    jupyter.environment(mine, "zh")
    assert plugin.read_text(encoding="utf-8") == '{"locale": "en"}'


def test_who_works_here_stands_in_the_file_only(shipped, mine, monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", "en")
    monkeypatch.setenv("CRMLAB_PROGRESS", "off")
    environment = jupyter.environment(mine, "zh")
    assert "CRMLAB_LANGUAGE" not in environment
    assert environment["CRMLAB_PROGRESS"] == "off"


def test_windows_that_were_open_are_opened_again(shipped, mine):
    assert not jupyter.was_open(mine)
    (mine / jupyter.WINDOWS).mkdir(parents=True)
    (mine / jupyter.WINDOWS / "default-37a8.jupyterlab-workspace").write_text("{}", encoding="utf-8")
    assert jupyter.was_open(mine)
    assert "--LabApp.default_url=/lab" in jupyter.command(mine, None)
    assert "--LabApp.default_url=/lab/tree/01%20a.ipynb" in jupyter.command(mine, mine / "01 a.ipynb")
