#!/usr/bin/env python3
"""The command line of the workspace.

On a machine that names no servers it is a local run: the embedded engines run for the command's length
unless ``make run`` has them up already.
"""

import os
import sys

# Before the environment is read. Whoever gives a key or a server means a deployment, not a local run.
GIVEN = any(os.environ.get(name) for name in ("DATABASE_URL", "SECRET_KEY", "DEBUG"))
os.environ.setdefault("LOCAL", "" if GIVEN else "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")

from django.core.management import execute_from_command_line

from kam.engines.running import engines_for_command
from kam.environment import environment
from kam.terminal import run_or_stop

# Commands that look at the code only; an engine started for them would be time lost.
WITHOUT_ENGINES = {"check", "collectstatic", "makemessages", "compilemessages", "help", "--help", "version"}


def main():
    """Run the command, with engines of our own around it where it needs them."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in WITHOUT_ENGINES:
        execute_from_command_line(sys.argv)
    else:
        with engines_for_command(f"manage.py {command}", environment):
            execute_from_command_line(sys.argv)


if __name__ == "__main__":
    run_or_stop(main)
