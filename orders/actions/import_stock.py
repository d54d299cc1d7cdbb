"""Stock lists: how many units lie in which warehouse."""

from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.access import Authority
from kam.files import Column, Row, Table, cells
from kam.folding import folded
from kam.imports import Importer, Report, Upload, good_rows
from kam.judging import refuse, refuse_repeated, tell_trail
from kam.plain_copy import copied, rest_of
from kam.staging import derive, execute, rows_of, stage, value_of
from orders.models import Warehouse
from orders.rules.headings import SKU_HEADINGS

STAGED = {"row": "integer", "sku": "text", "warehouse": "text", "warehouse_key": "text", "quantity": "integer"}


class StockImporter(Importer):
    """A list of SKU, warehouse and quantity. What the list does not name stays as it is."""

    name = "stock"
    label = gettext_lazy("Stock")
    help = gettext_lazy("SKU, warehouse (may be missing when there is one) and units on hand.")
    permission = "orders.import_catalogue"
    order = 30

    def columns(self, upload: Upload | None = None) -> tuple[Column, ...]:
        return (
            Column(
                "sku", gettext_lazy("SKU"), cells.code, required=True, longest=60, example="N-500",
                synonyms=SKU_HEADINGS,
            ),
            Column(
                "warehouse", gettext_lazy("Warehouse"), cells.text, longest=120,
                synonyms=("Warehouse", "Склад", "Склад хранения", "Место хранения", "Store", "Наименование склада",
                          "Название склада", "Warehouse name"),
                unless=("кол", "остат", "сумм", "адрес", "код"),
            ),
            Column(
                "quantity", gettext_lazy("On hand"), cells.units, required=True, example="12",
                synonyms=("On hand", "Конечный остаток", "Остаток на конец", "Остаток", "Остатки", "В наличии",
                          "Наличие", "Свободно", "Свободно для продажи", "Остаток на складе", "Количество", "Кол-во",
                          "Quantity", "Qty", "Stock", "In stock", "Доступно", "Свободный остаток", "Available",
                          "Quantity on hand", "Stock quantity"),
                unless=("резерв", "сумм", "стоим", "нач", "мин", "макс", "упак", "короб", "прих", "расх", "заказ",
                        "отгр", "пут", "ожид", "price", "min", "max", "reserved", "order", "sold", "продан"),
            ),
        )  # fmt: skip

    def perform(self, upload: Upload, who: Authority, report: Report) -> None:
        table = self.opened(upload, report)
        rows = None
        if under_header := copied(table, "copied_stock"):
            plain = _take_plain(table)
            rows = () if plain == under_header else rest_of(table, "copied_stock", "judged_stock")
        if rows is None:
            plain = derive("judged_stock", _NOTHING)
            rows = table.rows()
        report.count("rows", plain)
        _take_others(good_rows(rows, report), report)
        if _has_repeated("judged_stock"):
            refuse_repeated("judged_stock", ("product_id", "warehouse_id"), "sku", _("SKU"), report)
        write_stock("judged_stock", who, report)


# Rows with what they mean: the product, the warehouse, and the stock level that is there.
_JUDGED = """SELECT s.row, s.sku, s.warehouse, s.quantity, p.id AS product_id, w.id AS warehouse_id, l.id AS level_id,
                    l.on_hand
             FROM incoming_stock s
             LEFT JOIN orders_product p ON p.sku = s.sku
             LEFT JOIN (SELECT min(id) AS id, sort_key FROM orders_warehouse GROUP BY sort_key) w
                    ON w.sort_key = s.warehouse_key
             LEFT JOIN orders_stocklevel l ON l.product_id = p.id AND l.warehouse_id = w.id"""


_NOTHING = """SELECT 0 AS row, ''::text AS sku, ''::text AS warehouse, 0 AS quantity, 0::bigint AS product_id,
                     0::bigint AS warehouse_id, 0::bigint AS level_id, 0 AS on_hand LIMIT 0"""


def _take_plain(table: Table) -> int:
    """Take the rows a statement understands by itself: known SKU and warehouse to the letter, plain digits."""
    places = table.header.mapping.places
    sku, quantity = f"c{places['sku']}", f"c{places['quantity']}"
    warehouse = (
        f"JOIN orders_warehouse w ON w.name = s.c{places['warehouse']}"
        if "warehouse" in places
        else ("JOIN (SELECT max(id) AS id FROM orders_warehouse WHERE is_active HAVING count(*) = 1) w ON true")
    )
    # Whether the quantity is plain is asked in the list of columns: as a condition the planner would take it for rare
    # and look up a million products one by one.
    found = derive(
        "judged_stock",
        f"""SELECT s.row, s.{sku} AS sku, NULL::text AS warehouse,
                   CASE WHEN length(s.{quantity}) BETWEEN 1 AND 9 AND translate(s.{quantity}, '0123456789', '') = ''
                        THEN s.{quantity}::integer END AS quantity,
                   p.id AS product_id, w.id AS warehouse_id, l.id AS level_id, l.on_hand
            FROM copied_stock s JOIN orders_product p ON p.sku = s.{sku} {warehouse}
            LEFT JOIN orders_stocklevel l ON l.product_id = p.id AND l.warehouse_id = w.id
            WHERE s.row > {int(table.header.row)}""",
    )
    unread = value_of("SELECT 1 FROM judged_stock WHERE quantity IS NULL LIMIT 1")
    return found - execute("DELETE FROM judged_stock WHERE quantity IS NULL") if unread else found


