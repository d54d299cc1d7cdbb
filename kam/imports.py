"""What an import is: a file is checked without writing anything, then committed, then told.

An app declares an Importer and offers it in its AppConfig.ready(). The same code checks and commits: a check
runs everything in a transaction and rolls it back, so what it promises is what a commit does. Both can be
repeated: a commit of a file that was already taken changes nothing and says so, and one that was killed half-way
left nothing behind, so the next run does all of it.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from kam.access import Authority, authority
from kam.files import Column, Row, Table, open_table
from kam.files.limits import DEFAULT_LIMITS, Limits
from kam.staging import execute
from kam.writing import LOCK_TIMEOUT_MS, writes

MOST_PROBLEMS = 10_000
MOST_WARNINGS = 1_000  # so that they leave room for what was left out
_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: `row` is the row of a list or the line of an XML; an error was left out of the import."""

    row: int
    column: str
    value: str
    text: str
    severity: str = "error"
    file: str = ""


@dataclass(frozen=True)
class Upload:
    """What a person hands over: files (name, path), when and by whom, and what they chose for it.

    `remembered` is the mapping of an earlier file (see kam.files.Mapping.remembered), `places` one chosen by
    hand, and so are `sheet` of a workbook and `header_row`; `options` is what the importer asks for besides.
    """

    files: tuple[tuple[str, Path], ...]
    by: Any
    day: datetime.date
    options: Mapping[str, Any] = field(default_factory=dict)
    remembered: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)
    sheet: str = ""
    header_row: int | None = None
    limits: Limits = DEFAULT_LIMITS

    @property
    def path(self) -> Path:
        """The only file."""
        return self.files[0][1]


@dataclass(frozen=True)
class Option:
    """What an importer asks for beside the file: one of the `choices` (value, label), or without them a day."""

    name: str
    label: Any
    help: Any = ""
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None


class Report:
    """What an import did or would do: counts by noun and what happened, and problems (the first MOST_PROBLEMS)."""

    def __init__(self, progress: Callable[[int, int | None], None] | None = None, dry: bool = False):
        # A check: what many wait for (stock levels) is compared and not even locked.
        self.dry = dry
        self.counts: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.headers: tuple[str, ...] = ()
        self.mapping: dict[str, str] = {}
        self.unknown: tuple[str, ...] = ()
        self.sample: list[list[Any]] = []
        self.places: dict[str, int] = {}
        self.header_row = 0
        self.sheet, self.sheets = "", ()
        self.labels: dict[str, str] = {}
        # What a file that is no list says as a whole: headings, and a row for each of its parts.
        self.overview: tuple[tuple[str, ...], list[tuple[str, ...]]] | None = None
        # Turns the number of a staged row into a file and a line, where rows are not numbered by themselves.
        self.locate: Callable[[int], tuple[str, int]] | None = None
        self._progress = progress

    def problem(self, row: int, column: str, value: Any, text: str, severity: str = "error", file: str = "") -> None:
        """Keep a problem, or only count it when there are too many."""
        self.problem_count += 1
        most = MOST_WARNINGS if severity == "warning" else MOST_PROBLEMS
        if len(self.problems) < most:
            if self.locate is not None and not file:
                file, row = self.locate(row)
            shown = "" if value is None else str(value)[:100]
            self.problems.append(Problem(row, str(column), shown, str(text), severity, file))

    def header(self, column: str, otherwise: Any) -> str:
        """How the file itself heads a column, so that people find it."""
        return self.labels.get(column) or str(otherwise)

    def understood(self, table: Table) -> None:
        """Keep what was understood of a list: its sheet, headings and the columns taken for them, first rows."""
        mapping = table.header.mapping
        self.headers, self.mapping, self.unknown = mapping.headers, mapping.remembered(), mapping.unknown
        self.places, self.header_row = dict(mapping.places), table.header.row
        self.labels = {name: self.headers[place] for name, place in self.places.items() if place < len(self.headers)}
        self.sheet, self.sheets = table.sheet, table.sheets
        self.sample = table.sample(_SAMPLE)

    def count(self, noun: str, number: int) -> None:
        """Add to a count; zero is not kept."""
        if number:
            self.counts[noun] += number

    def tell(self, done: int, total: int | None = None) -> None:
        """Tell the watcher how far the work is."""
        if self._progress is not None:
            self._progress(done, total)

    @property
    def left_out(self) -> list[Problem]:
        """The problems for which something was left out; the others only warn of what was taken."""
        return [each for each in self.problems if each.severity == "error"]

    @property
    def changes(self) -> int:
        """How many rows were or would be written; nought says that the file brings nothing new."""
        return sum(number for noun, number in self.counts.items() if noun.endswith(("_created", "_changed")))

    def as_json(self) -> dict[str, Any]:
        """What a Run keeps: counts, and the first hundred problems."""
        return {
            "counts": dict(self.counts),
            "problem_count": self.problem_count,
            "problems": [{name: getattr(each, name) for name in Problem.__slots__} for each in self.problems[:100]],
            "headers": list(self.headers),
            "mapping": self.mapping,
            "unknown": list(self.unknown),
            "places": self.places,
            "header_row": self.header_row,
            "sheet": self.sheet,
            "sheets": list(self.sheets),
            "overview": self.overview,
        }


