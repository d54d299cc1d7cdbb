"""Every string that a person reads has its Russian, none of it is a guess, and its places are the same."""

import re
from pathlib import Path

import polib
import pytest

from tests.house.test_floors import code_of

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = polib.pofile(str(ROOT / "locale/ru/LC_MESSAGES/django.po"))
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]")
# _("…"), gettext("…"), gettext_lazy("…"), and the two template tags with a plain string
IN_PYTHON = re.compile(r"""(?<![\w.])(?:_|gettext|gettext_lazy|gettext_noop)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\s*[,)]""")
# the same with a context before the string
WITH_CONTEXT = re.compile(r"""(?<![\w.])n?pgettext(?:_lazy)?\(\s*"([^"]*)",\s*"((?:[^"\\]|\\.)*)"\s*[,)]""")
IN_TEMPLATES = re.compile(r"""\{%\s*translate\s+(?:"([^"]*)"|'([^']*)')""")


def used():
    """Every string that the sources mark for translation, with where it stands."""
    for app in ("kam", "accounts", "orders", "stock", "bonuses", "reports"):
        for path in (ROOT / app).rglob("*.py"):
            for match in IN_PYTHON.finditer(code_of(path)):
                pieces = re.findall(r'"((?:[^"\\]|\\.)*)"', match[1])
                yield "".join(pieces).replace('\\"', '"').replace("\\n", "\n"), path.relative_to(ROOT)
    for path in (ROOT / "templates").rglob("*.html"):
        for match in IN_TEMPLATES.finditer(path.read_text("utf-8")):
            # The catalogue keeps a percent sign of a template doubled.
            yield (match[1] or match[2]).replace("%", "%%"), path.relative_to(ROOT)


def test_every_string_is_in_the_catalogue():
    known = {entry.msgid for entry in CATALOGUE if not entry.obsolete}
    assert not sorted({f"{path}: {text}" for text, path in used() if text not in known})


def test_every_string_with_a_context_is_in_the_catalogue():
    known = {(entry.msgctxt, entry.msgid) for entry in CATALOGUE if not entry.obsolete}
    found = {
        match.groups()
        for app in ("kam", "accounts", "orders", "stock", "bonuses", "reports")
        for path in (ROOT / app).rglob("*.py")
        for match in WITH_CONTEXT.finditer(code_of(path))
    }
    assert found
    assert not sorted(found - known)


def test_nothing_is_left_untranslated():
    assert not [entry.msgid for entry in CATALOGUE.untranslated_entries()]


def test_nothing_is_a_guess():
    assert not [entry.msgid for entry in CATALOGUE.fuzzy_entries()]


@pytest.mark.parametrize("entry", [e for e in CATALOGUE if not e.obsolete and "%" in e.msgid], ids=lambda e: e.msgid)
def test_places_are_the_same(entry):
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    expected = set(PLACES.findall(entry.msgid)) | set(PLACES.findall(entry.msgid_plural or ""))
    for text in texts:
        assert set(PLACES.findall(text)) <= expected
        if not entry.msgid_plural:
            assert set(PLACES.findall(text)) == expected


def test_plurals_have_all_russian_forms():
    short = [e.msgid for e in CATALOGUE if e.msgid_plural and sum(map(bool, e.msgstr_plural.values())) < 3]
    assert not short
