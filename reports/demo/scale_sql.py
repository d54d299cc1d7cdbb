"""The statements of the large set. Pseudo-random choices are hashes of row numbers, so a scale is always the same."""

TABLES = (
    "orders_order", "orders_orderline", "orders_reservation", "orders_shipment", "orders_shipmentline",
    "orders_invoice", "orders_invoiceline", "orders_payment", "orders_allocation", "orders_stocklevel",
    "orders_product", "orders_price", "accounts_client", "accounts_creditterms", "kam_user",
)  # fmt: skip

_USER = """
INSERT INTO kam_user (password, is_superuser, email, last_name, first_name, patronymic, position, phone, manager_id,
    language, time_zone, theme, discount_limit, is_active, is_staff, joined_at, search, sort_key)
SELECT '!', false, '{login}' || n || '@big.example', '{name} ' || n, 'Б', '', '', '', {manager},
    'ru', 'Europe/Moscow', 'auto', 5, true, false, now(), '{key} ' || n, '{key} ' || lpad(n::text, 6, '0')
FROM generate_series(0, %({count})s - 1) n
"""
_MEMBERS = """
INSERT INTO kam_user_groups (user_id, group_id)
SELECT u.id, g.id FROM kam_user u, auth_group g WHERE u.email LIKE '{login}%%@big.example' AND g.name = %({group})s
"""

NOUNS = (
    ("", _USER.format(login="bighead", name="Руководитель", key="руководитель", manager="NULL::bigint", count="heads")),
    ("first_head", "SELECT min(id) FROM kam_user WHERE email LIKE 'bighead%%@big.example'"),
    ("", _USER.format(
        login="bigkam", name="Менеджер", key="менеджер", manager="%(first_head)s + n %% %(heads)s", count="kams")),
    ("first_kam", "SELECT min(id) FROM kam_user WHERE email LIKE 'bigkam%%@big.example'"),
    ("", _MEMBERS.format(login="bighead", group="head")),
    ("", _MEMBERS.format(login="bigkam", group="kam")),
    ("brand", """
        INSERT INTO orders_brand (created_at, updated_at, version, name, is_exclusive, is_active, search, sort_key)
        VALUES (now(), now(), 1, 'Масштаб', false, true, 'масштаб', 'масштаб') RETURNING id"""),
    ("column", """INSERT INTO accounts_pricecolumn (code, name, currency, vat_included, is_active)
        VALUES ('BIG', 'Колонка большого набора', 'RUB', true, true) RETURNING id"""),
    ("warehouse", """INSERT INTO orders_warehouse (created_at, updated_at, version, name, address, is_active, sort_key)
        VALUES (now(), now(), 1, 'Склад большого набора', '', true, 'склад большого набора') RETURNING id"""),
    ("", """
        INSERT INTO orders_product (created_at, updated_at, version, sku, ean, name, brand_id, unit, pack, life_cycle,
            is_scarce, is_archived, vat_kind, country, description, search, sort_key)
        SELECT now(), now(), 1, 'BIG-' || lpad(n::text, 6, '0'), '', 'Товар ' || n, %(brand)s, 'шт', 10, 'active',
            false, false, 'standard', '', '', 'big-' || lpad(n::text, 6, '0') || ' товар ' || n,
            'товар ' || lpad(n::text, 6, '0')
        FROM generate_series(0, %(products)s - 1) n"""),
    ("first_product", "SELECT min(id) FROM orders_product WHERE brand_id = %(brand)s"),
    ("", """
        INSERT INTO orders_price (product_id, column_id, starts_on, amount)
        SELECT %(first_product)s + n, %(column)s, %(start)s, 500 + abs(hashint8(n)::bigint) %% 30000
        FROM generate_series(0, %(products)s - 1) n"""),
    ("", """
        INSERT INTO orders_productcost (product_id, starts_on, amount)
        SELECT product_id, starts_on, round(amount / 2, 2) FROM orders_price WHERE column_id = %(column)s"""),
    ("", """
        INSERT INTO orders_stocklevel (warehouse_id, product_id, on_hand, reserved)
        SELECT %(warehouse)s, %(first_product)s + n, 1000000, 0 FROM generate_series(0, %(products)s - 1) n"""),
)  # fmt: skip