class _Rollback(Exception):
    """Ends a check."""


class Importer:
    """The base of every import.

    Subclasses name themselves and write `perform`; it runs in one transaction, writes through set-based
    statements and tells `report`. `multiple` says that several files may come together.
    """

    name = ""
    label: Any = ""
    help: Any = ""
    permission = ""
    multiple = False
    options: tuple[Option, ...] = ()
    leads_to: tuple[tuple[Any, str], ...] = ()  # where the work goes on after a commit: (label, name of the address)
    order = 100

    def columns(self, upload: Upload | None = None) -> tuple[Column, ...]:
        """The columns of a list; none for an importer of another kind of file."""
        return ()

    def perform(self, upload: Upload, who: Authority, report: Report) -> None:
        """Do the import inside the caller's transaction."""
        raise NotImplementedError

    def check(self, upload: Upload, progress=None) -> Report:
        """What a commit would do, with every problem; writes nothing.

        Raises Forbidden without the permission and FileRefused for a file that cannot be taken.
        """
        report = Report(progress, dry=True)
        self._try(upload, report)
        return report

    @writes
    def _try(self, upload: Upload, report: Report) -> None:
        try:
            with transaction.atomic():
                self._run(upload, report)
                raise _Rollback
        except _Rollback:
            return

    @writes
    def commit(self, upload: Upload, progress=None) -> Report:
        """Take the file; raises as `check` does."""
        report = Report(progress)
        self._run(upload, report)
        return report

    def _run(self, upload: Upload, report: Report) -> None:
        who = authority(upload.by, self.permission)
        # One import at a time: two at once would add the same product twice. The second waits, patiently.
        execute("SET LOCAL lock_timeout = '10min'")
        execute("SELECT pg_advisory_xact_lock(hashtext('kam.imports'))")
        execute("SET LOCAL lock_timeout = %s", [LOCK_TIMEOUT_MS])
        # Joins of whole files are made in memory, and compiling a plan costs more than running it once.
        execute("SET LOCAL work_mem = '128MB'")
        execute("SET LOCAL jit = off")
        # Staged tables are joined by their keys and read once: how many rows they have is all that a plan asks of them.
        execute("SET LOCAL default_statistics_target = 10")
        self.perform(upload, who, report)

    def opened(self, upload: Upload, report: Report) -> Table:
        """The list of an upload with its mapping and first rows put into the report."""
        table = open_table(
            upload.path,
            self.columns(upload),
            upload.remembered,
            upload.limits,
            sheet=upload.sheet,
            places=upload.places,
            header_row=upload.header_row,
        )
        report.understood(table)
        for name, others in table.header.mapping.doubtful.items():
            text = _("This heading was taken, but it could also be: %(others)s. Check the columns.")
            text %= {"others": ", ".join(others)}
            report.problem(table.header.row, report.labels[name], report.labels[name], text, "warning")
        return table


def good_rows(rows: Iterable[Row], report: Report) -> Iterator[Row]:
    """The rows without errors; errors go to the report, and so does the progress."""
    number = 0
    for number, row in enumerate(rows, 1):
        if row.errors:
            report.counts["rows_skipped"] += 1
            for error in row.errors:
                report.problem(error.row, error.column, error.value, error.text)
            continue
        yield row
        if not number % 10_000:
            report.tell(number)
    report.counts["rows"] += number
    report.tell(number)


_offered: list[str] = []


def offer(*paths: str) -> None:
    """Offer importers by their dotted paths; an app does it in AppConfig.ready(), before models may be imported."""
    _offered.extend(path for path in paths if path not in _offered)


def importers() -> Sequence[Importer]:
    """All importers, in the order of a start from spreadsheets."""
    return sorted((import_string(path)() for path in _offered), key=lambda each: (each.order, each.name))


def importer_named(name: str) -> Importer:
    """The importer of that name; raises KeyError."""
    return {each.name: each for each in importers()}[name]


def importers_for(user) -> Sequence[Importer]:
    """The importers that this person may use."""
    return [each for each in importers() if user.has_perm(each.permission)]
