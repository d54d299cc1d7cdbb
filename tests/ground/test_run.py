"""``make run`` as a person meets it: one supervisor, real children, and nothing left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest

from kam.engines.homes import ROOT, Home
from kam.engines.processes import leftovers, start_child
from kam.run import check_children, choose_port, is_free, supervise
from kam.terminal import Stop
from tests.ground.commands import clean_environment, run_python


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "var")


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(home, port):
    return subprocess.Popen(
        [sys.executable, "-m", "kam.run"],
        cwd=ROOT,
        env=clean_environment(VAR_ROOT=str(home.root), PORT=str(port), DEMO="0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_until(process, text):
    """What the process says up to the line with ``text``."""
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"it ended without saying {text!r}:\n{said}")


def ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def wait_until(condition, patience=120):
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


def listening(supervisor):
    """The addresses on which the supervisor's whole family listens."""
    family = [supervisor, *supervisor.children(recursive=True)]
    return {c.laddr.ip for p in family for c in p.net_connections("inet") if c.status == "LISTEN"}


def test_a_run_from_start_to_end(home, port):
    run = start(home, port)
    try:
        assert f"http://127.0.0.1:{port}/" in read_until(run, "Ctrl-C stops everything")
        assert ask(port, "/healthz") == (200, {"process": "ok"})
        wait_until(lambda: ask(port, "/readyz")[0] == 200)
        assert set(ask(port, "/readyz")[1]) == {"database", "redis", "migrations", "worker"}
        assert listening(psutil.Process(run.pid)) == {"127.0.0.1"}

        second = run_python("-m", "kam.run", VAR_ROOT=str(home.root), PORT=str(port))
        assert second.stderr.strip() == (
            f"kam: make run (process {run.pid}) is running in this checkout already: end it first"
        )
        assert second.returncode == 1

        # A command beside it finds the engines; it neither starts nor stops any.
        beside = run_python("manage.py", "migrate", "--check", VAR_ROOT=str(home.root))
        assert (beside.returncode, beside.stderr) == (0, "")
        assert ask(port, "/readyz")[0] == 200

        run.kill()
        run.wait()
        if sys.platform == "linux":
            wait_until(lambda: leftovers(home) == [])
        again = start(home, port)
        read_until(again, "Ctrl-C stops everything")
        assert ask(port, "/healthz")[0] == 200
        again.send_signal(signal.SIGINT)
        assert "Stopped" in again.communicate(timeout=120)[0]
        assert again.returncode == 0
        assert leftovers(home) == []
        assert is_free(port)
    finally:
        run.kill()


def test_the_death_of_a_process_is_named_with_the_end_of_its_log(tmp_path, monkeypatch):
    home = Home(tmp_path)
    monkeypatch.setattr("kam.run.RUN_HOME", home)
    home.prepare()
    dead = start_child([sys.executable, "-c", "import sys; sys.exit('no such queue')"], home, home.logs / "worker.log")
    dead.wait()
    check_children({})
    with pytest.raises(Stop, match=r"^worker ended by itself \(exit code 1\)(.|\n)*no such queue"):
        check_children({"worker": dead})


def test_children_are_stopped_when_the_watch_ends(tmp_path, monkeypatch):
    home = Home(tmp_path)
    monkeypatch.setattr("kam.run.RUN_HOME", home)
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    ending = [sys.executable, "-c", "print('done')"]
    monkeypatch.setattr("kam.run.commands", lambda port: {"web": sleeper, "worker": sleeper, "beat": ending})
    home.prepare()
    with pytest.raises(Stop, match="beat ended by itself"):
        supervise(1, [])
    assert leftovers(home) == []


def test_a_taken_port_that_was_asked_for_is_refused(monkeypatch, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        monkeypatch.setenv("PORT", str(port))
        monkeypatch.setattr("kam.run.environment", _Wish(port))
        with pytest.raises(Stop, match=f"PORT {port} is taken"):
            choose_port()


def test_a_taken_usual_port_gives_way_to_the_next(monkeypatch, port, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        monkeypatch.delenv("PORT", raising=False)
        monkeypatch.setattr("kam.run.environment", _Wish(port))
        assert choose_port() > port
    assert f"Port {port} is taken, using" in capsys.readouterr().out


class _Wish:
    def __init__(self, port):
        self.port = port


def test_a_signal_while_starting_leaves_nothing(home, port):
    run = start(home, port)
    wait_until(lambda: (home.postgres_data / "postmaster.pid").exists())
    os.kill(run.pid, signal.SIGTERM)
    assert "Stopped" in run.communicate(timeout=120)[0]
    assert run.returncode == 0
    assert leftovers(home) == []