CLIENT_NOUNS = (
    ("", """
        INSERT INTO accounts_client (created_at, updated_at, version, name, legal_name, inn, kpp, ogrn, legal_address,
            bank_name, bik, account, correspondent_account, channel, status, manager_id, city, phone, email, website,
            comment, search, sort_key)
        SELECT now(), now(), 1, 'Клиент ' || n, 'ООО «Клиент ' || n || '»', inn, '', '', '', '', '', '', '',
            (ARRAY['dealer', 'reseller', 'partner', 'retail', 'distributor'])[1 + n %% 5], 'active',
            %(first_kam)s + n %% %(kams)s, '', '', '', '', '', 'клиент ' || n || ' ' || inn,
            'клиент ' || lpad(n::text, 8, '0')
        FROM big_client ORDER BY n"""),
    ("first_client", "SELECT min(c.id) FROM accounts_client c JOIN big_client b ON b.n = 0 AND b.inn = c.inn"),
    ("", """
        INSERT INTO accounts_creditterms (created_at, updated_at, version, client_id, starts_on, credit_limit, days,
            day_kind, price_column_id, discount_percent, overdue_days_allowed, overdue_amount_allowed,
            agreed_by_id, reason)
        SELECT now(), now(), 1, %(first_client)s + n, %(start)s, 1000000000, 30, 'calendar', %(column)s, 0, 0, 0,
            %(first_head)s, ''
        FROM generate_series(0, %(clients)s - 1) n"""),
    ("base_order", "SELECT coalesce(max(id), 0) + 1 FROM orders_order"),
    ("base_line", "SELECT coalesce(max(id), 0) + 1 FROM orders_orderline"),
    ("base_shipment", "SELECT coalesce(max(id), 0) + 1 FROM orders_shipment"),
    ("base_shipment_line", "SELECT coalesce(max(id), 0) + 1 FROM orders_shipmentline"),
    ("base_invoice", "SELECT coalesce(max(id), 0) + 1 FROM orders_invoice"),
    ("base_payment", "SELECT coalesce(max(id), 0) + 1 FROM orders_payment"),
    ("level", "SELECT min(id) FROM orders_stocklevel WHERE warehouse_id = %(warehouse)s"),
)  # fmt: skip

_ORDER_ROWS = """
CREATE TEMP TABLE big_order ON COMMIT DROP AS
SELECT n, client_id, ordered_on, ordered_on + 2 AS shipped_on, ordered_on + 32 AS due_on,
    CASE WHEN %(end)s::date - ordered_on > 10 THEN 'closed' WHEN %(end)s::date - ordered_on > 3 THEN 'confirmed'
         WHEN n %% 3 = 0 THEN 'draft' ELSE 'submitted' END AS status,
    greatest(ordered_on + 2, ordered_on + 22 + (hash %% 45)::int) AS paid_on,
    hash %% 100 < 8 AS never_paid
FROM (
    SELECT n, abs(hashint8(n * 3 + 1)::bigint) AS hash,
        %(first_client)s + abs(hashint8(n)::bigint) %% %(clients)s AS client_id,
        %(start)s::date + (n * %(days)s / %(orders)s)::int AS ordered_on
    FROM generate_series(%(first)s::bigint, %(last)s) n
) s"""

_LINE_ROWS = """
CREATE TEMP TABLE big_line ON COMMIT DROP AS
SELECT *, total - vat AS net FROM (
    SELECT *, round(total * rate / (100 + rate), 2) AS vat FROM (
        SELECT o.n, p.position, pr.product_id, pr.amount AS price, q.quantity, pr.amount * q.quantity AS total,
            CASE WHEN o.ordered_on >= '2026-01-01' THEN 22 WHEN o.ordered_on >= '2019-01-01' THEN 20 ELSE 18 END AS rate
        FROM big_order o
        CROSS JOIN generate_series(1, 5) p(position)
        CROSS JOIN LATERAL (SELECT 1 + abs(hashint8(o.n * 11 + p.position)::bigint) %% 12 AS quantity) q
        JOIN orders_price pr ON pr.column_id = %(column)s
            AND pr.product_id = %(first_product)s + (abs(hashint8(o.n)::bigint) + p.position * 97) %% %(products)s
    ) priced
) taxed"""

_ORDERS = """
INSERT INTO orders_order (id, created_at, updated_at, version, number, client_id, manager_id, author_id, status,
    warehouse_id, payer, price_column_id, currency, ordered_on, customer_number, allow_partial, comment, net, vat,
    total, unshipped_total, approval, credit, confirmed_on, search)
SELECT %(base_order)s + o.n, o.ordered_on, o.ordered_on, 1, 'BIG-' || o.n, o.client_id, c.manager_id, c.manager_id,
    o.status, %(warehouse)s, 'client', %(column)s, 'RUB', o.ordered_on, '', true, '', s.net, s.vat, s.total,
    CASE WHEN o.status = 'confirmed' THEN s.total ELSE 0 END, '[]', '{}',
    CASE WHEN o.status IN ('confirmed', 'closed') THEN o.ordered_on END, 'big-' || o.n
FROM big_order o
JOIN accounts_client c ON c.id = o.client_id
JOIN (SELECT n, sum(net) AS net, sum(vat) AS vat, sum(total) AS total FROM big_line GROUP BY n) s ON s.n = o.n"""

_LINES = """
INSERT INTO orders_orderline (id, order_id, position, product_id, quantity, list_price, discount_percent, price,
    price_source, vat_rate, net, vat, total, unit_cost, shipped, cancelled)
SELECT %(base_line)s + l.n * 5 + l.position - 1, %(base_order)s + l.n, l.position, l.product_id, l.quantity, l.price, 0,
    l.price, '{}', l.rate, l.net, l.vat, l.total, round(l.price / 2, 2),
    CASE WHEN o.status = 'closed' THEN l.quantity ELSE 0 END, 0
FROM big_line l JOIN big_order o USING (n)"""