def _take_others(rows: Iterator[Row], report: Report) -> None:
    """The rows that were read cell by cell; those without product or warehouse become problems."""
    active = list(Warehouse.objects.filter(is_active=True).order_by("pk").values_list("sort_key", flat=True)[:2])
    only = active[0] if len(active) == 1 else None
    # A problem shows the name as it was written, the key finds it.
    staged = (
        (row.number, row.values[0], row.values[1] or only, _key(row.values[1]) or only, row.values[2]) for row in rows
    )
    stage("incoming_stock", STAGED, staged)
    derive("other_stock", _JUDGED)
    refuse("other_stock", "product_id IS NULL", "sku", _("SKU"), _("There is no product with this SKU."), report)
    text = _("Name the warehouse: there is not exactly one active.")
    refuse("other_stock", "warehouse IS NULL", "warehouse", _("Warehouse"), text, report)
    text = _("There is no warehouse of this name.")
    refuse("other_stock", "warehouse_id IS NULL", "warehouse", _("Warehouse"), text, report)
    refuse("other_stock", "quantity < 0", "quantity", _("On hand"), _("The stock is below zero."), report)
    execute("INSERT INTO judged_stock SELECT * FROM other_stock")


def _has_repeated(table: str) -> bool:
    """Whether two rows mean the same level: known ones are told apart by sorting one number, not grouping by two."""
    rows, known, different = rows_of(f"SELECT count(*), count(level_id), count(DISTINCT level_id) FROM {table}")[0]
    new = f"SELECT 1 FROM {table} WHERE level_id IS NULL GROUP BY product_id, warehouse_id HAVING count(*) > 1 LIMIT 1"
    return known > different or (rows > known and value_of(new) is not None)


@lru_cache(maxsize=1024)
def _key(name: str | None) -> str | None:
    return folded(name) if name else None


def write_stock(table: str, who: Authority, report: Report) -> None:
    """Bring stock levels to what a table (row, sku, product_id, warehouse_id, quantity, level_id, on_hand) says.

    Of the table stays what was written. Rows are locked and written in the order of their keys. A quantity under what
    is reserved is reported and left out: goods promised to orders may not vanish.
    """
    same, created, touched = rows_of(
        f"""SELECT count(*) FILTER (WHERE coalesce(on_hand, 0) = quantity),
                   count(*) FILTER (WHERE level_id IS NULL AND quantity <> 0),
                   count(*) FILTER (WHERE coalesce(on_hand, 0) <> quantity) FROM {table}"""
    )[0]
    if same:
        execute(f"DELETE FROM {table} WHERE coalesce(on_hand, 0) = quantity")
    if not touched:
        return
    written = touched - _tell_short(table, report) if report.dry else _write(table, touched, created, report)
    if written < touched:
        created = value_of(f"SELECT count(*) FROM {table} WHERE level_id IS NULL")
    report.count("stock_changed", written - created)
    report.count("stock_created", created)
    if written:
        # One entry for each warehouse that the list touched: a million rows need no million entries.
        tell_trail("import_stock", "orders.warehouse", "warehouse_id", table, who)


def _write(table: str, touched: int, created: int, report: Report) -> int:
    # What stands is updated by its key and only what does not is inserted: an insert that meets a row looks for it in
    # an index, locks it and then updates it. Without hashes the join follows the order of the keys, and so do locks.
    execute("SET LOCAL enable_hashjoin = off")
    written = execute(
        f"""UPDATE orders_stocklevel l SET on_hand = t.quantity
            FROM (SELECT level_id, quantity FROM {table} WHERE level_id IS NOT NULL ORDER BY level_id) t
            WHERE l.id = t.level_id AND l.reserved <= t.quantity"""
    )
    execute("SET LOCAL enable_hashjoin = on")
    if created:
        written += execute(
            f"""INSERT INTO orders_stocklevel AS l (warehouse_id, product_id, on_hand, reserved)
               SELECT warehouse_id, product_id, quantity, 0 FROM {table} WHERE level_id IS NULL
               ORDER BY product_id, warehouse_id
               ON CONFLICT (product_id, warehouse_id) DO UPDATE SET on_hand = excluded.on_hand
                   WHERE l.reserved <= excluded.on_hand"""
        )
    if written < touched:
        _tell_short(table, report)
    return written


def _tell_short(table: str, report: Report) -> int:
    """Report the rows under what is reserved and take them out of the table; returns how many."""
    short = rows_of(
        f"""DELETE FROM {table} t USING orders_stocklevel l
           WHERE l.product_id = t.product_id AND l.warehouse_id = t.warehouse_id AND t.quantity < l.reserved
           RETURNING t.row, t.quantity, l.reserved, t.sku"""
    )
    for row, quantity, reserved, sku in sorted(short):
        text = _("%(sku)s: %(reserved)s units are reserved, the stock cannot be less.")
        text %= {"sku": sku, "reserved": reserved}
        report.problem(row, report.header("quantity", _("On hand")), quantity, text)
    report.count("rows_skipped", len(short))
    return len(short)
