"""How much of a stranger's file we are ready to take."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one upload, in bytes, members, rows and columns.

    ``ratio`` bounds how many times an archive member may grow when unpacked; it is judged only past
    ``ratio_from`` bytes, because a small file of equal lines packs a thousandfold without any harm.
    """

    file_bytes: int = 512 * MEBIBYTE
    unpacked_bytes: int = 4096 * MEBIBYTE
    members: int = 2_000
    ratio: int = 250
    ratio_from: int = 64 * MEBIBYTE
    rows: int = 3_000_000
    columns: int = 500
    prologue_bytes: int = 64 * 1024
    # A workbook sheet is kept as a full rectangle, empty cells included.
    sheet_cells: int = 60_000_000
    sparse_cells: int = 5_000_000
    sparse_times: int = 50
    # A text that many cells share lies in a workbook once; this bounds what they say together.
    text_bytes: int = 1024 * MEBIBYTE


DEFAULT_LIMITS = Limits()
