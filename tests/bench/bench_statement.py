"""A bank statement of 100 000 payments, imported, matched and booked, beside the bare statements that leave the same.

The raw side reads the file too, as bench_import has it: in the fastest way there is, one pattern that knows how this
very file is written, no checks. The texts that are made of a line and kept with it (its key, words to be found by,
reasons) it gets ready for COPY, as our side left them once, and it is told which invoice is paid, so it judges nothing.
That both sides leave the same rows, but for ids and moments, is proved before they are measured.

Every round begins with empty tables. If autovacuum looked at one while a round fills it, it would see no row, and keys
would be checked by plans for an empty table, each by a whole index: so it stays away. A living company has rows.
"""

import re
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.db import connection, transaction

from kam.staging import execute, value_of
from kam.terminal import Stop, say
from tests.bench.bench_import import Lines, importing, measured

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
        write_statement(path, payments)
        ours = importing("statements", path)
        prove_the_same(ours, path, prepared)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        say(measured(f"statement, {payments} payments", clean, ours, lambda: raw(path, prepared), 3).line())
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
    execute("UPDATE orders_invoice SET open_amount = amount, moved_on = NULL WHERE open_amount <> amount")
    execute("VACUUM FULL ANALYZE orders_invoice")


def write_statement(path: Path, payments: int) -> None:
    """The file as a bank writes it."""
    head = ["1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=DOS", f"РасчСчет={OURS}", "СекцияРасчСчет",
            "ДатаНачала=20.11.2026", "ДатаКонца=20.11.2026", f"РасчСчет={OURS}", "КонецРасчСчет", ""]  # fmt: skip
    with path.open("w", encoding="cp1251", newline="") as bank:
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
        bank.write("КонецФайла\r\n")


# What both sides must leave. Ids and moments differ, so rows are told apart by the keys of their lines and by numbers.
LEFT = (
    """SELECT key, place, is_incoming, kind, status, confidence, booked_on, amount, currency, document_kind,
           document_number, document_on, other_name, other_inn, other_kpp, other_account, other_bik, other_bank,
           purpose, reference, client_id, invoices, why, search FROM orders_bankstatementline ORDER BY key""",
    """SELECT external_id, p.number, p.client_id, p.kind, received_on, p.currency, p.amount, unallocated, p.purpose,
           entered_by_id, p.search, l.key FROM orders_payment p JOIN orders_bankstatementline l ON l.id = bank_line_id
       ORDER BY external_id""",
    """SELECT external_id, invoice_id, a.amount, allocated_on, rule, by_id FROM orders_allocation a
       JOIN orders_payment p ON p.id = payment_id ORDER BY external_id""",
    "SELECT id, open_amount, moved_on FROM orders_invoice ORDER BY id",
    """SELECT verb, document_kind, coalesce(p.external_id, document_id::text) AS document, changes, by_id
       FROM kam_trailentry LEFT JOIN orders_payment p ON p.id = document_id AND document_kind = 'orders.payment'
       WHERE document_kind <> 'orders.bankstatement' ORDER BY 1, 2, 3""",
)


def left() -> list[str]:
    """A digest of each table."""
    return [value_of(f"SELECT md5(string_agg(t::text, chr(10))) FROM ({query}) t") for query in LEFT]


def prove_the_same(ours: Callable, path: Path, prepared: Path) -> None:
    """Let our side leave its rows, keep its texts for the raw side, and see that this one leaves the same."""
    clean()
    ours()
    found = left()
    with prepared.open("wb") as file, connection.cursor() as cursor:
        cursor.copy_expert(
            """COPY (SELECT l.key, l.place, i.number, l.why, l.search, p.search
               FROM orders_bankstatementline l JOIN orders_payment p ON p.bank_line_id = l.id
               JOIN orders_allocation a ON a.payment_id = p.id JOIN orders_invoice i ON i.id = a.invoice_id
               ORDER BY l.id) TO STDOUT""",
            file,
        )
    clean()
    raw(path, prepared)
    if left() != found:
        raise Stop("the raw side leaves other rows than ours")


DOCUMENT = re.compile(
    r"Номер=(.*)\nДата=(.*)\nСумма=(.*)\nПлательщикСчет=(.*)\nПлательщик=.*\nПлательщикИНН=(.*)\nПлательщикКПП=.*\n"
    r"Плательщик1=(.*)\n(?:.*\n)*?НазначениеПлатежа=(.*)\n"
)


def raw(path: Path, prepared: Path) -> None:
    """The same rows by bare statements."""
    trail = "INSERT INTO kam_trailentry (at, by_id, verb, document_kind, document_id, changes, reason)"
    who = value_of("SELECT min(id) FROM kam_user WHERE is_superuser")
    with transaction.atomic(), connection.cursor() as cursor, prepared.open() as ready:
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL default_statistics_target = 10")  # as every import
        cursor.execute("SET LOCAL datestyle = 'ISO, DMY'")
        documents = DOCUMENT.findall(path.read_text(encoding="cp1251"))
        lines = ("\t".join((*told, rest)) for told, rest in zip(documents, ready, strict=True))
        cursor.execute(
            """CREATE TEMPORARY TABLE raw_lines (number text, written date, amount numeric, account text, inn text,
                   name text, purpose text, key text, place integer, invoice text, why jsonb, search text, words text)
               ON COMMIT DROP"""
        )
        cursor.copy_expert("COPY raw_lines FROM STDIN", Lines(lines))
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
                   document_on, other_name, other_inn, other_kpp, other_account, other_bik, other_bank, purpose,
                   reference, client_id, invoices, why, search)
               SELECT line_id, now(), now(), 1, %s, key, place, true, 'client', 'placed', 'certain', '2026-11-20',
                   amount, 'RUB', 'Платежное поручение', number, written, name, inn, '770701001', account, '044525225',
                   'ПАО БАНК', purpose, '', client_id, ARRAY[invoice_id], why, search
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
            """UPDATE orders_invoice i SET open_amount = i.open_amount - r.amount, moved_on = '2026-11-20',
                   version = i.version + 1, updated_at = now() FROM raw_matched r WHERE r.invoice_id = i.id"""
        )
        cursor.execute(
            f"{trail} SELECT now(), {who}, 'create', 'orders.payment', payment_id, '{{}}', '' FROM raw_matched"
        )
        for kind, key, changes in (
            ("orders.payment", "payment_id", "invoice, jsonb_build_array(amount::text, '0.00')"),
            ("orders.invoice", "invoice_id", "'open_amount', jsonb_build_array(amount::text, '0.00'), 'payment',"
                                             " jsonb_build_array(null, number)"),
        ):  # fmt: skip
            cursor.execute(
                f"""{trail} SELECT now(), {who}, 'allocate', '{kind}', {key}, jsonb_build_object({changes}), ''
                    FROM raw_matched"""
            )
