"""Cells of an XLSX that say nothing because of their formula: an error, or no result kept beside the formula.

A reader of workbooks gives both as empty. In a list that would be a price that is quietly not there; so here they are
looked for in the XML, and stand in their rows as texts that no column understands.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kam.files.cells import UNWORKED
from kam.files.extents import column_number, may_have_faults
from kam.files.refusing import FileRefused

_CHUNK = 1024 * 1024
_LONGEST_CELL = 256 * 1024
_MOST = 100_000
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"([^>]*)(?<!/)>(.*?)</c>', re.S)
_VALUE = re.compile(rb"<v>([^<]*)</v>")


class RowsWithFaults:
    """The rows of a sheet in which a faulty cell has its error, or UNWORKED, for a text."""

    def __init__(self, path: Path, part: str, rows: Callable[[], Iterator[list[Any]]]):
        self._path, self._part, self._rows = path, part, rows
        self._faults: dict[int, dict[int, str]] | None = None

    def __call__(self) -> Iterator[list[Any]]:
        if self._faults is None:
            self._faults = _faults_in(self._path, self._part)
        for number, row in enumerate(self._rows(), 1):
            faults = self._faults.get(number)
            if not faults:
                yield row
                continue
            mended = [*row, *[""] * (max(faults) + 1 - len(row))]
            for place, text in faults.items():
                mended[place] = text
            yield mended


def _faults_in(path: Path, part: str) -> dict[int, dict[int, str]]:
    """The faults of a sheet: row from one -> place from nought -> text. Raises FileRefused for too many."""
    faults: dict[int, dict[int, str]] = {}
    for count, (row, place, text) in enumerate(_each_fault(path, part), 1):
        faults.setdefault(row, {})[place] = text
        if count > _MOST:
            refusal = _(
                "More than %(most)s formulas have no result. Open the workbook in Excel, mend them and save it."
            )
            raise FileRefused("formulas", refusal % {"most": _MOST})
    return faults


def _each_fault(path: Path, part: str) -> Iterator[tuple[int, int, str]]:
    tail = b""
    with zipfile.ZipFile(path) as package, package.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            whole, mark, rest = (tail + chunk).rpartition(b"</c>")
            tail = rest[-_LONGEST_CELL:]
            for found in _CELL.finditer(whole + mark) if may_have_faults(whole + mark) else ():
                text = _fault(found[3], found[4])
                if text:
                    yield int(found[2]), column_number(found[1]) - 1, text


def _fault(attributes: bytes, content: bytes) -> str:
    value = _VALUE.search(content)
    if b't="e"' in attributes:
        return value[1].decode("utf-8", "replace").strip() if value and value[1].strip() else UNWORKED
    is_text = b't="str"' in attributes  # of a formula whose result is an empty text
    return UNWORKED if b"<f" in content and not is_text and (value is None or not value[1]) else ""
