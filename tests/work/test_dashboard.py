"""``crmlab dashboard`` without Voilà and without a browser."""

from __future__ import annotations

import ast
import re
import socket
from contextlib import closing

import pytest
from typer.testing import CliRunner

from crmlab import open_company
from crmlab.cli import app
from crmlab.work import dashboard


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """What would be served, in a folder of its own, as if Voilà were installed."""
    seen = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(dashboard, "find_spec", lambda _: True)
    monkeypatch.setattr(dashboard, "serve", lambda *given, **more: seen.append((*given, more)) or 0)
    return seen


def run(*arguments):
    return CliRunner().invoke(app, ["dashboard", *arguments])


def test_the_page_is_of_the_company_that_was_asked_for(calls, tmp_path):
    assert run("--lang", "zh", "--account", "s2026017", "--no-browser").exit_code == 0
    call, language, port, _, more = calls.pop()
    assert (language, more) == ("zh", {"browser": False})
    assert "open_company(language='zh', account='s2026017')" in call
    assert port >= dashboard.PORT
    folder = tmp_path / "另一家 'B'"
    open_company(language="zh", seed=7).save(folder)
    assert run("--company", str(folder)).exit_code == 0
    call, language, *_ = calls.pop()
    assert language == "zh"
    assert ast.literal_eval(re.search(r"Company\.read\((.*)\)\)$", call)[1]) == str(folder)


def test_a_port_in_use_is_said_and_the_next_one_taken(calls):
    with closing(socket.socket()) as taken:
        taken.bind((dashboard.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("--port", str(port), "--lang", "en")
        assert result.exit_code == 1 and str(port) in result.output and "--port" in result.output
        assert calls == []
    assert run("--port", str(port)).exit_code == 0
    assert calls[0][2] == port


def test_a_company_that_cannot_be_read_is_said_before_anything_is_opened(calls):
    result = run("--company", "nowhere")
    assert result.exit_code == 1 and "nowhere" in result.output
    assert calls == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_voila_a_sentence_says_what_to_install(monkeypatch, language):
    monkeypatch.setattr(dashboard, "find_spec", lambda _: None)
    result = run("--lang", language)
    assert result.exit_code == 1
    assert 'pip install "crmlab[web]"' in " ".join(result.output.split())
    assert bool(re.search("[一-鿿]", result.output)) == (language == "zh")


def test_the_code_of_the_notebook_is_python_wherever_it_is_started():
    page = dashboard.notebook("import os\n\nos.chdir(" + repr("C:\\Users\\王 O'Neil") + ")\n1", "zh")
    ast.parse(page["cells"][0]["source"])
    assert page["metadata"]["crmlab"]["language"] == "zh-CN"


def test_nothing_is_served_beyond_this_computer():
    settings = dashboard.configuration(8866)
    assert settings["Voila"]["ip"] == "127.0.0.1"
    policy = settings["Voila"]["tornado_settings"]["headers"]["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "http" not in policy
