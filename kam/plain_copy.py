"""A list handed to the server as it is, to be understood there by a statement over the whole set.

Most lists have nothing that needs care. A plain delimited text (no quotes, no blank or ragged lines) the server reads
itself, many times faster than any loop of ours; the cells of a workbook go to it as they are. A statement takes the
rows it understands, and only the others come back to be read cell by cell.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from django.db import DataError, connection, transaction

from kam.files import Kind, Row, Table, cells
from kam.files.encodings import encoding_of
from kam.files.texts import delimiter_in
from kam.staging import copy_batches, rows_of

_ENCODINGS = {"utf-8": "UTF8", "utf-8-sig": "UTF8", "cp1251": "WIN1251", "cp866": "WIN866"}
MOST_OTHERS = 50_000
_CHUNK = 1024 * 1024
# Signs in which the server and Python's csv read a file differently.
_NOT_PLAIN = (b'"', b"\\", b"\x00")


def copied(table: Table, name: str) -> int:
    """COPY the whole file into the temporary table `name`: `row` counts from one, then c0, c1 … as text.

    Returns how many rows stand under the header, or nought (and leaves nothing) where the file is not plain; then
    `Table.rows` reads it. Raises FileRefused past the limit of rows.
    """
    rows = _copied_text(table, name) if table.kind is Kind.TEXT else _copied_cells(table, name)
    if rows > table.limits.rows:
        raise table.too_long()
    return max(rows - table.header.row, 0)


def _copied_cells(table: Table, name: str) -> int:
    places = range(len(table.header.mapping.headers))
    batches = (_texts(batch, len(places)) for batch in table.raw_batches(len(places)))
    with connection.cursor() as cursor:
        _create(cursor, name, places)
        rows = copy_batches(name, [f"c{place}" for place in places], batches)
        cursor.execute(f"ANALYZE {name}")
    return rows


def _texts(batch: list, width: int) -> list:
    """Cells as text the way `cells.text` writes them: a whole number of a workbook without its `.0`."""
    if batch and batch[0].__class__ is tuple:
        return batch
    rows = [[cell if cell.__class__ is str else _text(cell) for cell in row[:width]] for row in batch]
    for row in rows:
        if len(row) < width:
            row += [""] * (width - len(row))
    return rows


@lru_cache(maxsize=65_536, typed=True)
def _text(cell) -> str:
    if cell.__class__ is float and cell.is_integer() and -1e15 < cell < 1e15:
        return str(int(cell))
    return cells.text(cell) or ""


def _copied_text(table: Table, name: str) -> int:
    encoding = encoding_of(table.path)
    delimiter = delimiter_in(table.path, encoding)
    if encoding not in _ENCODINGS or not delimiter or not _is_plain(table.path):
        return 0
    places = range(len(table.header.mapping.headers))
    options = f"FORMAT csv, DELIMITER E'{_escaped(delimiter)}', ENCODING '{_ENCODINGS[encoding]}'"
    names = ", ".join(f"c{place}" for place in places)
    try:
        with transaction.atomic(), connection.cursor() as cursor, table.path.open("rb") as source:
            if encoding == "utf-8-sig":
                source.seek(3)
            _create(cursor, name, places)
            cursor.copy_expert(f"COPY {name} ({names}) FROM STDIN WITH ({options})", source)
            rows = cursor.rowcount
            cursor.execute(f"ANALYZE {name}")
            return rows
    except DataError:
        return 0


def _create(cursor, name: str, places: range) -> None:
    columns = ", ".join(f"c{place} text" for place in places)
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    # Numbers are drawn by the ten thousand: one by one they would cost as much as reading the row.
    row = "row integer GENERATED ALWAYS AS IDENTITY (CACHE 10000)"
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ({row}, {columns}) ON COMMIT DROP")


def _escaped(delimiter: str) -> str:
    return "\\t" if delimiter == "\t" else delimiter


def _is_plain(path) -> bool:
    with path.open("rb") as stream:
        return all(_is_plain_chunk(chunk) for chunk in _chunks(stream))


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _is_plain_chunk(chunk: bytes) -> bool:
    return not any(sign in chunk for sign in _NOT_PLAIN)


def rest_of(table: Table, name: str, taken: str) -> Iterator[Row] | None:
    """The typed rows of a copied file that a statement has not taken into the table `taken`, with their errors.

    None where they are more than MOST_OTHERS: such a file is better read from its beginning.
    """
    places = ", ".join(f"coalesce(c{place}, '')" for place in range(len(table.header.mapping.headers)))
    left = rows_of(
        f"""SELECT row, ARRAY[{places}] FROM {name} t
            WHERE row > {int(table.header.row)} AND NOT EXISTS (SELECT 1 FROM {taken} j WHERE j.row = t.row)
            ORDER BY row LIMIT {MOST_OTHERS + 1}"""
    )
    if len(left) > MOST_OTHERS:
        return None
    if table.kind is not Kind.TEXT:
        left = _native(table, {number for number, _cells in left})
    typed = (table.typed(number, values) for number, values in left)
    return (row for row in typed if row is not None)


def _native(table: Table, numbers: set[int]) -> Iterator[tuple[int, list]]:
    """The rows of a workbook by their numbers, with the values it keeps: a date there is no text."""
    return ((number, values) for number, values in enumerate(table.raw_rows(), 1) if number in numbers)
