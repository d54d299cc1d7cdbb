"""A bank statement of 100 000 payments, imported, matched and booked, beside the bare statements that leave the same.

The raw side gets the lines ready for COPY, each with the number of the invoice it pays: it reads no file of a bank and
looks for nobody. Both sides write lines, payments, allocations, open amounts and the trail, and who did it.

Every round begins with empty tables. If autovacuum looked at one while a round fills it, it would see no row, and keys
would be checked by plans for an empty table, each by a whole index: so it stays away. A living company has rows.
"""

import resource
import tempfile
from pathlib import Path

from django.db import connection, transaction

from kam.staging import execute, value_of
from kam.terminal import say
from tests.bench.bench_import import importing, measured

PAYMENTS, CLIENTS = 100_000, 5_000
EMPTIED = ("orders_allocation", "orders_refund", "orders_payment", "orders_bankstatementline", "orders_bankstatement",
           "kam_trailentry", "orders_ageingdoubt")  # fmt: skip
OURS = "40702810900000000001"


def run(quick: bool) -> None:
    """Measure the statement; a tenth of it when quick."""
    payments = PAYMENTS // 10 if quick else PAYMENTS
    with tempfile.TemporaryDirectory() as folder:
        path, prepared = Path(folder) / "statement.txt", Path(folder) / "lines.tsv"
        some_debts(payments)
        write_statement(path, prepared, payments)
        ours = importing("statements", path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        say(measured(f"statement, {payments} payments", clean, ours, lambda: raw(prepared), 3).line())
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        placed = value_of("SELECT count(*) FROM orders_payment")
        say(f"memory grew by {grown:.0f} MB at most; {placed} payments booked in the last round")


def some_debts(payments: int) -> None:
    """Clients with an open invoice for every payment, made by statements."""
    execute(
        """INSERT INTO orders_bankaccount (created_at, updated_at, version, number, bank_name, bik, currency, is_active,
               comment) VALUES (now(), now(), 1, %s, '', '', 'RUB', true, '')""",
        [OURS],
    )
    execute(
        """INSERT INTO accounts_client (created_at, updated_at, version, name, legal_name, inn, kpp, ogrn,
               legal_address, bank_name, bik, account, correspondent_account, channel, status, city, phone, email,
               website, comment, search, sort_key)
           SELECT now(), now(), 1, 'Bench ' || g, '', '77' || lpad(g::text, 8, '0'), '', '', '', '', '', '', '',
               'dealer', 'active', '', '', '', '', '', 'bench ' || g, 'bench ' || g
           FROM generate_series(0, %s) g""",
        [CLIENTS - 1],
    )
    execute(
        """INSERT INTO orders_invoice (created_at, updated_at, version, number, client_id, issued_on, shipped_on,
               due_on, currency, net, vat, amount, open_amount, terms, comment, search)
           SELECT now(), now(), 1, 'СТ-' || g, c.id, '2026-11-01', '2026-11-01', '2026-12-01', 'RUB', 1000 + g, 0,
               1000 + g, 1000 + g, '{}', '', 'ст-' || g
           FROM generate_series(0, %s) g
           JOIN accounts_client c ON c.inn = '77' || lpad((g %% %s)::text, 8, '0')""",
        [payments - 1, CLIENTS],
    )
    for table in EMPTIED:
        execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
    execute("VACUUM ANALYZE accounts_client, orders_invoice")


def clean() -> None:
    """Nothing is paid."""
    execute(f"TRUNCATE {', '.join(EMPTIED)} CASCADE")
    execute("UPDATE orders_invoice SET open_amount = amount WHERE open_amount <> amount")
    execute("VACUUM FULL ANALYZE orders_invoice")


def write_statement(path: Path, prepared: Path, payments: int) -> None:
    """The file as a bank writes it, and the same lines ready for the raw side."""
    head = ["1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=DOS", f"РасчСчет={OURS}", "СекцияРасчСчет",
            "ДатаНачала=20.11.2026", "ДатаКонца=20.11.2026", f"РасчСчет={OURS}", "КонецРасчСчет", ""]  # fmt: skip
    with path.open("w", encoding="cp1251", newline="") as bank, prepared.open("w") as rows:
        bank.write("\r\n".join(head))
        for number in range(payments):
            client = number % CLIENTS
            inn, account, name = f"77{client:08d}", f"407028100{client:011d}", f'ООО "Bench {client}"'
            amount = f"{1000 + number}.00"
            purpose = f"Оплата по счету СТ-{number} от 01.11.2026 за товар. Сумма {amount}, в т.ч. НДС 20%"
            pairs = (
                ("СекцияДокумент", "Платежное поручение"), ("Номер", number), ("Дата", "20.11.2026"),
                ("Сумма", amount), ("ПлательщикСчет", account), ("Плательщик", f"ИНН {inn} {name}"),
                ("ПлательщикИНН", inn), ("ПлательщикКПП", "770701001"), ("Плательщик1", name),
                ("ПлательщикРасчСчет", account), ("ПлательщикБанк1", "ПАО БАНК"), ("ПлательщикБИК", "044525225"),
                ("ПлательщикКорсчет", "30101810400000000225"), ("ПолучательСчет", OURS),
                ("ДатаПоступило", "20.11.2026"), ("Получатель1", "ООО МЫ"), ("ПолучательРасчСчет", OURS),
                ("ПолучательБанк1", "АО БАНК"), ("ПолучательБИК", "044525593"), ("ВидПлатежа", "Электронно"),
                ("ВидОплаты", "01"), ("Очередность", 5), ("НазначениеПлатежа", purpose),
            )  # fmt: skip
            bank.write("\r\n".join(f"{key}={value}" for key, value in pairs) + "\r\nКонецДокумента\r\n")
            words = f"{number} {purpose.lower()}"
            rows.write("\t".join((f"k{number}", str(number), amount, name, inn, account, purpose, f"СТ-{number}",
                                  f"{name.lower()} {inn} {number}", words)) + "\n")  # fmt: skip
        bank.write("КонецФайла\r\n")


def raw(prepared: Path) -> None:
    """The same rows by bare statements."""
    trail = "INSERT INTO kam_trailentry (at, by_id, verb, document_kind, document_id, changes, reason)"
    who = value_of("SELECT min(id) FROM kam_user WHERE is_superuser")
    with transaction.atomic(), connection.cursor() as cursor, prepared.open("rb") as file:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(
            """CREATE TEMPORARY TABLE raw_lines (key text, number text, amount numeric, name text, inn text,
                   account text, purpose text, invoice text, search text, words text) ON COMMIT DROP"""
        )
        cursor.copy_expert("COPY raw_lines FROM STDIN", file)
        cursor.execute("ANALYZE raw_lines")
        cursor.execute(
            """INSERT INTO orders_bankstatement (created_at, updated_at, version, account_id, source, number, starts_on,
                   ends_on, currency, received, spent, file_name, differences)
               SELECT now(), now(), 1, id, '1c', '', '2026-11-20', '2026-11-20', 'RUB', 0, 0, '', '[]'
               FROM orders_bankaccount RETURNING id"""
        )
        statement = cursor.fetchone()[0]
        cursor.execute(
            """CREATE TEMPORARY TABLE raw_matched ON COMMIT DROP AS
               SELECT r.*, c.id AS client_id, i.id AS invoice_id,
                   nextval('orders_bankstatementline_id_seq') AS line_id, nextval('orders_payment_id_seq') AS payment_id
               FROM raw_lines r JOIN accounts_client c ON c.inn = r.inn
               JOIN orders_invoice i ON i.number = r.invoice AND i.client_id = c.id"""
        )
        cursor.execute("ANALYZE raw_matched")
        cursor.execute(
            """INSERT INTO orders_bankstatementline (id, created_at, updated_at, version, statement_id, key, place,
                   is_incoming, kind, status, confidence, booked_on, amount, currency, document_kind, document_number,
                   other_name, other_inn, other_kpp, other_account, other_bik, other_bank, purpose, reference,
                   client_id, invoices, why, search)
               SELECT line_id, now(), now(), 1, %s, key, 1, true, 'client', 'placed', 'certain', '2026-11-20', amount,
                   'RUB', 'Платежное поручение', number, name, inn, '770701001', account, '044525225', 'ПАО БАНК',
                   purpose, '', client_id, ARRAY[invoice_id],
                   '[{"code": "payer_by_inn", "values": {}}, {"code": "named_exact", "values": {}}]', search
               FROM raw_matched""",
            [statement],
        )
        cursor.execute(
            """INSERT INTO orders_payment (id, created_at, updated_at, version, number, client_id, kind, received_on,
                   currency, amount, unallocated, purpose, entered_by_id, bank_line_id, external_id, search)
               SELECT payment_id, now(), now(), 1, number, client_id, 'money', '2026-11-20', 'RUB', amount, 0, purpose,
                   %s, line_id, 'bank:' || key, words FROM raw_matched""",
            [who],
        )
        cursor.execute(
            """INSERT INTO orders_allocation (payment_id, invoice_id, amount, allocated_on, rule, by_id, undo_reason)
               SELECT payment_id, invoice_id, amount, '2026-11-20', 'stated', %s, '' FROM raw_matched""",
            [who],
        )
        cursor.execute(
            """UPDATE orders_invoice i SET open_amount = i.open_amount - r.amount, version = i.version + 1,
                   updated_at = now() FROM raw_matched r WHERE r.invoice_id = i.id"""
        )
        cursor.execute(
            f"{trail} SELECT now(), {who}, 'create', 'orders.payment', payment_id, '{{}}', '' FROM raw_matched"
        )
        for kind, key in (("orders.payment", "payment_id"), ("orders.invoice", "invoice_id")):
            cursor.execute(
                f"""{trail} SELECT now(), {who}, 'allocate', '{kind}', {key},
                        jsonb_build_object('open_amount', jsonb_build_array(amount::text, '0.00')), ''
                    FROM raw_matched"""
            )
