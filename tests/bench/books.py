"""Books of two years written by SQL, as large as asked: invoices day by day, paid in parts, and all that hangs on them.

Everything but clients and people grows with the number of invoices.
"""

from django.contrib.auth.models import Group
from django.db import connection

from accounts.models import Client
from kam.models import User
from tests.factories import DAY, system_user

DAYS = 720
HEADS, KAMS_OF_HEAD, GROUPS = 6, 10, 300

CLIENTS = """
INSERT INTO accounts_client (created_at, updated_at, version, name, legal_name, inn, kpp, ogrn, legal_address,
    bank_name, bik, account, correspondent_account, channel, status, manager_id, city, phone, email, website,
    comment, search, sort_key)
SELECT now(), now(), 1, 'Клиент ' || n, '', '', '', '', '', '', '', '', '', 'dealer', 'active', %(by)s, '', '', '', '',
    '', '', 'клиент ' || n FROM generate_series(1, %(clients)s) n"""
PLACED = """
UPDATE accounts_client SET manager_id = (%(kams)s::bigint[])[1 + id %% cardinality(%(kams)s::bigint[])],
    channel = (ARRAY['dealer', 'distributor', 'reseller', 'retail', 'partner'])[1 + id %% 5], phone = '+7 495 ' || id,
    group_id = CASE WHEN id %% 3 = 0 THEN (SELECT min(id) FROM accounts_clientgroup) + id %% %(groups)s END"""
CLIENT_GROUPS = """
INSERT INTO accounts_clientgroup (created_at, updated_at, version, name, credit_limit, comment, search, sort_key)
SELECT now(), now(), 1, 'Группа ' || n, 50000000, '', '', 'группа ' || n FROM generate_series(1, %(groups)s) n"""

# The older, the likelier paid: about one in eight is open, one in forty of these in part.
INVOICES = """
INSERT INTO orders_invoice (created_at, updated_at, version, number, client_id, issued_on, shipped_on, due_on, currency,
    net, vat, amount, open_amount, moved_on, terms, comment, search)
SELECT now(), now(), 1, 'Б' || n, %(first)s + n %% %(clients)s, day, day, day + 30, 'RUB', 1000, 220, 1220, open,
    CASE WHEN open < 1220 THEN least(day + 40, %(day)s) END, '{}', '', ''
FROM (SELECT n, %(days)s - 1 - (n - 1) * %(days)s / %(invoices)s AS age
    FROM generate_series(1::bigint, %(invoices)s) n ORDER BY n) g,
    LATERAL (SELECT %(day)s::date - age::int AS day, CASE WHEN age >= 40 AND n %% 17 > 0 THEN 0
        WHEN n %% 41 = 0 THEN 720 ELSE 1220 END AS open) d"""
CREDIT_NOTES = """
INSERT INTO orders_creditnote (created_at, updated_at, version, number, issued_on, net, vat, amount, reason, invoice_id)
SELECT now(), now(), 1, 'К' || id, least(issued_on + 20, %(day)s::date), 100, 22, 122, '', id
FROM orders_invoice WHERE open_amount < amount AND id %% 53 = 0"""

# A client pays at even distances, so often that about ten allocations share a payment, and each client on days of its
# own: some pay every day. The first pay before the books begin; what is paid on a day is of the latest payment by then.
SLOTS = "greatest(%(invoices)s / %(clients)s / 5, 1)"
DISTANCE = f"(%(days)s / {SLOTS})::int"
PAYMENTS = f"""
INSERT INTO orders_payment (created_at, updated_at, version, number, client_id, kind, received_on, currency, amount,
    unallocated, purpose, search)
SELECT now(), now(), 1, 'П' || c.id || '/' || slot, c.id, 'money',
    %(day)s::date - %(days)s + 1 + slot * {DISTANCE} + (c.id %% {DISTANCE})::int AS received_on, 'RUB', 1000000000,
    CASE WHEN slot = {SLOTS} / 2 THEN 500 ELSE 0 END, '', ''
FROM generate_series(-1, {SLOTS} - 1) slot CROSS JOIN accounts_client c ORDER BY received_on, c.id"""

