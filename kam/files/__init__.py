"""Files that people bring us: what a file really is, and its rows, safely.

A file is judged by its content and never by its name. What may be dangerous (an XML with a DTD, an archive
that unpacks to gigabytes or out of its folder, a sheet that claims billions of cells) or is of another kind
is refused with ``FileRefused``, whose text says what was found and what to do. Reading streams: memory
depends on the widest row and not on the number of rows (of XLS and ODS one sheet is kept, whose size is limited).
"""

from kam.files.archives import unpacked
from kam.files.cells import CellRefused
from kam.files.columns import Column, Mapping, header_of
from kam.files.kinds import Kind, kind_of
from kam.files.limits import DEFAULT_LIMITS, Limits
from kam.files.markup import open_markup
from kam.files.refusing import FileRefused
from kam.files.tables import ColumnsNotFound, Row, RowError, Table, open_table

__all__ = [
    "DEFAULT_LIMITS",
    "CellRefused",
    "Column",
    "ColumnsNotFound",
    "FileRefused",
    "Kind",
    "Limits",
    "Mapping",
    "Row",
    "RowError",
    "Table",
    "header_of",
    "kind_of",
    "open_markup",
    "open_table",
    "unpacked",
]
