"""Engines and databases for the tests.

Without ``DATABASE_URL`` or ``REDIS_URL`` the engines of ``var/test`` run for the length of the session.
The schema is built once: a template database, kept between runs and named after the migrations it holds,
is cloned for every worker.
"""

import atexit
import fcntl
import hashlib
import os
import sys
from contextlib import ExitStack, contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from kam.engines.homes import ROOT, TEST_HOME
from kam.engines.running import engines
from kam.terminal import Stop
from kam.translations import compile_catalogues


def prepare():
    """Called by the settings of the tests: start what the environment does not name and name it there.

    The session's first process starts the engines and stops them at its end; its workers inherit the
    addresses, each with a Redis database of its own.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_URL"] = numbered_redis(os.environ["REDIS_URL"], worker)
        return
    if not any(os.environ.get(name) for name in ("SECRET_KEY", "DEBUG")):
        os.environ.setdefault("LOCAL", "1")
    wanted = {"postgres": not os.environ.get("DATABASE_URL"), "redis": not os.environ.get("REDIS_URL")}
    if any(wanted.values()):
        running = ExitStack()
        try:
            running.enter_context(engines(TEST_HOME, "make test", durable=False, **wanted))
        except Stop as stop:
            pytest.exit(f"kam: {stop}", returncode=1)
        atexit.register(running.close)
    os.environ.setdefault("DATABASE_URL", TEST_HOME.database_url())
    os.environ.setdefault("REDIS_URL", TEST_HOME.redis_url())
    compile_catalogues()


def numbered_redis(url, worker):
    """The Redis database of a worker: ``gw0`` has the one after the session's own, and so on.

    The address must name the session's: ``redis://host:6379/0`` or ``unix:///path?db=0``.
    """
    base, separator, number = url.partition("?db=") if url.startswith("unix:") else url.rpartition("/")
    return f"{base}{separator}{int(number or 0) + 1 + int(worker.removeprefix('gw'))}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """Let Django make the test database as a copy of our template instead of running every migration."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template_database()


def template_database():
    """The name of a database that holds the schema of this checkout; built where it does not exist yet."""
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    name = f"kam_template_{checkout}_{schema_fingerprint()}"
    TEST_HOME.prepare()
    with open(TEST_HOME.root / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with connected_to("postgres"), connection.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"kam_template_{checkout}_"]
            )
            known = {row[0] for row in cursor}
            if name in known:
                return name
            for old in known | {f"{name}_new"}:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            cursor.execute(f"CREATE DATABASE \"{name}_new\" TEMPLATE template0 ENCODING 'UTF8' {_locale(cursor)}")
        with connected_to(f"{name}_new"):
            call_command("migrate", verbosity=0, interactive=False)
        with connected_to("postgres"), connection.cursor() as cursor:
            # Only a complete one gets the name: a run killed half-way leaves nothing that looks usable.
            cursor.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    return name


def schema_fingerprint():
    """What the schema depends on: our migrations, the roles they seed, the packages that bring their own."""
    digest = hashlib.sha256()
    files = [*ROOT.glob("*/migrations/*.py"), ROOT / "kam/roles.py", ROOT / "kam/settings.py"]
    for path in sorted([*files, ROOT / "requirements.txt"]):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _locale(cursor):
    """The locale of our databases; servers before 17 have no builtin provider."""
    cursor.execute("SHOW server_version_num")
    if int(cursor.fetchone()[0]) >= 170000:
        return "LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
    return "LOCALE 'C.UTF-8'" if sys.platform == "linux" else ""


@contextmanager
def connected_to(database):
    """Point the default connection at another database of the same server."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
