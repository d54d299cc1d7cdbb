"""Where the engines of one checkout keep their data, logs, sockets and lock."""

import fcntl
import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kam.terminal import Stop

ROOT = Path(__file__).resolve().parent.parent.parent

# A unix socket's path has at most 107 bytes on Linux and 103 on macOS; the longest name we put there is
# PostgreSQL's lock file beside its socket.
LONGEST_SOCKET_PATH = 103
_LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"


@dataclass(frozen=True)
class Home:
    """One set of engines: ``root`` is its folder, absolute."""

    root: Path

    @property
    def postgres_data(self):
        return self.root / "postgres"

    @property
    def redis_data(self):
        return self.root / "redis"

    @property
    def logs(self):
        return self.root / "log"

    @property
    def lock_file(self):
        return self.root / "lock"

    def sockets(self, engine):
        """The folder of an engine's socket: in the home, or under /tmp where that path would be too long.

        The short folder is named after the home's path, so two checkouts never share one.
        """
        folder = self.root / "run" / engine
        if len(os.fsencode(folder)) + len(_LONGEST_SOCKET_NAME) <= LONGEST_SOCKET_PATH:
            return folder
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path("/tmp") / f"kam-{os.getuid()}-{name}-{engine}"

    def database_url(self, database="kam"):
        """The URL of a database of the embedded PostgreSQL."""
        return f"postgres://postgres@{quote(str(self.sockets('postgres')), safe='')}/{database}"

    def redis_url(self, number=0):
        """The URL of a numbered database of the embedded Redis."""
        return f"unix://{quote(str(self.sockets('redis') / 'redis.sock'))}?db={number}"

    def prepare(self):
        """Make the folders that every engine needs."""
        for folder in (self.root, self.logs):
            folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def locked(self, purpose):
        """Hold this home for ``purpose`` ("make run"); only the holder may start and stop its engines.

        The kernel drops the lock with its holder however it ends, so a lock is never stale. Raises
        ``Stop`` naming the holder while another process has it.
        """
        self.prepare()
        with open(self.lock_file, "a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Stop(f"{self.holder()} is running in this checkout already: end it first") from None
            self.note(purpose)
            try:
                yield
            finally:
                self.note("")

    def note(self, text):
        """Write who holds the lock, for the message to whom it is refused."""
        self.lock_file.write_text(f"{text} (process {os.getpid()})" if text else "")

    def holder(self):
        """Who holds the lock now, as it described itself."""
        return self.lock_file.read_text().strip() or "another command"

    def is_held(self):
        """Whether a process holds this home's lock at this moment."""
        if not self.lock_file.exists():
            return False
        with open(self.lock_file) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return True
            return False


RUN_HOME = Home(Path(os.environ.get("VAR_ROOT") or ROOT / "var").resolve())
# Tests have engines of their own, which may forget everything at a power cut and are faster for it.
TEST_HOME = Home(ROOT / "var" / "test")
