"""Dated prices of a whole list at once: the same meaning as `set_prices`, by statements over the set."""

from kam.access import Authority
from kam.imports import Report
from kam.judging import tell_trail
from kam.staging import derive, execute, value_of

_FOLLOWS = """(SELECT min(n.starts_on) FROM orders_price n
               WHERE n.product_id = t.product_id AND n.column_id = t.column_id AND n.starts_on > t.starts_on)"""


def lay_prices(table: str, who: Authority, report: Report) -> None:
    """Let products cost what a table (row, product_id, column_id, amount, starts_on) says from these days on.

    One row for a product and column. The price valid before ends the day before, a price of the same day is
    replaced, a later price stands and the new one ends before it; an equal price changes nothing.
    """
    execute(f"SELECT 1 FROM accounts_pricecolumn WHERE id IN (SELECT column_id FROM {table}) ORDER BY id FOR UPDATE")
    since = f"SELECT min(starts_on) FROM {table}"
    later = value_of(f"SELECT EXISTS (SELECT 1 FROM orders_price WHERE starts_on > ({since}))")
    follows = _FOLLOWS if later else "NULL::date"
    derive(
        "laid_prices",
        f"""SELECT t.product_id, t.column_id, t.amount, t.starts_on, s.id AS standing, s.starts_on AS since,
                   {follows} AS follows
            FROM {table} t LEFT JOIN orders_price s ON s.product_id = t.product_id AND s.column_id = t.column_id
                 AND s.starts_on <= t.starts_on AND (s.ends_on IS NULL OR s.ends_on >= t.starts_on)
            WHERE s.amount IS DISTINCT FROM t.amount""",
    )
    replaced = execute(
        """UPDATE orders_price p SET amount = l.amount FROM laid_prices l
           WHERE p.id = l.standing AND l.since = l.starts_on"""
    )
    execute(
        """UPDATE orders_price p SET ends_on = l.starts_on - 1 FROM laid_prices l
           WHERE p.id = l.standing AND l.since < l.starts_on"""
    )
    created = execute(
        """INSERT INTO orders_price (product_id, column_id, starts_on, ends_on, amount)
           SELECT product_id, column_id, starts_on, follows - 1, amount FROM laid_prices
           WHERE since IS DISTINCT FROM starts_on"""
    )
    report.count("prices_changed", replaced)
    report.count("prices_created", created)
    if replaced + created:
        tell_trail("import_prices", "accounts.pricecolumn", "column_id", "laid_prices", who)
