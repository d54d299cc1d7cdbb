"""Imports beside the raw work that brings the same rows: stock lists of a million rows, 50 000 offers of 1C.

Raw is what cannot be left out: the same file read in the fastest way there is (CSV by the server itself, XLSX whole by
calamine, XML by lxml), its cells as they are into a COPY, one statement a table; no checks, no errors by row, no trail.
So the raw side of a workbook includes taking it apart, in memory that grows with it, and ours does it in memory that
does not. Both sides commit, because what a commit costs is part of both; call the benches on a database of their own.
Seconds are of the clock; on a machine that others use too the seconds of processor (ours and the server's together) say
more. Each bench yields Measured. Then the peak of memory is told of a process that checks a list of each size.
"""

import contextlib
import io
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from django.db import connection, transaction
from lxml import etree
from python_calamine import CalamineWorkbook

from kam import clock
from kam.imports import Upload, importer_named
from kam.models import User
from kam.staging import execute
from kam.terminal import say
from tests.bench.goals import verdict_on
from tests.bench.shared_workbooks import write_shared
from tests.orders.commerceml_files import price_type

WAREHOUSES = 10
HEADINGS = ("Артикул", "Склад", "Остаток")

STOCK_ROWS, OFFERS = 1_000_000, 50_000
MOST_GROWTH = 1.25  # of memory, where a list has ten times the rows
MOST_TIMES = 1.5  # of raw


