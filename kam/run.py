"""``make run``: the whole workspace on this machine, from one command, until Ctrl-C.

One supervisor: it takes the checkout's lock, starts the engines that the environment does not name,
prepares the database and keeps web, worker and beat running as child processes. If one of them dies it
stops the rest and says which and why. Logs are in ``var/log``.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack

# Before the environment is read: this is a run for one person on this machine.
os.environ.setdefault("LOCAL", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")

from kam.engines.homes import ROOT, RUN_HOME
from kam.engines.processes import last_lines, start_child, stop_child
from kam.engines.running import engines
from kam.environment import environment
from kam.frontend import main as prepare_frontend
from kam.system_libraries import check_system_libraries
from kam.terminal import Stop, run_or_stop, say
from kam.translations import compile_catalogues

LOOPBACK = "127.0.0.1"
_PORTS_TRIED = 50


class Interrupted(BaseException):
    """A signal asked us to end. No ``Exception``, so that no retry in between takes it for a failure."""


def _interrupt(number, frame):
    raise Interrupted


def is_free(port):
    """Whether nobody listens on the port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def choose_port():
    """The port asked for; without a wish the first free one from the usual on.

    Raises ``Stop`` where the port asked for is taken.
    """
    wish = environment.port
    if is_free(wish):
        return wish
    if os.environ.get("PORT"):
        raise Stop(f"PORT {wish} is taken by another program: choose another, as in PORT=8010 make run")
    for port in range(wish + 1, wish + _PORTS_TRIED):
        if is_free(port):
            say(f"Port {wish} is taken, using {port}")
            return port
    raise Stop(f"no free port from {wish} on: set PORT")


def commands(port):
    """The processes of the workspace, by name."""
    python = [sys.executable, "-m"]
    beat_file = RUN_HOME.root / "run" / "beat-schedule"
    log_level = environment.log_level.lower()
    return {
        "web": [
            *python, "gunicorn", "kam.wsgi", "--bind", f"{LOOPBACK}:{port}",
            "--workers", environment.web_workers, "--threads", environment.web_threads,
            "--timeout", environment.request_seconds, "--graceful-timeout", 5, "--no-control-socket",
            "--preload",
        ],
        "worker": [
            *python, "celery", "-A", "kam", "worker", "--loglevel", log_level,
            "--concurrency", environment.worker_processes, "--hostname", "worker@local",
        ],
        "beat": [
            *python, "celery", "-A", "kam", "beat", "--loglevel", log_level, "--schedule", beat_file,
            "--pidfile", "",
        ],
    }  # fmt: skip


def manage(*arguments):
    """Run a management command to its end, its output shown. Raises ``Stop`` where it fails."""
    if subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT).returncode:
        raise Stop(f"manage.py {arguments[0]} failed; its own message is above")


def wait_for_web(port, children, patience=180):
    """Wait until the web process answers. Raises ``Stop`` where a child dies or time runs out."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        check_children(children)
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise Stop(f"the web process does not answer after {patience} s, see {RUN_HOME.logs / 'web.log'}")


def check_children(children):
    """Raise ``Stop`` with the end of its log when one of the processes or engines has died."""
    for name, child in children.items():
        if (code := child.poll()) is not None:
            log = RUN_HOME.logs / f"{name.lower()}.log"
            raise Stop(f"{name} ended by itself (exit code {code}), stopping the rest. {log}:\n{last_lines(log)}")


def supervise(port, running):
    """Start web, worker and beat, say where they are, and watch until a signal or a death."""
    children = {"postgres" if e.name == "PostgreSQL" else "redis": e.child for e in running}
    with ExitStack() as stack:
        for name, command in commands(port).items():
            log = RUN_HOME.logs / f"{name}.log"
            child = start_child(command, RUN_HOME, log, cwd=ROOT)
            stack.callback(stop_child, child)
            children[name] = child
        wait_for_web(port, children)
        say()
        say(f"  The KAM workspace is at http://{LOOPBACK}:{port}/")
        say(f"  Logs are in {RUN_HOME.logs}. Ctrl-C stops everything.")
        say()
        while True:
            check_children(children)
            time.sleep(0.5)


def main():
    """Run until told to end; 0 after a signal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        check_system_libraries()
        own_engines = {"postgres": not environment.database_url, "redis": not environment.redis_url}
        with engines(RUN_HOME, "make run", **own_engines) as running:
            prepare_frontend()
            compile_catalogues()
            port = choose_port()
            manage("prepare_workspace", *([] if environment.demo else ["--no-demo"]))
            supervise(port, running)
    except (Interrupted, KeyboardInterrupt):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        say("Stopped")
    return 0


if __name__ == "__main__":
    run_or_stop(main)
