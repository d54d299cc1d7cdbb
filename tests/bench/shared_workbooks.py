"""A large workbook as Excel keeps it: each text once in a table of its own, cells with their numbers there."""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_BATCH = 10_000


def write_shared(path: Path, rows: Iterable[Sequence[str | int]]) -> None:
    """Write rows of plain texts and whole numbers, in memory that grows with the different texts only."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(0, 0, "x")
    with zipfile.ZipFile(path) as package:
        parts = {member.filename: package.read(member) for member in package.infolist()}
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            if name not in (_SHEET, _STRINGS):
                package.writestr(name, content)
        with package.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(f"<worksheet {_SPACE}><sheetData>".encode())
            lines: list[str] = []
            for number, row in enumerate(rows, 1):
                cells = "".join([_cell("ABC"[place], number, value, texts) for place, value in enumerate(row)])
                lines.append(f'<row r="{number}" spans="1:3" x14ac:dyDescent="0.25">{cells}</row>')
                if len(lines) >= _BATCH:
                    sheet.write("".join(lines).encode())
                    lines.clear()
            sheet.write(("".join(lines) + "</sheetData></worksheet>").encode())
        strings = "".join([f"<si><t>{text}</t></si>" for text in texts])
        package.writestr(_STRINGS, f'<sst {_SPACE} uniqueCount="{len(texts)}">{strings}</sst>')


def _cell(letter: str, number: int, value: str | int, texts: dict[str, int]) -> str:
    if isinstance(value, int):
        return f'<c r="{letter}{number}"><v>{value}</v></c>'
    return f'<c r="{letter}{number}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
