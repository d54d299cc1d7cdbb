"""A large sheet of an XLSX, read in pieces, so that memory does not depend on how many rows it has.

calamine takes a sheet apart at once and keeps it. Here the sheet is cut between rows, and each piece becomes the only
sheet of a small package with the styles and the strings of the real one: what a cell means is for calamine to say.
"""

import contextlib
import itertools
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from kam.files.plain_rows import PlainRows, Texts

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.I)
# Each piece brings all strings of the workbook along, so it has about as many bytes as they, between these bounds.
_STEP, _LONGEST_STEP = 2 * 1024 * 1024, 8 * 1024 * 1024
_FIRST_STEP = 64 * 1024  # most readers look at the first rows and stop
_LONGEST = 32 * 1024 * 1024  # of a row, and of what stands above the rows
_ROOT = re.compile(rb"<(?:[\w.-]+:)?worksheet\b[^>]*>")
_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData\b[^>]*?(/?)>")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']+)""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,9})["']""")
_STYLES, _STRINGS = "xl/styles.xml", "xl/sharedStrings.xml"
_MOST_STRINGS = 96 * 1024 * 1024  # of bytes; more are read again with each piece and not kept
_WIDEST = 60  # of columns that are looked for in plain rows
_ASKED = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData>'
    b"</worksheet>"
)
_ASKED_AT_ONCE = 500
# What calamine reads of a package beside its sheets.
_TOP = re.compile(r"\[Content_Types\]\.xml|_rels/[^/]+|xl/_rels/[^/]+|xl/[^/]+\.xml", re.I)
_UNNEEDED = frozenset({"xl/calcchain.xml"})


class Uncut(Exception):
    """The sheet is written in a way that nothing known writes; it is read at once instead."""


class Place(NamedTuple):
    """A sheet of a package: its name and the part that holds it, and the names of all sheets that can be seen."""

    path: Path
    name: str
    part: str
    names: tuple[str, ...] = ()


def place_of(path: Path | str, sheet_name: str = "") -> Place | None:
    """The sheet of that name, else the first visible one that has rows; None without any.

    The package was found harmless before: its sizes, and how far the cells lie from each other. Raises Uncut.
    """
    with zipfile.ZipFile(path) as package:
        parts = [each.filename for each in package.infolist() if SHEET.fullmatch(each.filename)]
    with tempfile.TemporaryDirectory(prefix="kam-sheet-") as folder:
        # Each sheet tells the name of its part, so that nobody but calamine has to follow the relations.
        skeleton = _skeleton(Path(path), Path(folder), {part: _named(part) for part in parts})
        book = CalamineWorkbook.from_path(str(skeleton))
        for each in book.sheets_metadata:
            if each.typ is not SheetTypeEnum.WorkSheet:
                continue
            if each.name != sheet_name if sheet_name else each.visible is not SheetVisibleEnum.Visible:
                continue
            part = _part_told(book.get_sheet_by_name(each.name))
            place = Place(Path(path), each.name, part, visible_sheets(book))
            if not place.part:
                raise Uncut
            with contextlib.closing(rows_at(place)) as rows:
                if next(rows, None) is not None:
                    return place
    return None


def visible_sheets(book: CalamineWorkbook) -> tuple[str, ...]:
    """The names of the sheets of a workbook that people see."""
    return tuple(
        each.name
        for each in book.sheets_metadata
        if each.typ is SheetTypeEnum.WorkSheet and each.visible is SheetVisibleEnum.Visible
    )


def _named(part: str) -> bytes:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        f'<c r="A1" t="inlineStr"><is><t>{part}</t></is></c></row></sheetData></worksheet>'
    ).encode()


def _part_told(sheet: CalamineSheet) -> str:
    rows = sheet.to_python(nrows=1)
    return str(rows[0][0]) if rows else ""


def _skeleton(path: Path, folder: Path, sheets: dict[str, bytes]) -> Path:
    """The package without what lies in its sheets, and with these sheets instead."""
    skeleton = folder / "skeleton.xlsx"
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(skeleton, "w") as made:
        for member in package.infolist():
            if _TOP.fullmatch(member.filename) and member.filename.lower() not in _UNNEEDED:
                with package.open(member) as source, made.open(member.filename, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target)
        for part, content in sheets.items():
            made.writestr(part, content)
    return skeleton


def rows_at(place: Place) -> Iterator[list[Any]]:
    """The rows with native values; row one is the first of the sheet, and blank ones are empty lists.

    Raises Uncut before the first row, and CalamineError where the sheet is damaged.
    """
    for rows in _batches(place, 0):
        yield from rows


def batches_at(place: Place, width: int) -> Iterator[list[list[Any]] | list[Texts]]:
    """The same rows, many at a time: lists of native values, or tuples of so many plain texts in UTF-8."""
    return _batches(place, width)


