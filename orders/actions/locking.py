"""The locks of orders, always taken in one order: client < order < stock level < supply < quota, rows by pk.

Every action that raises a client's exposure holds the client's row (and, where the group has a limit, the rows
of all its members), so two orders of one client are judged one after the other. Counters of a stock level, a
supply line or a quota, and the live reservations on them, change only under the lock of that row. The locks
leave foreign keys alone (NO KEY): a draft for the client may be written meanwhile.
"""

from collections.abc import Collection

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Client
from kam.refusals import Refusal, Refused
from kam.rows import locked_row
from orders.models import Order
from orders.rules.reservation import Level, Quota, Supply

NEEDED = frozenset(("id", "name", "status", "group_id", "manager_id"))
# `from_db` takes values in the model's own order of fields.
CLIENT_FIELDS = [each.attname for each in Client._meta.concrete_fields if each.attname in NEEDED]

CLIENTS_OF_ORDER = f"""
WITH parties AS (
    SELECT client_id AS id FROM orders_order WHERE id = %(order)s
    UNION SELECT distributor_id FROM orders_order WHERE id = %(order)s AND payer = 'distributor'
), watched AS (
    SELECT id FROM parties
    UNION SELECT member.id FROM accounts_client party
        JOIN accounts_clientgroup g ON g.id = party.group_id AND g.credit_limit IS NOT NULL
        JOIN accounts_client member ON member.group_id = g.id
        WHERE party.id IN (SELECT id FROM parties)
)
SELECT {", ".join(f"c.{name}" for name in CLIENT_FIELDS)} FROM accounts_client c
WHERE c.id IN (SELECT id FROM watched) ORDER BY c.id FOR NO KEY UPDATE OF c"""


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


def lock_levels(warehouse_id: int, product_ids: Collection[int]) -> list[Level]:
    """Lock the stock levels of products in a warehouse, by pk."""
    return [
        Level(pk, product, warehouse_id, on_hand, reserved)
        for pk, product, on_hand, reserved in _rows(
            """SELECT id, product_id, on_hand, reserved FROM orders_stocklevel
               WHERE warehouse_id = %s AND product_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE""",
            [warehouse_id, list(product_ids)],
        )
    ]


def lock_supplies(warehouse_id: int, product_ids: Collection[int]) -> list[Supply]:
    """Lock the open lines of supplies of products to a warehouse, by pk."""
    return [
        Supply(pk, product, warehouse_id, expected_on, coming, reserved)
        for pk, product, expected_on, coming, reserved in _rows(
            """SELECT l.id, l.product_id, s.expected_on, l.quantity - l.received, l.reserved
               FROM orders_supplyline l JOIN orders_supply s ON s.id = l.supply_id
               WHERE l.is_open AND s.warehouse_id = %s AND l.product_id = ANY(%s)
               ORDER BY l.id FOR NO KEY UPDATE OF l""",
            [warehouse_id, list(product_ids)],
        )
    ]


def lock_quotas(client_id: int, manager_id: int | None, product_ids: Collection[int], day) -> list[Quota]:
    """Lock the quotas of products that hold on a day for a client or its manager, by pk."""
    return [
        Quota(pk, product, units, used, client is not None, ends_on)
        for pk, product, units, used, client, ends_on in _rows(
            """SELECT id, product_id, units, used, client_id, ends_on FROM orders_quota
               WHERE product_id = ANY(%s) AND (client_id = %s OR manager_id = %s)
                 AND starts_on <= %s AND ends_on >= %s
               ORDER BY id FOR NO KEY UPDATE""",
            [list(product_ids), client_id, manager_id, day, day],
        )
    ]


def lock_counters(levels: Collection[int], supply_lines: Collection[int], quotas: Collection[int]) -> None:
    """Lock counter rows by their pks, in the order of all locks."""
    for table, pks in (("orders_stocklevel", levels), ("orders_supplyline", supply_lines), ("orders_quota", quotas)):
        if pks:
            _rows(f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(pks)])


def _rows(sql: str, parameters: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
