"""Translations: compile the catalogues, and say what they lack.

``python -m kam.translations`` compiles every ``.po`` that is newer than its ``.mo``, without the gettext
tools; ``--check`` lists what is not translated or doubtful and fails if there is anything.
"""

import sys
from pathlib import Path

import polib

from kam.terminal import run_or_stop, say

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_catalogues(locale=LOCALE):
    """Compile what changed; return the number of catalogues written."""
    written = 0
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.is_file() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            written += 1
    return written


def gaps(locale=LOCALE):
    """What the catalogues lack, one line each: strings without translation and those marked doubtful."""
    found = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        found += (
            f"{source.name}:{entry.linenum}: {entry.msgid!r}"
            for entry in polib.pofile(str(source))
            if not entry.obsolete and (entry.fuzzy or not entry.translated())
        )
    return found


def main():
    """Compile, or check."""
    if "--check" in sys.argv[1:]:
        found = gaps()
        for line in found:
            say(line)
        return 1 if found else 0
    if written := compile_catalogues():
        say(f"Compiled {written} translation catalogues")
    return 0


if __name__ == "__main__":
    run_or_stop(main)
