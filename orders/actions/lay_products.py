"""Products, brands and categories of a whole list at once."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from kam import clock
from kam.access import Authority
from kam.imports import Report
from kam.judging import refuse, tell_trail
from kam.staging import derive, execute, rows_of

# What a staged table of products has, besides what its importer adds.
PRODUCTS = {
    "row": "integer", "external_id": "text", "sku": "text", "ean": "text", "name": "text", "brand_key": "text",
    "category_key": "text", "unit": "text", "pack": "integer", "vat_kind": "text", "archived": "boolean",
    "search": "text", "sort_key": "text",
}  # fmt: skip
NO_BRAND = "Без бренда"
_FIELDS = ("ean", "name", "unit", "pack", "vat_kind")


def lay_products(table: str, who: Authority, report: Report, *, brands: str, categories: str) -> None:
    """Create and change products as a table of PRODUCTS says, and leave them in `laid_products` (row, product_id).

    A product is found by its external id, else by its SKU. Empty cells change nothing; a new product needs a
    name. `brands` and `categories` are subqueries (key, id) that resolve the keys of the table. Rows that cannot
    be are taken out and reported.
    """
    _match(table, brands, categories)
    refuse(
        "laid_products", "by_sku IS NOT NULL AND by_external IS NULL AND taken", "sku", _("SKU"),
        _("This SKU belongs to a product with another external id."), report,
    )  # fmt: skip
    refuse(
        "laid_products", "by_external IS NOT NULL AND by_sku <> by_external", "sku", _("SKU"),
        _("This SKU belongs to another product."), report,
    )  # fmt: skip
    refuse(
        "laid_products", "product_id IS NULL AND (name IS NULL OR sku IS NULL)", "sku", _("SKU"),
        _("There is no such product, and without a name it cannot be added."), report,
    )  # fmt: skip
    if not refuse_twins(report):
        execute("CREATE INDEX ON laid_products (sku)")
    _change(who, report)
    _create(who, report)


def _match(table: str, brands: str, categories: str) -> None:
    derive(
        "laid_products",
        f"""SELECT t.*, b.id AS brand_id, c.id AS category_id, e.id AS by_external, s.id AS by_sku,
                   s.external_id IS NOT NULL AND t.external_id IS NOT NULL AS taken, coalesce(e.id, s.id) AS product_id
            FROM {table} t
            LEFT JOIN orders_product e ON e.external_id = t.external_id
            LEFT JOIN orders_product s ON s.sku = t.sku
            LEFT JOIN ({brands}) b ON b.key = t.brand_key
            LEFT JOIN ({categories}) c ON c.key = t.category_key""",
    )


def refuse_twins(report: Report) -> int:
    """Two rows of one file that would become one product: the first stays."""
    taken = rows_of(
        """DELETE FROM laid_products t USING (
               SELECT sku, min(row) AS first FROM laid_products WHERE sku IS NOT NULL GROUP BY sku HAVING count(*) > 1
           ) f WHERE t.sku = f.sku AND t.row > f.first RETURNING t.row, t.sku, f.first"""
    )
    for row, sku, first in sorted(taken):
        text = _("The same is already given in row %(row)s.") % {"row": first}
        report.problem(row, report.header("sku", _("SKU")), sku, text)
    report.count("rows_skipped", len(taken))
    return len(taken)


def _change(who: Authority, report: Report) -> None:
    wanted = {field: f"coalesce(t.{field}, p.{field})" for field in _FIELDS}
    wanted |= {
        "sku": "coalesce(t.sku, p.sku)",
        "external_id": "coalesce(p.external_id, t.external_id)",
        "brand_id": "coalesce(t.brand_id, p.brand_id)",
        "category_id": "coalesce(t.category_id, p.category_id)",
        "is_archived": "p.is_archived OR coalesce(t.archived, false)",
        "search": "CASE WHEN t.name IS NULL THEN p.search ELSE t.search END",
        "sort_key": "CASE WHEN t.name IS NULL THEN p.sort_key ELSE t.sort_key END",
    }
    # The search words follow from the rest, so they do not make a change by themselves.
    compared = {field: value for field, value in wanted.items() if field not in ("search", "sort_key")}
    differs = " OR ".join(f"p.{field} IS DISTINCT FROM {value}" for field, value in compared.items())
    derive(
        "changed_products",
        f"SELECT p.id, t.row FROM laid_products t JOIN orders_product p ON p.id = t.product_id WHERE {differs}",
    )
    execute("SELECT 1 FROM orders_product WHERE id IN (SELECT id FROM changed_products) ORDER BY id FOR UPDATE")
    settings = ", ".join(f"{field} = {value}" for field, value in wanted.items())
    changed = execute(
        f"""UPDATE orders_product p SET {settings}, version = p.version + 1, updated_at = %s
            FROM changed_products c JOIN laid_products t USING (row) WHERE p.id = c.id""",
        [clock.now()],
    )
    report.count("products_changed", changed)
    if changed:
        tell_trail("import", "orders.product", "id", "changed_products", who, counted=False)


def _create(who: Authority, report: Report) -> None:
    now = clock.now()
    nameless = rows_of("SELECT 1 FROM laid_products WHERE product_id IS NULL AND brand_id IS NULL LIMIT 1")
    created = execute(
        """INSERT INTO orders_product (created_at, updated_at, version, sku, ean, name, brand_id, category_id, unit,
               pack, life_cycle, is_scarce, is_archived, vat_kind, country, description, external_id, search, sort_key)
           SELECT %s, %s, 1, sku, coalesce(ean, ''), name, coalesce(brand_id, %s), category_id, coalesce(unit, 'шт'),
               coalesce(pack, 1), 'active', false, false, coalesce(vat_kind, 'standard'), '', '', external_id, search,
               sort_key
           FROM laid_products WHERE product_id IS NULL AND NOT coalesce(archived, false)""",
        [now, now, _no_brand() if nameless else None],
    )
    report.count("products_created", created)
    if not created:
        return
    execute(
        """UPDATE laid_products t SET product_id = p.id FROM orders_product p
           WHERE t.product_id IS NULL AND p.sku = t.sku"""
    )
    derive("created_products", "SELECT product_id AS id FROM laid_products l JOIN orders_product p ON p.id = product_id"
           " WHERE by_external IS NULL AND by_sku IS NULL")  # fmt: skip
    tell_trail("import", "orders.product", "id", "created_products", who, counted=False)


def _no_brand() -> int:
    """The brand of products whose file names none; made when first needed, because a product must have one."""
    return lay_names("orders_brand", {NO_BRAND: (NO_BRAND.lower(), NO_BRAND.lower())})[NO_BRAND.lower()]


def lay_names(table: str, names: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    """Make sure that brands or categories of these names exist; returns their ids by sort key.

    `names` maps a name to its sort key and search words. A category made here stands at the top.
    """
    found = dict(rows_of(f"SELECT sort_key, min(id) FROM {table} WHERE sort_key = ANY(%s) GROUP BY sort_key",
                         [[key for key, _words in names.values()]]))  # fmt: skip
    missing: dict[str, tuple[str, str]] = {}
    for name, (key, words) in names.items():
        if key not in found:
            missing.setdefault(key, (name, words))
    if missing:
        now = clock.now()
        extra, values = (", is_exclusive, is_active", ", false, true") if table == "orders_brand" else ("", "")
        values_of_rows = [now, now, [each[0] for each in missing.values()], list(missing)]
        found |= dict(rows_of(
            f"""INSERT INTO {table} (created_at, updated_at, version, name, sort_key, search{extra})
                SELECT %s, %s, 1, name, key, words{values}
                FROM unnest(%s::text[], %s::text[], %s::text[]) AS n (name, key, words) RETURNING sort_key, id""",
            [*values_of_rows, [each[1] for each in missing.values()]],
        ))  # fmt: skip
    return found