def _batches(place: Place, width: int) -> Iterator[list]:
    with tempfile.TemporaryDirectory(prefix="kam-sheet-") as folder, zipfile.ZipFile(place.path) as package:
        skeleton = _skeleton(place.path, Path(folder), {})
        plain = _plain_rows(place, skeleton, package, width) if width else None
        told = 0
        with package.open(place.part) as stream:
            step = min(max(_STEP, skeleton.stat().st_size), _LONGEST_STEP)
            for content in pieces_of(stream, step):
                if plain is not None and (texts := plain.taken(content, told)) is not None:
                    told += len(texts)
                    yield texts
                    continue
                sheet = _read(place, skeleton, content)
                if sheet.start is None:
                    continue
                above, left = sheet.start
                if above < told:
                    raise ValueError("rows are not in their order")
                rows = sheet.to_python()
                if left:
                    rows = [[""] * left + row for row in rows]
                yield [[] for _blank in range(told, above)] + rows if above > told else rows
                told = above + len(rows)


def _read(place: Place, skeleton: Path, content: bytes) -> CalamineSheet:
    """A sheet of such content, in the package of the place."""
    piece = skeleton.with_name("piece.xlsx")
    shutil.copyfile(skeleton, piece)
    with zipfile.ZipFile(piece, "a") as made:
        made.writestr(place.part, content)
    return CalamineWorkbook.from_path(str(piece)).get_sheet_by_name(place.name)


def _plain_rows(place: Place, skeleton: Path, package: zipfile.ZipFile, width: int) -> PlainRows | None:
    """What takes the plain pieces, where the package is laid out as usual and its strings are not too many."""
    members = {member.filename: member for member in package.infolist()}
    strings = members.get(_STRINGS)
    if width > _WIDEST or _STYLES not in members or (strings and strings.file_size > _MOST_STRINGS):
        return None

    def ask(cells: Sequence[bytes]) -> list:
        # The number before each row keeps its place where the first cells have nothing to say.
        starts = range(0, len(cells), _ASKED_AT_ONCE)
        lines = (b"".join(cells[start : start + _ASKED_AT_ONCE]) for start in starts)
        content = b"".join([b"<row><c><v>1</v></c>%s</row>" % line for line in lines])
        rows = _read(place, skeleton, _ASKED % content).to_python()
        told = list(itertools.chain.from_iterable(row[1:] for row in rows))[: len(cells)]
        return told + [""] * (len(cells) - len(told))

    return PlainRows(width, ask, package.read(_STYLES), partial(package.open, strings) if strings else None)


def pieces_of(stream: BinaryIO, step: int = _STEP) -> Iterator[bytes]:
    """A sheet as sheets of some rows each, whose first row has its number. Raises Uncut before the first of them.

    The first piece is small, the others have about `step` bytes.
    """
    head = b""
    while (opened := _DATA.search(head)) is None:
        chunk = stream.read(_FIRST_STEP)
        if not chunk or len(head) > _LONGEST:
            raise Uncut
        head += chunk
    if opened[2]:
        return
    root, encoding = _ROOT.search(head, 0, opened.start()), _ENCODING.match(head.lstrip(b"\xef\xbb\xbf"))
    if root is None or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
        raise Uncut
    before = root[0] + opened[0]
    after = root[0].split(None, 1)[0].rstrip(b">").replace(b"<", b"</") + b">"
    after = b"</" + opened[1] + b"sheetData>" + after
    for rows in _numbered(_bodies(stream, head[opened.end() :], opened[1], step), opened[1]):
        yield before + rows + after


def _bodies(stream: BinaryIO, rest: bytes, prefix: bytes, step: int) -> Iterator[bytes]:
    """What stands between the tags of the data, cut after rows."""
    row, end, enough = b"</" + prefix + b"row>", b"</" + prefix + b"sheetData", _FIRST_STEP
    while (done := rest.find(end)) < 0:
        cut = rest.rfind(row) + len(row) if len(rest) >= enough else 0
        if cut > len(row):
            yield rest[:cut]
            rest, enough = rest[cut:], step
        chunk = stream.read(max(enough - len(rest), _FIRST_STEP))
        if not chunk or len(rest) > _LONGEST:
            raise ValueError("the sheet does not end")
        rest += chunk
    if rest[:done].strip():
        yield rest[:done]


def _numbered(bodies: Iterator[bytes], prefix: bytes) -> Iterator[bytes]:
    """Rows may leave out their numbers; then the first of a piece gets the one it has in the whole."""
    start = b"<" + prefix + b"row"
    usual, tag = start + b' r="', re.compile(re.escape(start) + rb"\b([^>]*)>")
    last = 0
    for body in bodies:
        if body.count(start) == body.count(usual):
            place = body.rfind(usual) + len(usual)
            last = int(body[place : body.index(b'"', place)]) if place >= len(usual) else last
            yield body
            continue
        first = tag.search(body)
        if first is not None and not _NUMBER.search(first[1]):
            place = first.start() + len(start)
            body = b'%s r="%d"%s' % (body[:place], last + 1, body[place:])
        for found in tag.finditer(body):
            number = _NUMBER.search(found[1])
            last = int(number[1]) if number else last + 1
        yield body
