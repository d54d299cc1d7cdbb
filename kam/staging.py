"""Many rows at once: COPY into a temporary table, then statements over whole sets.

A staged table lives to the end of the transaction. Rows flow through; memory does not depend on their number.
"""

import io
import itertools
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import connection

_BATCH = 2_000
_SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": ""})


def stage(name: str, columns: Mapping[str, str], rows: Iterable[Sequence]) -> int:
    """Create the temporary table `name` (column -> SQL type) and COPY the rows into it; returns how many.

    Names and types are written by us, never by a user. Values are None, text, numbers, dates and booleans.
    """
    with connection.cursor() as cursor:
        _create(cursor, name, columns)
        copied = copy_into(name, columns, rows)
        cursor.execute(f"ANALYZE {name}")
    return copied


def derive(name: str, query: str, parameters: Sequence | Mapping | None = None) -> int:
    """Create the temporary table `name` from a query; returns how many rows.

    It is analysed at once: without statistics a join of a million rows is planned as if there were a few.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {query}", parameters)
        rows = cursor.rowcount
        cursor.execute(f"ANALYZE {name}")
    return rows


def copy_into(table: str, columns: Iterable[str], rows: Iterable[Sequence]) -> int:
    """COPY rows into a table; returns how many."""
    return copy_batches(table, columns, _batched(iter(rows)))


def copy_batches(table: str, columns: Iterable[str], batches: Iterable[Sequence[Sequence]]) -> int:
    """The same with rows that come many at a time; a batch of tuples of bytes is of nothing but texts in UTF-8."""
    source = _CopySource(batches)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", source)
    return source.count


def _batched(rows: Iterator[Sequence]) -> Iterator[list[Sequence]]:
    while batch := list(itertools.islice(rows, _BATCH)):
        yield batch


class Spool:
    """Rows of one table gathered on disk while a stream tells rows of many; `stage` brings them to the database."""

    def __init__(self, name: str, columns: Mapping[str, str]):
        self.name, self.columns, self.count = name, columns, 0
        self._file = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115
        self._rows: list[Sequence] = []

    def add(self, row: Sequence) -> None:
        """Keep one row, its values in the order of the columns; rows of nothing but texts cost least."""
        self._rows.append(row)
        self.count += 1
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        self._file.write(_encoded(self._rows))
        self._rows.clear()

    def stage(self) -> int:
        """Create the temporary table with the rows gathered; returns how many. The spool is closed."""
        self._flush()
        self._file.seek(0)
        with connection.cursor() as cursor, self._file:
            _create(cursor, self.name, self.columns)
            cursor.copy_expert(f"COPY {self.name} ({', '.join(self.columns)}) FROM STDIN", self._file)
            cursor.execute(f"ANALYZE {self.name}")
        return self.count


def _create(cursor, name: str, columns: Mapping[str, str]) -> None:
    definition = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ({definition}) ON COMMIT DROP")


class _CopySource:
    """Rows as the text format of COPY, made as the server asks for them."""

    def __init__(self, batches: Iterable[Sequence[Sequence]]):
        self._batches = iter(batches)
        self._ready = io.BytesIO()
        self.count = 0

    def read(self, size: int) -> bytes:
        while not (ready := self._ready.read(size)):
            batch = next(self._batches, None)
            if batch is None:
                return b""
            self.count += len(batch)
            self._ready = io.BytesIO(_encoded(batch))
        return ready


def _encoded(batch: Sequence[Sequence]) -> bytes:
    if batch and batch[0].__class__ is tuple and batch[0] and batch[0][0].__class__ is bytes:
        if (ready := _plain_bytes(batch)) is not None:
            return ready
        batch = [[cell.decode() for cell in row] for row in batch]
    lines = _plain_lines(batch)
    if lines is None:
        lines = "".join([_line(row) + "\n" for row in batch])
    return lines.encode()


def _plain_bytes(batch: Sequence[Sequence[bytes]]) -> bytes | None:
    """Texts in UTF-8 as they are, where none has a sign that COPY reads as its own."""
    lines = b"\n".join([b"\t".join(row) for row in batch]) + b"\n"
    if b"\\" in lines or b"\r" in lines or b"\x00" in lines or lines.count(b"\n") != len(batch):
        return None
    return lines if lines.count(b"\t") == sum(map(len, batch)) - len(batch) else None


def _plain_lines(batch: Sequence[Sequence]) -> str | None:
    """Rows of nothing but texts as they are, where none has a sign that COPY reads as its own."""
    try:
        lines = "\n".join(["\t".join(row) for row in batch]) + "\n"
    except TypeError:
        return None
    if "\\" in lines or "\r" in lines or "\x00" in lines or lines.count("\n") != len(batch):
        return None
    return lines if lines.count("\t") == sum(map(len, batch)) - len(batch) else None


def _line(row: Sequence) -> str:
    """A row as COPY reads it. Most have nothing to mark: that is seen of the whole line at once."""
    try:
        line = "\t".join(row)
    except TypeError:
        line = "\t".join([
            value if value.__class__ is str else "\\N" if value is None else str(value) for value in row
        ])  # fmt: skip
    plain = line.count("\t") == len(row) - 1 and line.count("\\") == row.count(None)
    if plain and "\n" not in line and "\r" not in line and "\x00" not in line:
        return line
    return "\t".join([_field(value) for value in row])


def _field(value) -> str:
    if value is None:
        return "\\N"
    if value.__class__ is str:
        if "\\" in value or not value.isprintable():
            return value.translate(_SPECIAL)
        return value
    return str(value)


def execute(sql: str, parameters: Sequence | Mapping | None = None) -> int:
    """Run one statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def rows_of(sql: str, parameters: Sequence | Mapping | None = None) -> list[tuple]:
    """All rows of a query that is known to be small."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def value_of(sql: str, parameters: Sequence | Mapping | None = None):
    """The only value of a query, None without rows."""
    found = rows_of(sql, parameters)
    return found[0][0] if found else None