def run(quick: bool) -> None:
    """Measure stock lists of a million rows and 50 000 offers of 1C; a tenth of them when quick."""
    share = 10 if quick else 1
    with tempfile.TemporaryDirectory() as folder:
        for bench, size in ((bench_stock, STOCK_ROWS), (bench_workbook, STOCK_ROWS), (bench_offers, OFFERS)):
            for measured_one in bench(Path(folder), size // share):
                say(measured_one.line())
        for kind, write in (
            ("stock", write_csv), ("stock", write_workbook), ("stock", write_shared_workbook),
            ("commerceml", write_offers),
        ):  # fmt: skip
            size = OFFERS if write is write_offers else STOCK_ROWS
            say(memory_line(kind, write, Path(folder), size // share))


@dataclass(frozen=True)
class Measured:
    """Seconds of each round, ours and raw, in turns: of the clock, and of processor where the server tells."""

    name: str
    ours: tuple[float, ...]
    raw: tuple[float, ...]
    ours_busy: tuple[float, ...]
    raw_busy: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Our median in raw medians."""
        return statistics.median(self.ours) / statistics.median(self.raw)

    @property
    def busy_ratio(self) -> float:
        """The same of processor seconds."""
        return statistics.median(self.ours_busy) / statistics.median(self.raw_busy)

    def line(self) -> str:
        """Ours, raw and their ratio, as medians of the rounds, beside the goal."""
        ours, raw = statistics.median(self.ours), statistics.median(self.raw)
        ratios = f"ratio {self.ratio:.2f} ({self.busy_ratio:.2f} of processor)"
        verdict = verdict_on(self.ratio, MOST_TIMES)
        return f"{self.name:<42} ours {ours:6.2f} s, raw {raw:6.2f} s, {ratios}, goal {MOST_TIMES}: {verdict}"


def measured(name: str, prepare: Callable, ours: Callable, raw: Callable, rounds: int) -> Measured:
    """Run both sides in turns, each on freshly prepared tables; the order alternates."""
    seconds: dict[Callable, list[tuple[float, float]]] = {ours: [], raw: []}
    for number in range(rounds):
        for side in (ours, raw) if number % 2 else (raw, ours):
            prepare()
            busy, started = busy_seconds(), time.perf_counter()
            side()
            seconds[side].append((time.perf_counter() - started, busy_seconds() - busy))
    (our_clock, our_busy), (raw_clock, raw_busy) = (tuple(zip(*seconds[side], strict=True)) for side in (ours, raw))
    return Measured(name, our_clock, raw_clock, our_busy, raw_busy)


def busy_seconds() -> float:
    """Seconds of processor that we and our connection's server process have used, where it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    fields = stat.read_text().rpartition(")")[2].split() if stat.exists() else ()
    ticks = int(fields[11]) + int(fields[12]) if fields else 0
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def importing(kind: str, path: Path, *, checked: bool = False) -> Callable:
    """Our side: one commit of the importer, or one check."""
    by = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("bench@dcm.example", None)
    importer, upload = importer_named(kind), Upload(((path.name, path),), by, clock.today())
    return lambda: importer.check(upload) if checked else importer.commit(upload)


def some_catalogue(products: int) -> None:
    """Products and warehouses to refer to, made by statements."""
    execute(
        """INSERT INTO orders_brand (created_at, updated_at, version, name, is_exclusive, is_active, search, sort_key)
           VALUES (now(), now(), 1, 'Bench', false, true, 'bench', 'bench') ON CONFLICT DO NOTHING"""
    )
    execute(
        """INSERT INTO orders_product (created_at, updated_at, version, sku, ean, name, brand_id, unit, pack,
               life_cycle, is_scarce, is_archived, vat_kind, country, description, external_id, search, sort_key)
           SELECT now(), now(), 1, 'B-' || g, '', 'Bench ' || g, (SELECT id FROM orders_brand WHERE name = 'Bench'),
               'шт', 1, 'active', false, false, 'standard', '', '', 'bench-' || g, 'b-' || g, 'bench ' || g
           FROM generate_series(1, %s) g ON CONFLICT DO NOTHING""",
        [products],
    )
    execute(
        """INSERT INTO orders_warehouse (created_at, updated_at, version, name, address, is_active, external_id,
               sort_key)
           SELECT now(), now(), 1, 'Bench ' || g, '', true, 'bench-w' || g, 'bench ' || g
           FROM generate_series(1, %s) g ON CONFLICT DO NOTHING""",
        [WAREHOUSES],
    )
    execute("ANALYZE orders_product, orders_warehouse")


def bench_stock(folder: Path, rows: int = 1_000_000, rounds: int = 3) -> Iterator[Measured]:
    """A CSV of SKU, warehouse and quantity: into empty tables, and where every row changes a level."""
    some_catalogue(max(rows // WAREHOUSES, 1))
    path = write_csv(folder, rows)

    def raw() -> None:
        with raw_stock() as cursor, path.open("rb") as file:
            cursor.copy_expert("COPY raw_stock FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)", file)

    ours = importing("stock", path)
    yield measured(f"stock CSV, {rows:,} new rows", no_levels, ours, raw, rounds)
    yield measured(f"stock CSV, {rows:,} changed rows", moved_levels, ours, raw, rounds)


def bench_workbook(folder: Path, rows: int = 1_000_000, rounds: int = 3) -> Iterator[Measured]:
    """The same list as a workbook, where every row changes a level: texts in their cells, and in a table of texts."""
    some_catalogue(max(rows // WAREHOUSES, 1))
    no_levels()
    importing("stock", write_workbook(folder, rows))()
    for texts, write in (("inline", write_workbook), ("shared", write_shared_workbook)):
        path = write(folder, rows)
        yield measured(
            f"stock XLSX, {rows:,} changed rows, {texts}",
            moved_levels, importing("stock", path), raw_workbook(path), rounds,
        )  # fmt: skip


def raw_workbook(path: Path) -> Callable:
    """The raw side: the whole workbook by calamine, its cells to COPY."""

    def raw() -> None:
        with raw_stock() as cursor, CalamineWorkbook.from_path(str(path)) as book:
            cells = itertools.islice(book.get_sheet_by_index(0).iter_rows(), 1, None)
            lines = (f"{sku}\t{place}\t{int(units)}\n" for sku, place, units in cells)
            cursor.copy_expert("COPY raw_stock FROM STDIN", Lines(lines))

    return raw


class Lines:
    """A stream of lines for COPY."""

    def __init__(self, lines: Iterator[str]):
        self.lines = lines

    def read(self, size: int) -> bytes:
        """About `size` bytes: COPY asks for eight thousand."""
        return "".join(itertools.islice(self.lines, max(size // 32, 1))).encode()


@contextlib.contextmanager
def raw_stock() -> Iterator:
    """A cursor on an empty table `raw_stock`; what was put there becomes stock levels at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE raw_stock (sku text, place text, units integer) ON COMMIT DROP")
        yield cursor
        cursor.execute("ANALYZE raw_stock")
        cursor.execute(
            """INSERT INTO orders_stocklevel (warehouse_id, product_id, on_hand, reserved)
               SELECT w.id, p.id, r.units, 0 FROM raw_stock r JOIN orders_product p USING (sku)
               JOIN orders_warehouse w ON w.name = r.place
               ON CONFLICT (product_id, warehouse_id) DO UPDATE SET on_hand = excluded.on_hand"""
        )


def no_levels() -> None:
    """Nothing on hand anywhere."""
    execute("TRUNCATE orders_stocklevel CASCADE")
    execute("ANALYZE orders_stocklevel")


def moved_levels() -> None:
    """Levels of which none is what the list says, on fresh pages."""
    execute("UPDATE orders_stocklevel SET on_hand = on_hand + 1")
    execute("VACUUM FULL ANALYZE orders_stocklevel")


def bench_offers(folder: Path, offers: int = 50_000, rounds: int = 3) -> Iterator[Measured]:
    """A package of offers, each with a price and a rest, where every row changes something."""
    some_catalogue(offers)
    path = write_offers(folder, offers)
    execute("INSERT INTO accounts_pricecolumn (code, name, currency, vat_included, is_active, external_id)"
            " VALUES ('bench', 'Bench', 'RUB', true, true, 'opt') ON CONFLICT DO NOTHING")  # fmt: skip
    column = "(SELECT id FROM accounts_pricecolumn WHERE external_id = 'opt')"

    def raw() -> None:
        prices, rests = _bare_offers(path)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE raw_prices (key text, amount numeric) ON COMMIT DROP")
            cursor.execute("CREATE TEMPORARY TABLE raw_rests (key text, place text, units integer) ON COMMIT DROP")
            cursor.copy_expert("COPY raw_prices FROM STDIN", prices)
            cursor.copy_expert("COPY raw_rests FROM STDIN", rests)
            cursor.execute("ANALYZE raw_prices, raw_rests")
            cursor.execute(
                f"""UPDATE orders_price p SET ends_on = current_date - 1 FROM raw_prices r
                    JOIN orders_product o ON o.external_id = r.key
                    WHERE p.product_id = o.id AND p.column_id = {column} AND p.ends_on IS NULL"""
            )
            cursor.execute(
                f"""INSERT INTO orders_price (product_id, column_id, starts_on, amount)
                    SELECT o.id, {column}, current_date, r.amount FROM raw_prices r
                    JOIN orders_product o ON o.external_id = r.key"""
            )
            cursor.execute(
                """INSERT INTO orders_stocklevel (warehouse_id, product_id, on_hand, reserved)
                   SELECT w.id, o.id, r.units, 0 FROM raw_rests r JOIN orders_product o ON o.external_id = r.key
                   JOIN orders_warehouse w ON w.external_id = r.place
                   ON CONFLICT (product_id, warehouse_id) DO UPDATE SET on_hand = excluded.on_hand"""
            )

    def old() -> None:
        execute("TRUNCATE orders_price, orders_stocklevel CASCADE")
        execute(
            f"""INSERT INTO orders_price (product_id, column_id, starts_on, amount)
                SELECT id, {column}, current_date - 30, 1 FROM orders_product WHERE external_id LIKE 'bench-%%'""",
            [],
        )
        execute("VACUUM ANALYZE orders_price, orders_stocklevel")

    yield measured(f"CommerceML, {offers:,} offers", old, importing("commerceml", path), raw, rounds)


def _bare_offers(path: Path) -> tuple[io.BytesIO, io.BytesIO]:
    """What the offers of our own file say, as lines for COPY: the least that a reader of XML does."""
    prices, rests = [], []
    for _event, node in etree.iterparse(str(path), tag="Предложение"):
        key, price, place = node.findtext("Ид"), node.find("Цены/Цена"), node.find("Склад")
        prices.append(f"{key}\t{price.findtext('ЦенаЗаЕдиницу')}\n")
        rests.append(f"{key}\t{place.get('ИдСклада')}\t{place.get('КоличествоНаСкладе')}\n")
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]
    return io.BytesIO("".join(prices).encode()), io.BytesIO("".join(rests).encode())


def write_csv(folder: Path, rows: int) -> Path:
    """A stock list of so many rows as a text."""
    path = folder / f"stock-{rows}.csv"
    with path.open("w") as file:
        file.write(";".join(HEADINGS) + "\n")
        file.writelines(f"{sku};{place};{units}\n" for sku, place, units in map(_stock_row, range(rows)))
    return path


def write_workbook(folder: Path, rows: int) -> Path:
    """The same as a workbook; one that is there already is used again."""
    path = folder / f"stock-{rows}.xlsx"
    if not path.exists():
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, HEADINGS)
            for n in range(rows):
                sheet.write_row(n + 1, 0, _stock_row(n))
    return path


def write_shared_workbook(folder: Path, rows: int) -> Path:
    """The same with its texts in a table, as Excel keeps them."""
    path = folder / f"stock-shared-{rows}.xlsx"
    if not path.exists():
        write_shared(path, itertools.chain([HEADINGS], map(_stock_row, range(rows))))
    return path


def _stock_row(n: int) -> tuple[str, str, int]:
    return f"B-{n // WAREHOUSES + 1}", f"Bench {n % WAREHOUSES + 1}", n % 997 + 1


def write_offers(folder: Path, offers: int) -> Path:
    """A package of so many offers."""
    path = folder / f"offers-{offers}.xml"
    _write_offers(path, offers)
    return path


def memory_line(kind: str, write: Callable, folder: Path, rows: int) -> str:
    """The peak of memory of a fresh process that checks a list of a tenth, three tenths and all of so many rows."""
    told, peaks = [], []
    for tenths in (1, 3, 10):
        path = write(folder, rows * tenths // 10)
        before, peak = peak_of(kind, path)
        told.append(f"{rows * tenths // 10:,} rows {peak} MB")
        peaks.append(peak)
    growth = peaks[-1] / peaks[0]
    name = f"memory, {path.stem.rpartition('-')[0]} {path.suffix[1:].upper()}, {before} MB at the start"
    return f"{name:<45} {', '.join(told)}: {growth:.2f} times, goal {MOST_GROWTH}: {verdict_on(growth, MOST_GROWTH)}"


def peak_of(kind: str, path: Path) -> tuple[int, int]:
    """Megabytes that a process of its own has after its start, and at most while it checks a file."""
    command = [sys.executable, "-m", "tests.bench.peak_memory", connection.settings_dict["NAME"], kind, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    before, peak = done.stdout.split()
    return int(before), int(peak)


def _write_offers(path: Path, offers: int) -> None:
    with path.open("w") as xml:
        xml.write('<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация ВерсияСхемы="2.07">'
                  '<ПакетПредложений СодержитТолькоИзменения="false"><Ид>b</Ид><Наименование>Bench</Наименование>'
                  f'<ТипыЦен>{price_type("opt", "Bench")}</ТипыЦен><Предложения>\n')  # fmt: skip
        for number in range(1, offers + 1):
            amount, units, place = f"{number % 900 + 100}.50", number % 50 + 1, f"bench-w{number % WAREHOUSES + 1}"
            price = (f"<Представление>{amount} RUB</Представление><ИдТипаЦены>opt</ИдТипаЦены>"
                     f"<ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу><Валюта>RUB</Валюта>")  # fmt: skip
            xml.write(f"<Предложение><Ид>bench-{number}</Ид><Артикул>B-{number}</Артикул><Наименование>Bench {number}"
                      f"</Наименование><Цены><Цена>{price}</Цена></Цены><Количество>{units}</Количество>"
                      f'<Склад ИдСклада="{place}" КоличествоНаСкладе="{units}"/></Предложение>\n')  # fmt: skip
        xml.write("</Предложения></ПакетПредложений></КоммерческаяИнформация>")
