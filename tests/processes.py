"""Processes of our own that tests start to kill them."""

import subprocess
import sys
import time

from django.db import connection

from kam.engines.homes import ROOT

WAIT = 60


def started(module, *words):
    """A module run on this test's database, as a process of its own."""
    command = [sys.executable, "-m", module, connection.settings_dict["NAME"], *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def waited_for(statement):
    """The first row of a statement, once it has one."""
    until = time.monotonic() + WAIT
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction activity is seen once
            cursor.execute(statement)
            if found := cursor.fetchone():
                return found[0]
    raise AssertionError("nobody waits for the lock")