# What is paid is paid in two goes, five days apart.
ALLOCATIONS = """
INSERT INTO orders_allocation (payment_id, invoice_id, amount, allocated_on, rule, undo_reason)
SELECT p.id, i.id, (i.amount - i.open_amount - coalesce(c.amount, 0)) / 2, on_day, 'stated', ''
FROM orders_invoice i LEFT JOIN orders_creditnote c ON c.invoice_id = i.id CROSS JOIN generate_series(0, 1) part,
    LATERAL (SELECT least(i.issued_on + 35 + part * 5, %(day)s::date) AS on_day) d JOIN (
        SELECT id, client_id, received_on AS since, lead(received_on) OVER own AS next
        FROM orders_payment WINDOW own AS (PARTITION BY client_id ORDER BY received_on)
    ) p ON p.since <= on_day AND (p.next IS NULL OR on_day < p.next)
WHERE i.open_amount < i.amount AND p.client_id = i.client_id ORDER BY i.id, part"""
PAID = """
UPDATE orders_payment p SET amount = unallocated + a.amount
FROM (SELECT payment_id, sum(amount) AS amount FROM orders_allocation GROUP BY 1) a WHERE a.payment_id = p.id"""
NEVER_PAID = "DELETE FROM orders_payment WHERE amount = 1000000000 AND unallocated = 0"
ON_ACCOUNT_ONLY = "UPDATE orders_payment SET amount = unallocated WHERE amount = 1000000000"

# Work around the debts: one promise and one letter to a hundred invoices, one line of a bank to five.
PROMISES = """
INSERT INTO orders_paymentpromise (created_at, updated_at, version, amount, promised_on, due_on, grace_days,
    threshold_percent, note, status, received, kept_on, client_id, taken_by_id)
SELECT now(), now(), 1, 1000, day - 10, day, 2, 90, '', CASE WHEN is_open THEN 'open' ELSE 'kept' END, 0,
    CASE WHEN NOT is_open THEN day END, %(first)s + n %% %(clients)s, %(by)s
FROM generate_series(1, %(invoices)s / 100) n,
    LATERAL (SELECT n <= %(clients)s / 30 AS is_open) o,
    LATERAL (SELECT CASE WHEN is_open THEN %(day)s::date + n %% 9 - 3 ELSE %(day)s::date - n %% 700 END AS day) d"""
LETTERS = """
INSERT INTO orders_collectionletter (created_at, updated_at, version, number, step, episode_on, prepared_on, channel,
    status, email, subject, text, amount, overdue, penalty, with_penalty, tracking, error, search, client_id, level_id,
    repeat)
SELECT now(), now(), 1, 'П-' || n, 1, %(day)s::date - n / %(clients)s, %(day)s::date - n / %(clients)s, 'email',
    CASE WHEN n %% 100 = 0 THEN 'proposed' ELSE 'sent' END, 'a@b.example', 'Оплата', 'Просим оплатить', 1000, 1000, 0,
    false, '', '', '', %(first)s + n %% %(clients)s, (SELECT min(id) FROM orders_letterlevel), 0
FROM generate_series(0, %(invoices)s / 100 - 1) n"""
STATEMENT = """
INSERT INTO orders_bankaccount (created_at, updated_at, version, number, bank_name, bik, currency, is_active, comment)
VALUES (now(), now(), 1, '40702810400000001111', 'Банк', '044525225', 'RUB', true, '');
INSERT INTO orders_bankstatement (created_at, updated_at, version, source, number, starts_on, ends_on, currency,
    received, spent, file_name, differences, account_id)
SELECT now(), now(), 1, '1c', '1', %(day)s, %(day)s, 'RUB', 0, 0, '', '[]', max(id) FROM orders_bankaccount"""
BANK_LINES = """
INSERT INTO orders_bankstatementline (created_at, updated_at, version, key, place, is_incoming, kind, status,
    confidence, booked_on, amount, currency, document_kind, document_number, other_name, other_inn, other_kpp,
    other_account, other_bik, other_bank, purpose, reference, invoices, why, search, client_id, statement_id)
SELECT now(), now(), 1, 'k' || n, n, true, 'client', CASE WHEN n %% 300 = 0 THEN 'to_place' WHEN n %% 300 = 1
    THEN 'parked' ELSE 'placed' END, 'likely', %(day)s::date - (%(invoices)s / 5 - n) * 700 / (%(invoices)s / 5), 1220,
    'RUB', '', n::text, 'ООО', '7707083893', '', '', '', '', 'Оплата по счёту', '', '{}', '[]', '',
    %(first)s + n %% %(clients)s, (SELECT max(id) FROM orders_bankstatement)
FROM generate_series(1, %(invoices)s / 5) n"""
TERMS = """
INSERT INTO accounts_pricecolumn (code, name, currency, vat_included, is_active) VALUES ('b', 'Б', 'RUB', true, true)
ON CONFLICT DO NOTHING;
INSERT INTO accounts_creditterms (created_at, updated_at, version, starts_on, credit_limit, days, day_kind,
    discount_percent, overdue_days_allowed, overdue_amount_allowed, reason, agreed_by_id, client_id, price_column_id)
SELECT now(), now(), 1, %(day)s::date - 730, 30000, 30, 'calendar', 0, 5, 0, '', %(by)s, id,
    (SELECT max(id) FROM accounts_pricecolumn) FROM accounts_client"""
