"""How far the cells of a sheet lie: the quick look never says less than the careful one."""

import random
import zipfile

import pytest

from kam.files import extents
from kam.files.extents import Extent, extent_of
from kam.files.limits import Limits
from kam.files.plain_rows import letters_of


def both_extents(path, sheet: bytes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("sheet1.xml", sheet)
    with zipfile.ZipFile(path) as package:
        member = package.infolist()[0]
        return [extent_of(package, member, quickly=quickly) for quickly in (True, False)]


def rows_of(numbers, columns) -> bytes:
    cell = b'<c r="%s%d"><v>1</v></c>'
    return b"".join(
        b'<row r="%d">%s</row>' % (n, b"".join(cell % (letters_of(place), n) for place in columns)) for n in numbers
    )


@pytest.mark.parametrize("columns", [1, 3, 26, 27, 60, 704])
def test_a_full_sheet_is_at_most_doubled(tmp_path, monkeypatch, columns):
    monkeypatch.setattr(extents, "_CHUNK", 4000)
    quick, careful = both_extents(tmp_path / "list.xlsx", rows_of(range(1, 301), range(columns)))
    assert (careful.rows, careful.columns, careful.cells) == (300, columns, 300 * columns)
    assert quick.cells == careful.cells
    assert 300 <= quick.rows < 600 and columns <= quick.columns < columns + 26


@pytest.mark.parametrize("seed", range(40))
def test_the_quick_look_never_says_less(tmp_path, monkeypatch, seed):
    """Rows out of order, far rows and columns anywhere, other ways to write a cell."""
    monkeypatch.setattr(extents, "_CHUNK", 500)
    chance = random.Random(seed)
    pieces = [rows_of(range(n, n + 5), range(chance.randrange(1, 5))) for n in range(1, 400, 5)]
    for _time in range(chance.randrange(4)):
        place, row = letters_of(chance.choice([0, 30, 700, 16_383])), chance.choice([1, 99, 999, 54_321, 1_048_576])
        far = chance.choice(['<c r="{}{}"/>', "<c r='{}{}'/>", '<c s="1" r="{}{}"/>', '<x:c\nr="{}{}"/>'])
        pieces.insert(chance.randrange(len(pieces)), b"<row>%s</row>" % far.format(place.decode(), row).encode())
    if chance.random() < 0.3:
        chance.shuffle(pieces)
    quick, careful = both_extents(tmp_path / "list.xlsx", b"".join(pieces))
    assert quick.cells == careful.cells
    assert careful.rows <= quick.rows < 2 * careful.rows + 1
    assert careful.columns <= quick.columns < careful.columns + 26


def test_what_is_harmless():
    limits = Limits(columns=50, sheet_cells=1000, sparse_cells=100, sparse_times=5)
    assert Extent(rows=10, columns=10, cells=1).is_harmless(limits)
    assert Extent(rows=10, columns=20, cells=40).is_harmless(limits)
    assert not Extent(rows=10, columns=20, cells=39).is_harmless(limits)
    assert not Extent(rows=1, columns=51, cells=51).is_harmless(limits)
    assert not Extent(rows=101, columns=10, cells=1010).is_harmless(limits)
