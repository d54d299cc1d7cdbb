"""The parts of an export of 1C, staged as tables `cml_…`, brought to the catalogue, the prices and the stock."""

import datetime as dt

from django.utils.translation import gettext as _

from kam import clock
from kam.access import Authority
from kam.imports import Report
from kam.judging import refuse
from kam.staging import derive, execute, rows_of, value_of
from orders.actions.import_stock import write_stock
from orders.actions.lay_prices import lay_prices
from orders.actions.lay_products import lay_products

_BRAND_KEYS = """SELECT 'id:' || external_id AS key, id FROM orders_brand WHERE external_id IS NOT NULL
                 UNION ALL SELECT 'name:' || sort_key, min(id) FROM orders_brand GROUP BY sort_key
                 UNION ALL SELECT 'id:' || b.external_id, min(o.id)
                     FROM cml_brands b JOIN orders_brand o USING (sort_key)
                     WHERE b.external_id IS NOT NULL
                       AND NOT EXISTS (SELECT 1 FROM orders_brand x WHERE x.external_id = b.external_id)
                     GROUP BY b.external_id"""
_CATEGORY_KEYS = "SELECT external_id AS key, id FROM orders_category WHERE external_id IS NOT NULL"


def lay_categories(report: Report) -> None:
    """Groups become categories; one of the same name that has no external id is adopted."""
    now = clock.now()
    _keep_last("cml_groups")
    execute(
        """UPDATE orders_category c SET external_id = g.external_id
           FROM (SELECT DISTINCT ON (sort_key) * FROM cml_groups ORDER BY sort_key, row) g
           WHERE c.external_id IS NULL AND c.sort_key = g.sort_key AND (c.parent_id IS NULL) = (g.parent IS NULL)
             AND NOT EXISTS (SELECT 1 FROM orders_category x WHERE x.external_id = g.external_id)
             AND c.id = (SELECT min(id) FROM orders_category y
                         WHERE y.sort_key = g.sort_key AND y.external_id IS NULL)"""
    )
    changed = execute(
        """UPDATE orders_category c SET name = g.name, sort_key = g.sort_key, search = g.search,
               version = c.version + 1, updated_at = %s
           FROM cml_groups g WHERE c.external_id = g.external_id AND c.name <> g.name""",
        [now],
    )
    created = execute(
        """INSERT INTO orders_category (created_at, updated_at, version, name, external_id, sort_key, search)
           SELECT %s, %s, 1, name, external_id, sort_key, search FROM cml_groups g
           WHERE NOT EXISTS (SELECT 1 FROM orders_category c WHERE c.external_id = g.external_id) ORDER BY row""",
        [now, now],
    )
    execute(
        """UPDATE orders_category c SET parent_id = p.id FROM cml_groups g
           JOIN orders_category p ON p.external_id = g.parent
           WHERE c.external_id = g.external_id AND c.parent_id IS DISTINCT FROM p.id AND p.id <> c.id"""
    )
    report.count("categories_changed", changed)
    report.count("categories_created", created)


def _keep_last(table: str) -> None:
    """Of what several parts of an export tell, the last stays."""
    execute(f"DELETE FROM {table} t USING {table} later WHERE t.external_id = later.external_id AND t.row < later.row")


def lay_brands(report: Report) -> None:
    """Makers become brands; one of the same name is taken for the same, whoever named it first."""
    now = clock.now()
    execute(
        """UPDATE orders_brand b SET external_id = n.external_id
           FROM (SELECT DISTINCT ON (sort_key) * FROM cml_brands WHERE external_id IS NOT NULL ORDER BY sort_key, row) n
           WHERE b.external_id IS NULL AND b.sort_key = n.sort_key
             AND NOT EXISTS (SELECT 1 FROM orders_brand x WHERE x.external_id = n.external_id)"""
    )
    created = execute(
        """INSERT INTO orders_brand (created_at, updated_at, version, name, is_exclusive, is_active, external_id,
               sort_key, search)
           SELECT DISTINCT ON (sort_key) %s::timestamptz, %s::timestamptz, 1, name, false, true, external_id, sort_key,
               search FROM cml_brands n
           WHERE NOT EXISTS
               (SELECT 1 FROM orders_brand b WHERE b.sort_key = n.sort_key OR b.external_id = n.external_id)
           ORDER BY sort_key, external_id IS NULL, row""",
        [now, now],
    )
    report.count("brands_created", created)


