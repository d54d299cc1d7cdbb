"""The locks of orders, always taken in one order: client < order < stock level < supply < quota, rows by pk.

Every action that raises a client's exposure holds the client's row (and, where the group has a limit or its debts
count, the rows of all its members), so two orders of one client are judged one after the other. Counters of a stock
level, a supply line or a quota, and the live reservations on them, change only under the lock of that row. The locks
leave foreign keys alone (NO KEY): a draft for the client may be written meanwhile.
"""

from collections.abc import Collection

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Client
from kam.refusals import Refusal, Refused
from kam.rows import locked_row
from orders.models import Order

NEEDED = frozenset(("id", "name", "status", "group_id", "manager_id"))
# `from_db` takes values in the model's own order of fields.
CLIENT_FIELDS = [each.attname for each in Client._meta.concrete_fields if each.attname in NEEDED]

# An array, since the planner takes it for a few rows: of a join it thinks the worst and reads the whole table.
CLIENTS_OF_ORDER = f"""
WITH parties AS (
    SELECT client_id AS id FROM orders_order WHERE id = %(order)s
    UNION SELECT distributor_id FROM orders_order WHERE id = %(order)s AND payer = 'distributor'
), watched AS (
    SELECT id FROM parties
    UNION SELECT member.id FROM accounts_client party
        JOIN accounts_clientgroup g ON g.id = party.group_id
            AND (g.credit_limit IS NOT NULL OR EXISTS (SELECT FROM accounts_creditpolicy WHERE group_overdue_counts))
        JOIN accounts_client member ON member.group_id = g.id
        WHERE party.id IN (SELECT id FROM parties)
)
SELECT {", ".join(f"c.{name}" for name in CLIENT_FIELDS)} FROM accounts_client c
WHERE c.id = ANY(ARRAY(SELECT id FROM watched)) ORDER BY c.id FOR NO KEY UPDATE OF c"""


COUNTERS = ("orders_stocklevel", "orders_supplyline", "orders_quota")


def lock_clients(client_ids: Collection[int]) -> dict[int, Client]:
    """Lock clients by pk; only their names, states, groups and managers are loaded."""
    rows = Client.objects.filter(pk__in=client_ids).order_by("pk").select_for_update(no_key=True)
    return {client.pk: client for client in rows.only(*CLIENT_FIELDS)}


def lock_order(pk: int) -> Order:
    """Lock an order's client, its payer and their group, then the order; its client and distributor come loaded.

    Raises Order.DoesNotExist, and Refused when the order changed hands while it was waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLIENTS_OF_ORDER, {"order": pk})
        clients = {row[0]: Client.from_db("default", CLIENT_FIELDS, row) for row in cursor.fetchall()}
    order = locked_row(Order, pk)
    if order.client_id not in clients or order.payer_id not in clients:
        raise Refused(Refusal("changed_meanwhile", _("%(order)s has just been changed: try again.") % {"order": order}))
    order.client = clients[order.client_id]
    if order.distributor_id in clients:
        order.distributor = clients[order.distributor_id]
    return order


def lock_orders_only(pks: Collection[int]) -> dict[int, Order]:
    """Lock orders by pk without their clients, for steps that raise nobody's exposure."""
    rows = Order.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pks).order_by("pk")
    return {order.pk: order for order in rows.select_related("client")}


def lock_counters(levels: Collection[int], supply_lines: Collection[int], quotas: Collection[int]) -> None:
    """Lock counter rows by their pks, in the order of all locks."""
    with connection.cursor() as cursor:
        for table, pks in zip(COUNTERS, (levels, supply_lines, quotas), strict=True):
            if pks:
                sql = f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
                cursor.execute(sql, [list(pks)])
