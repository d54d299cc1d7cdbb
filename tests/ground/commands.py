"""Start our commands as a person would: real processes, with an environment of exactly these variables."""

import os
import subprocess
import sys

from kam.engines.homes import ROOT

_OURS = ("DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "LOCAL", "PORT", "VAR_ROOT")
GOOD_KEY = "kJ8-vQ2xW_9rTz4LmN7pYc1GhB6sDf3AeUoXi5Kt0RjWqEyZbMn"


def clean_environment(**variables):
    """This process's environment without anything that configures us, and with ``variables``."""
    # The browser's fixture lets Django run beside its event loop: that is no setting of a deployment.
    foreign = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    inherited = {k: v for k, v in os.environ.items() if k not in {*_OURS, *foreign}}
    return inherited | variables


def run_python(*arguments, **variables):
    """Run Python on ``arguments`` to its end in the checkout; the finished process with its output."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=clean_environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
    )
