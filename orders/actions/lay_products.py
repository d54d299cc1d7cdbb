"""Products, brands and categories of a whole list at once."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from kam import clock
from kam.access import Authority
from kam.imports import Report
from kam.judging import NOTHING_MORE, overwrite, refuse, refuse_repeated, tell_trail
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
    if not refuse_repeated("laid_products", ("sku",), "sku", _("SKU"), report):
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


def _change(who: Authority, report: Report) -> None:
    wanted = {field: f"coalesce(t.{field}, o.{field})" for field in _FIELDS}
    wanted |= {
        "sku": "coalesce(t.sku, o.sku)",
        "external_id": "coalesce(o.external_id, t.external_id)",
        "brand_id": "coalesce(t.brand_id, o.brand_id)",
        "category_id": "coalesce(t.category_id, o.category_id)",
        "is_archived": "o.is_archived OR coalesce(t.archived, false)",
        "search": "CASE WHEN t.name IS NULL THEN o.search ELSE t.search END",
        "sort_key": "CASE WHEN t.name IS NULL THEN o.sort_key ELSE t.sort_key END",
    }
    changed = overwrite(
        "orders_product", "laid_products", "product_id", "changed_products", wanted,
        follow=("search", "sort_key"), lock="UPDATE",
    )  # fmt: skip
    report.count("products_changed", changed)
    if changed:
        tell_trail("import", "orders.product", "id", "changed_products", who, changes=NOTHING_MORE)


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
    tell_trail("import", "orders.product", "id", "created_products", who, changes=NOTHING_MORE)


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