_RESERVATIONS = """
INSERT INTO orders_reservation (line_id, product_id, level_id, quantity, status, promised_at, expires_on, end_reason)
SELECT %(base_line)s + l.n * 5 + l.position - 1, l.product_id, %(level)s + l.product_id - %(first_product)s, l.quantity,
    'live', o.ordered_on, %(end)s::date + 5, ''
FROM big_line l JOIN big_order o USING (n) WHERE o.status = 'confirmed'"""

_SHIPMENTS = """
INSERT INTO orders_shipment (id, created_at, updated_at, version, number, order_id, client_id, status, warehouse_id,
    payer_id, shipped_on, carrier, tracking, address, delivered_on, received_by, refusal_reason, net, vat, total,
    uninvoiced_total)
SELECT %(base_shipment)s + o.n, o.shipped_on, o.shipped_on, 1, 'BIG-' || o.n, %(base_order)s + o.n, o.client_id,
    'delivered', %(warehouse)s, o.client_id, o.shipped_on, '', '', '', o.shipped_on + 3, '', '', r.net, r.vat, r.total,
    0
FROM big_order o JOIN orders_order r ON r.id = %(base_order)s + o.n WHERE o.status = 'closed'"""

_SHIPMENT_LINES = """
INSERT INTO orders_shipmentline (id, shipment_id, order_line_id, product_id, quantity, price, vat_rate, net, vat, total)
SELECT %(base_shipment_line)s + l.n * 5 + l.position - 1, %(base_shipment)s + l.n,
    %(base_line)s + l.n * 5 + l.position - 1, l.product_id, l.quantity, l.price, l.rate, l.net, l.vat, l.total
FROM big_line l JOIN big_order o USING (n) WHERE o.status = 'closed'"""

_INVOICES = """
INSERT INTO orders_invoice (id, created_at, updated_at, version, number, client_id, order_id, shipment_id, issued_on,
    shipped_on, due_on, currency, net, vat, amount, open_amount, moved_on, terms, comment, search)
SELECT %(base_invoice)s + o.n, o.shipped_on, o.shipped_on, 1, 'BIG-' || o.n, o.client_id, %(base_order)s + o.n,
    %(base_shipment)s + o.n, o.shipped_on, o.shipped_on, o.due_on, 'RUB', r.net, r.vat, r.total,
    CASE WHEN o.never_paid OR o.paid_on > %(end)s THEN r.total ELSE 0 END,
    CASE WHEN NOT o.never_paid AND o.paid_on <= %(end)s THEN o.paid_on END, '{}', '', 'big-' || o.n
FROM big_order o JOIN orders_order r ON r.id = %(base_order)s + o.n WHERE o.status = 'closed'"""

_INVOICE_LINES = """
INSERT INTO orders_invoiceline (invoice_id, product_id, shipment_line_id, quantity, returned, price, vat_rate, net, vat,
    total)
SELECT %(base_invoice)s + l.n, l.product_id, %(base_shipment_line)s + l.n * 5 + l.position - 1, l.quantity, 0, l.price,
    l.rate, l.net, l.vat, l.total
FROM big_line l JOIN big_order o USING (n) WHERE o.status = 'closed'"""

_PAYMENTS = """
INSERT INTO orders_payment (id, created_at, updated_at, version, number, client_id, kind, received_on, currency, amount,
    unallocated, purpose, search)
SELECT %(base_payment)s + o.n, o.paid_on, o.paid_on, 1, o.n::text, o.client_id, 'money', o.paid_on, 'RUB', i.amount,
    0, '', o.n::text
FROM big_order o JOIN orders_invoice i ON i.id = %(base_invoice)s + o.n
WHERE o.status = 'closed' AND i.open_amount = 0"""

_ALLOCATIONS = """
INSERT INTO orders_allocation (payment_id, invoice_id, amount, allocated_on, rule, undo_reason)
SELECT %(base_payment)s + o.n, i.id, i.amount, o.paid_on, 'stated', ''
FROM big_order o JOIN orders_invoice i ON i.id = %(base_invoice)s + o.n
WHERE o.status = 'closed' AND i.open_amount = 0"""

CHUNK = (
    _ORDER_ROWS, _LINE_ROWS, "ANALYZE big_order", "ANALYZE big_line", _ORDERS, _LINES, _RESERVATIONS, _SHIPMENTS,
    _SHIPMENT_LINES, _INVOICES, _INVOICE_LINES, _PAYMENTS, _ALLOCATIONS, "DROP TABLE big_order, big_line",
)  # fmt: skip


def _follow(table):
    """Let the sequence go on after the ids that were given by hand."""
    return f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"


FINISH = (
    *(
        _follow(table)
        for table in (
            "orders_order", "orders_orderline", "orders_shipment", "orders_shipmentline", "orders_invoice",
            "orders_payment",
        )
    ),
    """UPDATE orders_stocklevel s SET reserved = r.units FROM (
        SELECT level_id, sum(quantity) AS units FROM orders_reservation
        WHERE status = 'live' AND level_id >= %(level)s GROUP BY level_id) r
    WHERE r.level_id = s.id AND s.warehouse_id = %(warehouse)s""",
)  # fmt: skip