HELD = """
INSERT INTO orders_order (created_at, updated_at, version, number, status, payer, currency, ordered_on,
    customer_number, allow_partial, comment, net, vat, total, unshipped_total, approval, credit, search, author_id,
    client_id, manager_id, price_column_id)
SELECT now(), now(), 1, 'О' || n, 'held', 'client', 'RUB', %(day)s::date - n %% 20, '', true, '', 1000, 220, 1220, 1220,
    '{}', '{}', '', %(by)s, c.id, c.manager_id, (SELECT max(id) FROM accounts_pricecolumn)
FROM generate_series(1, %(invoices)s / 3000) n JOIN accounts_client c ON c.id = %(first)s + n * 7 %% %(clients)s"""
COUNTED = "ANALYZE orders_invoice, orders_payment, orders_creditnote"
BOOKS = (INVOICES, CREDIT_NOTES, PAYMENTS, COUNTED, ALLOCATIONS, PAID, NEVER_PAID, ON_ACCOUNT_ONLY)
WORK = (PROMISES, LETTERS, STATEMENT, BANK_LINES, TERMS, HELD)


def generate(invoices: int, clients: int, with_work: bool = False):
    """Fill the books by SQL; what was there of them goes. With work: also promises, letters, bank lines, held orders.

    The one who may see everything is returned.
    """
    user = system_user()
    kams = people()
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE orders_allocation, orders_payment, orders_invoice, orders_ageingday, orders_ageingtotal,"
            " orders_bankaccount, orders_order, accounts_clientgroup, accounts_client CASCADE"
        )
        values = {"by": user.pk, "clients": clients, "invoices": invoices, "day": DAY, "days": DAYS, "groups": GROUPS}
        cursor.execute("SET session_replication_role = replica")  # the rows fit; nothing checks them one by one
        cursor.execute(CLIENTS, values)
        cursor.execute(CLIENT_GROUPS, values)
        cursor.execute(PLACED, {**values, "kams": [each.pk for each in kams]})
        values["first"] = Client.objects.order_by("pk").values_list("pk", flat=True).first()
        for statement in (*BOOKS, *(WORK if with_work else ())):
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")
        # Payments were all written twice: empty pages would stand before the first of them, as they never do in books
        # that grew from day to day.
        cursor.execute("VACUUM FULL orders_payment")
        cursor.execute("VACUUM ANALYZE")
    return user


def people() -> list[User]:
    """KAMs of several heads, made once."""
    kams = User.objects.filter(email__startswith="bench-kam").order_by("pk")
    if kams:
        return list(kams)
    for head in range(HEADS):
        boss = _person(f"bench-head{head}", "head_of_sales")
        for number in range(KAMS_OF_HEAD):
            _person(f"bench-kam{head}-{number}", "kam", boss)
    _person("bench-finance", "finance_director")
    return list(kams.all())


def _person(name: str, role: str, manager: User | None = None) -> User:
    user = User.objects.create_user(f"{name}@dcm.example", None, last_name="Иванов", first_name=name, manager=manager)
    user.groups.set([Group.objects.get(name=role)])
    return user
