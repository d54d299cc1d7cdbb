"""`python -m tests.bench [--quick] [name…]`: run the measurements, each on a database made for it and dropped after.

Each module `bench_*.py` here has `run(quick)`; names given on the command line choose among them.
"""

import argparse
import contextlib
import importlib
import logging
import os
import pkgutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from django.conf import settings
from django.db import connection

from kam.terminal import run_or_stop, say
from tests import bench
from tests.engines import connected_to, template_database

DATABASE = "kam_bench"


def main():
    """Run what was asked for, each module on a database of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sets and fewer rounds")
    parser.add_argument("names", nargs="*", help="confirm, ageing, … (all without a name)")
    asked = parser.parse_args()
    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]  # pages are asked by the test client
    logging.getLogger("axes").setLevel(logging.WARNING)  # every visit of a bench signs in
    found = [each.name for each in pkgutil.iter_modules(bench.__path__) if each.name.startswith("bench_")]
    chosen = [name for name in found if not asked.names or name.removeprefix("bench_") in asked.names]
    template = template_database()
    for module in chosen:
        say(f"── {module.removeprefix('bench_')}")
        with own_database(template):
            importlib.import_module(f"tests.bench.{module}").run(asked.quick)
        say()


@contextlib.contextmanager
def own_database(template: str):
    """A database for one module, so that no other one's rows or bloat are measured; dropped after."""
    name = f"{DATABASE}_{os.getpid()}"
    with connected_to("postgres"), connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        cursor.execute(f'ALTER DATABASE "{name}" SET jit = off')  # a copy does not inherit what `migrate` set
    try:
        with connected_to(name):
            yield
    finally:
        with connected_to("postgres"), connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


if __name__ == "__main__":
    run_or_stop(main)