def lay_warehouses(report: Report) -> None:
    """Warehouses are added, or adopted by name; ours keep their names."""
    now = clock.now()
    execute(
        """UPDATE orders_warehouse w SET external_id = n.external_id
           FROM (SELECT DISTINCT ON (sort_key) * FROM cml_warehouses ORDER BY sort_key, row) n
           WHERE w.external_id IS NULL AND w.sort_key = n.sort_key
             AND NOT EXISTS (SELECT 1 FROM orders_warehouse x WHERE x.external_id = n.external_id)"""
    )
    created = execute(
        """INSERT INTO orders_warehouse (created_at, updated_at, version, name, address, is_active, external_id,
               sort_key)
           SELECT DISTINCT ON (sort_key) %s::timestamptz, %s::timestamptz, 1, name, address, true, external_id,
               sort_key
           FROM cml_warehouses n WHERE NOT EXISTS
               (SELECT 1 FROM orders_warehouse w WHERE w.external_id = n.external_id OR w.sort_key = n.sort_key)
           ORDER BY sort_key, row""",
        [now, now],
    )
    report.count("warehouses_created", created)


def lay_offers(counts: dict[str, int], day: dt.date, who: Authority, report: Report) -> None:
    """Products, their variants, price columns, prices and stock, in this order."""
    if counts["cml_products"]:
        _keep_last("cml_products")
        lay_products("cml_products", who, report, brands=_BRAND_KEYS, categories=_CATEGORY_KEYS)
    if counts["cml_variants"]:
        _lay_variants(who, report)
    if counts["cml_price_types"]:
        _lay_price_types(report)
    if counts["cml_prices"]:
        _lay_prices(day, who, report)
    if counts["cml_rests"]:
        _lay_rests(who, report)


def _lay_variants(who: Authority, report: Report) -> None:
    """A variant is a product of its own; what it shares it takes from the product, which then is not sold itself."""
    execute("CREATE INDEX ON cml_variants (product, variant)")
    derive(
        "variant_products",
        """SELECT v.row, v.product || '#' || v.variant AS external_id,
                  CASE WHEN v.sku IS NOT NULL AND v.sku <> p.sku AND v.rank = 1 THEN v.sku
                       ELSE left(p.sku, 42) || '#' || left(replace(v.variant, '-', ''), 12) END AS sku,
                  v.ean, coalesce(v.name, p.name) AS name, 'brand:' || p.brand_id AS brand_key,
                  'category:' || p.category_id AS category_key, p.unit, p.pack, p.vat_kind, v.archived,
                  p.search || ' ' || coalesce(v.sort_key, '') AS search, coalesce(v.sort_key, p.sort_key) AS sort_key,
                  p.id AS base_id, v.product
           FROM (SELECT DISTINCT ON (product, variant) *, row_number() OVER (PARTITION BY sku ORDER BY row) AS rank
                 FROM cml_variants ORDER BY product, variant, row DESC) v
           LEFT JOIN orders_product p ON p.external_id = v.product""",
    )
    refuse("variant_products", "base_id IS NULL", "product", _("Offer"), _unknown_product(), report)
    own = "SELECT 'brand:' || id AS key, id FROM orders_brand"
    categories = "SELECT 'category:' || id AS key, id FROM orders_category"
    lay_products("variant_products", who, report, brands=own, categories=categories)
    archived = execute(
        """UPDATE orders_product SET is_archived = true, version = version + 1, updated_at = %s
           WHERE NOT is_archived AND id IN (SELECT base_id FROM laid_products WHERE product_id IS NOT NULL)""",
        [clock.now()],
    )
    report.count("bases_of_variants_archived", archived)


def _unknown_product() -> str:
    return _("There is no product with this external id. Import the catalogue first.")


