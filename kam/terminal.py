"""Lines for the person at the terminal: what the run and build commands say."""

import sys


class Stop(Exception):
    """The command cannot go on; its text is one clear line for the person at the terminal."""


def say(line=""):
    """Write one line to standard output at once, also when it is a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run_or_stop(main):
    """Run ``main()`` as a command: what it returns is the exit code; a ``Stop`` becomes one line, exit 1."""
    try:
        sys.exit(main() or 0)
    except Stop as stop:
        sys.stderr.write(f"kam: {stop}\n")
        sys.exit(1)
