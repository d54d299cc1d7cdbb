"""`python -m tests.bench.peak_memory DATABASE IMPORTER FILE`: how much memory a process needs to check a file.

Two numbers are told, in megabytes: the peak after the start, and at the end. The server's own memory is not counted;
it is bounded by work_mem.
"""

import importlib
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

from kam.terminal import say
from tests.engines import connected_to


def peak() -> int:
    """Megabytes this process has had at most. What getrusage tells includes the process that started this one."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main(database: str, importer: str, path: Path) -> None:
    """Check one file on a database that the bench has filled."""
    django.setup()
    imports = importlib.import_module("tests.bench.bench_import")  # its models need the setup
    with connected_to(database):
        check = imports.importing(importer, path, checked=True)
        before = peak()
        check()
        say(f"{before} {peak()}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