def _lay_price_types(report: Report) -> None:
    """Price types become price columns; a column of the same name or code without an external id is adopted."""
    _keep_last("cml_price_types")
    execute(
        """UPDATE accounts_pricecolumn c SET external_id = t.external_id FROM cml_price_types t
           WHERE c.external_id IS NULL AND lower(t.name) IN (lower(c.name), lower(c.code)) AND c.currency = t.currency
             AND coalesce(t.vat_included, c.vat_included) = c.vat_included
             AND NOT EXISTS (SELECT 1 FROM accounts_pricecolumn x WHERE x.external_id = t.external_id)"""
    )
    created = execute(
        """INSERT INTO accounts_pricecolumn (code, name, currency, vat_included, is_active, external_id)
           SELECT '1C-' || left(md5(external_id), 8), name, currency, coalesce(vat_included, true), true, external_id
           FROM cml_price_types t
           WHERE NOT EXISTS (SELECT 1 FROM accounts_pricecolumn c WHERE c.external_id = t.external_id) ORDER BY row"""
    )
    report.count("price_columns_created", created)


def _lay_prices(day: dt.date, who: Authority, report: Report) -> None:
    derive(
        "judged_prices",
        """SELECT DISTINCT ON (coalesce(p.id, -s.row), coalesce(c.id, -s.row)) s.row, s.product, s.price_type,
                  s.currency, p.id AS product_id, c.id AS column_id, s.amount, %s::date AS starts_on,
                  s.currency IS DISTINCT FROM c.currency AS other_currency,
                  s.vat_included IS DISTINCT FROM c.vat_included AND s.vat_included IS NOT NULL AS other_vat
           FROM cml_prices s
           LEFT JOIN orders_product p ON p.external_id = s.product
           LEFT JOIN accounts_pricecolumn c ON c.external_id = s.price_type
           ORDER BY coalesce(p.id, -s.row), coalesce(c.id, -s.row), s.row DESC""",
        [day],
    )
    table = "judged_prices"
    refuse(table, "product_id IS NULL", "product", _("Price"), _unknown_product(), report)
    refuse(table, "column_id IS NULL", "price_type", _("Price"), _("This price type was never told."), report)
    text = _("The price is in another currency than its column.")
    refuse(table, "other_currency", "currency", _("Price"), text, report)
    text = _("The column has prices with VAT and this one is without it, or the other way round.")
    refuse(table, "other_vat", "product", _("Price"), text, report)
    refuse(table, "amount <= 0 OR amount >= 1e14", "amount", _("Price"), _("The price is not above zero."), report)
    lay_prices(table, who, report)


def _lay_rests(who: Authority, report: Report) -> None:
    only = rows_of("SELECT id FROM orders_warehouse WHERE is_active ORDER BY id LIMIT 2")
    derive(
        "judged_rests",
        """SELECT DISTINCT ON (coalesce(p.id, -s.row), coalesce(w.id, -s.row)) s.row, s.product, s.warehouse,
                  p.sku, p.id AS product_id, w.id AS warehouse_id, s.quantity, l.id AS level_id, l.on_hand
           FROM cml_rests s
           LEFT JOIN orders_product p ON p.external_id = s.product
           LEFT JOIN orders_warehouse w ON w.external_id = s.warehouse OR (s.warehouse IS NULL AND w.id = %s)
           LEFT JOIN orders_stocklevel l ON l.product_id = p.id AND l.warehouse_id = w.id
           ORDER BY coalesce(p.id, -s.row), coalesce(w.id, -s.row), s.row DESC""",
        [only[0][0] if len(only) == 1 else None],
    )
    # One sentence for all rows without a warehouse: each would say the same.
    nowhere = value_of("SELECT count(*) FROM judged_rests WHERE warehouse IS NULL AND warehouse_id IS NULL")
    if nowhere:
        row = value_of("SELECT min(row) FROM judged_rests WHERE warehouse IS NULL AND warehouse_id IS NULL")
        text = _("The file does not say in which warehouse the goods are, and there is not exactly one active.")
        report.problem(row, _("Stock"), nowhere, text)
        report.count("rows_skipped", nowhere)
        execute("DELETE FROM judged_rests WHERE warehouse IS NULL AND warehouse_id IS NULL")
    refuse("judged_rests", "product_id IS NULL", "product", _("Stock"), _unknown_product(), report)
    text = _("There is no warehouse with this external id.")
    refuse("judged_rests", "warehouse_id IS NULL", "warehouse", _("Stock"), text, report)
    write_stock("judged_rests", who, report)
