"""One file of a bank, of whatever format."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from kam.files import DEFAULT_LIMITS, FileRefused, Kind, Limits, kind_of, unpacked
from orders.statements.camt import read_camt
from orders.statements.exchange import Exchange
from orders.statements.items import Finding, Item, Movement, Section, Source, Statement
from orders.statements.mt940 import read_mt940
from orders.statements.texts import source_of_text


@contextlib.contextmanager
def files_of(files, limits: Limits = DEFAULT_LIMITS) -> Iterator[list[tuple[str, Path]]]:
    """The statements among files (name, path): those of an archive are unpacked for the while.

    Raises FileRefused for a file that is no text, XML or archive.
    """
    with contextlib.ExitStack() as stack:
        found = []
        for name, path in files:
            if _kind(path, limits) is Kind.ZIP:
                found += [(f"{name}/{inner}", each) for inner, each in stack.enter_context(unpacked(path, limits))]
            else:
                found.append((name, path))
        yield found


def read_file(path: Path | str, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """The movements, sections and findings of one file, in a stream; a section comes when its end is known.

    Raises FileRefused, before the first item, for what is no statement.
    """
    path = Path(path)
    items = _items(path, limits)
    for item in items:
        if item.__class__ is Movement:
            yield item
        elif isinstance(item, Section):
            item.file = name or path.name
            yield item
        else:
            yield replace(item, file=name or path.name)


def _items(path: Path, limits: Limits) -> Iterator[Item]:
    kind = _kind(path, limits)
    if kind is Kind.XML:
        return read_camt(path, limits)
    source = source_of_text(path) if kind is Kind.TEXT else None
    if source is Source.EXCHANGE:
        return Exchange(path).read()
    if source is Source.MT940:
        return read_mt940(path)
    raise _refusal()


def _kind(path: Path, limits: Limits) -> Kind:
    try:
        return kind_of(path, limits)
    except FileRefused as refused:
        if refused.code == "other_kind":
            raise _refusal() from refused
        raise


def _refusal() -> FileRefused:
    text = _(
        "This is no bank statement we read. Ask the bank's program for the exchange with 1C "
        "(1CClientBankExchange), camt.053 or MT940."
    )
    return FileRefused("not_statement", text)


def read_whole(path: Path | str) -> tuple[list[Statement], list[Finding]]:
    """All of one file at once: for small files."""
    sections: dict[int, Section] = {}
    movements: list[Movement] = []
    findings: list[Finding] = []
    for item in read_file(path):
        if isinstance(item, Section):
            sections[item.number] = item
        elif isinstance(item, Movement):
            movements.append(item)
        else:
            findings.append(item)
    statements = [
        Statement(section, [each for each in movements if each.section == number])
        for number, section in sorted(sections.items())
    ]
    return statements, findings
