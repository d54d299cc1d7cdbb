"""Stock lists: how many units lie in which warehouse."""

from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.access import Authority
from kam.files import Column, cells
from kam.folding import folded
from kam.imports import Importer, Report, Upload, good_rows
from kam.judging import refuse, refuse_repeated, tell_trail
from kam.staging import derive, execute, rows_of, stage
from orders.models import Warehouse

STAGED = {"row": "integer", "sku": "text", "warehouse": "text", "quantity": "integer"}


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
                synonyms=("SKU", "Артикул", "Код", "Код товара", "Номенклатура.Артикул", "Article", "Item"),
            ),
            Column(
                "warehouse", gettext_lazy("Warehouse"), cells.text, longest=120,
                synonyms=("Warehouse", "Склад", "Склад хранения", "Место хранения", "Store"),
            ),
            Column(
                "quantity", gettext_lazy("On hand"), cells.whole, required=True, example="12",
                synonyms=("On hand", "Quantity", "Qty", "Остаток", "Количество", "Кол-во", "Остатки", "В наличии",
                          "Остаток на складе", "Конечный остаток", "Stock"),
            ),
        )  # fmt: skip

    def perform(self, upload: Upload, who: Authority, report: Report) -> None:
        table = self.opened(upload, report)
        rows = ((row.number, row.values[0], _key(row.values[1]), row.values[2]) for row in good_rows(table, report))
        stage("incoming_stock", STAGED, rows)
        _resolve(report)
        write_stock("judged_stock", who, report)


@lru_cache(maxsize=1024)
def _key(name: str | None) -> str | None:
    return folded(name) if name else None


def _resolve(report: Report) -> None:
    """Find product and warehouse of every row; rows without them become problems."""
    active = list(Warehouse.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)[:2])
    only = active[0] if len(active) == 1 else None
    derive(
        "judged_stock",
        """SELECT s.row, s.sku, s.warehouse, s.quantity, p.id AS product_id,
                  CASE WHEN s.warehouse IS NULL THEN %s ELSE w.id END AS warehouse_id
           FROM incoming_stock s
           LEFT JOIN orders_product p ON p.sku = s.sku
           LEFT JOIN (SELECT sort_key, min(id) AS id FROM orders_warehouse GROUP BY sort_key) w
                  ON w.sort_key = s.warehouse""",
        [only],
    )
    refuse("judged_stock", "product_id IS NULL", "sku", _("SKU"), _("There is no product with this SKU."), report)
    refuse(
        "judged_stock", "warehouse_id IS NULL AND warehouse IS NULL", "warehouse", _("Warehouse"),
        _("Name the warehouse: there is not exactly one active."), report,
    )  # fmt: skip
    refuse(
        "judged_stock", "warehouse_id IS NULL", "warehouse", _("Warehouse"),
        _("There is no warehouse of this name."), report,
    )  # fmt: skip
    refuse("judged_stock", "quantity < 0", "quantity", _("On hand"), _("The stock is below zero."), report)
    refuse_repeated("judged_stock", ("product_id", "warehouse_id"), "sku", _("SKU"), report)


def write_stock(table: str, who: Authority, report: Report) -> None:
    """Bring stock levels to what a table (row, sku, product_id, warehouse_id, quantity) says.

    Rows are locked in the order of their keys before they are compared. A quantity under what is reserved is
    reported and left out: goods promised to orders may not vanish.
    """
    derive(
        "touched_stock",
        f"""SELECT l.id, t.row, t.sku, t.quantity FROM {table} t
            JOIN orders_stocklevel l USING (product_id, warehouse_id) WHERE l.on_hand <> t.quantity""",
    )
    execute("SELECT 1 FROM orders_stocklevel WHERE id IN (SELECT id FROM touched_stock) ORDER BY id FOR UPDATE")
    short = rows_of(
        """SELECT t.row, t.quantity, l.reserved, t.sku FROM touched_stock t JOIN orders_stocklevel l USING (id)
           WHERE t.quantity < l.reserved ORDER BY t.row"""
    )
    for row, quantity, reserved, sku in short:
        text = _("%(sku)s: %(reserved)s units are reserved, the stock cannot be less.")
        text %= {"sku": sku, "reserved": reserved}
        report.problem(row, report.header("quantity", _("On hand")), quantity, text)
    report.count("rows_skipped", len(short))
    changed = execute(
        """UPDATE orders_stocklevel l SET on_hand = t.quantity FROM touched_stock t
           WHERE l.id = t.id AND l.reserved <= t.quantity AND l.on_hand <> t.quantity"""
    )
    created = execute(
        f"""INSERT INTO orders_stocklevel (warehouse_id, product_id, on_hand, reserved)
            SELECT t.warehouse_id, t.product_id, t.quantity, 0 FROM {table} t
            WHERE t.quantity > 0 AND NOT EXISTS (SELECT 1 FROM orders_stocklevel l
                WHERE l.product_id = t.product_id AND l.warehouse_id = t.warehouse_id)
            ON CONFLICT (product_id, warehouse_id) DO UPDATE SET on_hand = excluded.on_hand
                WHERE orders_stocklevel.reserved <= excluded.on_hand"""
    )
    report.count("stock_changed", changed)
    report.count("stock_created", created)
    if changed + created:
        # One entry for each warehouse that the list touched: a million rows need no million entries.
        tell_trail("import_stock", "orders.warehouse", "warehouse_id", table, who)
