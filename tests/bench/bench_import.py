"""Imports beside the raw statements that bring the same rows: stock lists of a million rows, 50 000 offers of 1C.

`bench_stock(rows)` and `bench_offers(offers)` work in the current database and commit, because what a commit costs
is part of both sides; call them on a database of their own. Each returns a Measured, whose `line()` is for print.
"""

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from kam import clock
from kam.imports import Upload, importer_named
from kam.models import User
from kam.staging import execute
from kam.terminal import say
from tests.orders.commerceml_files import price_type

WAREHOUSES = 10

STOCK_ROWS, OFFERS = 1_000_000, 50_000


def run(quick: bool) -> None:
    """Measure the stock list of a million rows and 50 000 offers of 1C; a tenth of them when quick."""
    share = 10 if quick else 1
    with tempfile.TemporaryDirectory() as folder:
        for bench, size in ((bench_stock, STOCK_ROWS), (bench_offers, OFFERS)):
            for measured_one in bench(Path(folder), size // share):
                say(measured_one.line())


@dataclass(frozen=True)
class Measured:
    """Seconds of each round, ours and raw, in turns."""

    name: str
    ours: tuple[float, ...]
    raw: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Our median in raw medians."""
        return statistics.median(self.ours) / statistics.median(self.raw)

    def line(self) -> str:
        """Ours, raw and their ratio, as medians of the rounds."""
        ours, raw = statistics.median(self.ours), statistics.median(self.raw)
        return f"{self.name}: ours {ours:.2f} s, raw {raw:.2f} s, ratio {self.ratio:.2f} (medians of {len(self.ours)})"


def measured(name: str, prepare: Callable, ours: Callable, raw: Callable, rounds: int) -> Measured:
    """Run both sides in turns, each on freshly prepared tables; the order alternates."""
    seconds: dict[Callable, list[float]] = {ours: [], raw: []}
    for number in range(rounds):
        for side in (ours, raw) if number % 2 else (raw, ours):
            prepare()
            started = time.perf_counter()
            side()
            seconds[side].append(time.perf_counter() - started)
    return Measured(name, tuple(seconds[ours]), tuple(seconds[raw]))


def importing(kind: str, path: Path) -> Callable:
    """Our side: one commit of the importer."""
    by = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("bench@dcm.example", None)
    return lambda: importer_named(kind).commit(Upload(((path.name, path),), by, clock.today()))


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


def bench_stock(folder: Path, rows: int = 1_000_000, rounds: int = 3) -> list[Measured]:
    """A CSV of SKU, warehouse and quantity: into empty tables, and where every row changes a level."""
    some_catalogue(max(rows // WAREHOUSES, 1))
    path = folder / "stock.csv"
    with path.open("w") as file:
        file.write("Артикул;Склад;Остаток\n")
        file.writelines(f"B-{n // WAREHOUSES + 1};Bench {n % WAREHOUSES + 1};{n % 997 + 1}\n" for n in range(rows))

    def raw() -> None:
        with transaction.atomic(), connection.cursor() as cursor, path.open("rb") as file:
            cursor.execute("CREATE TEMPORARY TABLE raw_stock (sku text, place text, units integer) ON COMMIT DROP")
            cursor.copy_expert("COPY raw_stock FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)", file)
            cursor.execute("ANALYZE raw_stock")
            cursor.execute(
                """INSERT INTO orders_stocklevel (warehouse_id, product_id, on_hand, reserved)
                   SELECT w.id, p.id, r.units, 0 FROM raw_stock r JOIN orders_product p USING (sku)
                   JOIN orders_warehouse w ON w.name = r.place
                   ON CONFLICT (product_id, warehouse_id) DO UPDATE SET on_hand = excluded.on_hand"""
            )

    def empty() -> None:
        execute("TRUNCATE orders_stocklevel CASCADE")
        execute("ANALYZE orders_stocklevel")

    def moved() -> None:
        execute("UPDATE orders_stocklevel SET on_hand = on_hand + 1")
        execute("VACUUM FULL ANALYZE orders_stocklevel")

    ours = importing("stock", path)
    return [
        measured(f"stock, {rows} new rows", empty, ours, raw, rounds),
        measured(f"stock, {rows} changed rows", moved, ours, raw, rounds),
    ]


def bench_offers(folder: Path, offers: int = 50_000, rounds: int = 3) -> list[Measured]:
    """A package of offers, each with a price and a rest, where every row changes something.

    The raw side gets the rows ready for COPY: it does not read XML at all.
    """
    some_catalogue(offers)
    path, prices, rests = folder / "offers.xml", folder / "prices.tsv", folder / "rests.tsv"
    _write_offers(path, prices, rests, offers)
    execute("INSERT INTO accounts_pricecolumn (code, name, currency, vat_included, is_active, external_id)"
            " VALUES ('bench', 'Bench', 'RUB', true, true, 'opt') ON CONFLICT DO NOTHING")  # fmt: skip
    column = "(SELECT id FROM accounts_pricecolumn WHERE external_id = 'opt')"

    def raw() -> None:
        with contextlib.ExitStack() as stack:
            stack.enter_context(transaction.atomic())
            cursor = stack.enter_context(connection.cursor())
            first, second = stack.enter_context(prices.open("rb")), stack.enter_context(rests.open("rb"))
            cursor.execute("CREATE TEMPORARY TABLE raw_prices (key text, amount numeric) ON COMMIT DROP")
            cursor.execute("CREATE TEMPORARY TABLE raw_rests (key text, place text, units integer) ON COMMIT DROP")
            cursor.copy_expert("COPY raw_prices FROM STDIN", first)
            cursor.copy_expert("COPY raw_rests FROM STDIN", second)
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

    return [measured(f"CommerceML, {offers} offers", old, importing("commerceml", path), raw, rounds)]


def _write_offers(path: Path, prices: Path, rests: Path, offers: int) -> None:
    with path.open("w") as xml, prices.open("w") as first, rests.open("w") as second:
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
            first.write(f"bench-{number}\t{amount}\n")
            second.write(f"bench-{number}\t{place}\t{units}\n")
        xml.write("</Предложения></ПакетПредложений></КоммерческаяИнформация>")
