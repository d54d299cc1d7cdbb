"""Staged lines of bank statements become lines, payments and allocations in statements over the whole set.

Order of the work: accounts, what is new, who paid (candidates by one join a mark), the clients' locks, the plan line
by line in two streams ordered by client, then one INSERT a table. docs/algorithms/statements.md tells the rules.
"""

import json

from django.utils.translation import gettext as _

from kam import clock
from kam.access import Authority
from kam.imports import Report
from kam.judging import tell_trail
from kam.staging import derive, execute, rows_of, stage, value_of
from kam.wording import worded
from orders.actions.book_statements import book_lines
from orders.actions.match_statements import match_lines
from orders.models import Company
from orders.rules.matching import name_key
from orders.wording import STATEMENT


def lay_statements(who: Authority, report: Report, *, add_accounts: bool, day) -> list[dict]:
    """Take the staged `bank_in` and `bank_sections` in; returns what each statement says, for the overview."""
    _know_accounts(report, add_accounts)
    _compare_with_former(report)
    fresh = _pick_new(report)
    laid = _told()
    if fresh:
        _find_candidates()
        match_lines(report)
    _write_statements(who, report)
    if fresh:
        book_lines(who, report, day)
    return laid


# -------------------------------------------------------------------- accounts


def _know_accounts(report: Report, add: bool) -> None:
    """Find our account of every section; a section of another's account leaves the set."""
    company = Company.objects.filter(pk=Company.THE_ONE).first()
    if company is not None and company.account:
        _add_account(company.account, company.bank_name, company.bik, "RUB")
    execute("ALTER TABLE bank_sections ADD account_id bigint, ADD lines_fresh integer NOT NULL DEFAULT 0")
    _name_accounts()
    inn = company.inn if company else ""
    foreign = rows_of(
        "SELECT DISTINCT account, owner_inn FROM bank_sections WHERE owner_inn <> '' AND %s <> '' AND owner_inn <> %s",
        [inn, inn],
    )
    for account, owner in foreign:
        text = _("Account %(account)s belongs to another company (INN %(inn)s): its statement is left out.")
        report.problem(0, _("Our account"), account, text % {"account": account, "inn": owner})
    if add:
        unknown = rows_of(
            """SELECT account, max(bank), max(bik), coalesce(max(nullif(currency, '')), 'RUB') FROM bank_sections
               WHERE account_id IS NULL AND account <> '' AND NOT (owner_inn <> '' AND %s <> '' AND owner_inn <> %s)
               GROUP BY account""",
            [inn, inn],
        )
        # As many turns as accounts our company has.
        for account, bank, bik, currency in unknown:
            _add_account(account, bank, bik, currency)
            report.count("accounts_created", 1)
        _name_accounts()
    unknown = rows_of("SELECT account, max(file), max(line), sum(lines) FROM bank_sections"
                      " WHERE account_id IS NULL GROUP BY account")  # fmt: skip
    for account, file, line, lines in unknown:
        if account not in {each for each, _owner in foreign}:
            text = _("Account %(account)s is not among ours. If it is ours, add it and send the file again.")
            report.problem(line, _("Our account"), account, text % {"account": account or "—"}, file=file)
        report.count("lines_skipped", lines)
    execute("DELETE FROM bank_sections WHERE account_id IS NULL OR (owner_inn <> '' AND %s <> '' AND owner_inn <> %s)",
            [inn, inn])  # fmt: skip


def _add_account(number: str, bank: str, bik: str, currency: str) -> None:
    now = clock.now()
    execute(
        """INSERT INTO orders_bankaccount (created_at, updated_at, version, number, bank_name, bik, currency, is_active,
               comment) VALUES (%s, %s, 1, %s, %s, %s, %s, true, '') ON CONFLICT (number) DO NOTHING""",
        [now, now, number[:34], bank[:200], bik[:11], currency or "RUB"],
    )


def _name_accounts() -> None:
    """By the whole number; one that is the end of another (an IBAN and the account in it) is the same."""
    execute(
        """UPDATE bank_sections s SET account_id = a.id FROM orders_bankaccount a
           WHERE s.account_id IS NULL AND a.number = s.account"""
    )
    execute(
        """UPDATE bank_sections s SET account_id = f.id FROM (
               SELECT s.section, min(a.id) AS id FROM bank_sections s JOIN orders_bankaccount a
                   ON length(s.account) >= 7 AND length(a.number) >= 7
                   AND (right(a.number, length(s.account)) = s.account OR right(s.account, length(a.number)) = a.number)
               WHERE s.account_id IS NULL GROUP BY s.section HAVING count(*) = 1
           ) f WHERE f.section = s.section"""
    )


def _compare_with_former(report: Report) -> None:
    """The opening balance against the closing one of the statement before; differences are told, not fatal."""
    gaps = rows_of(
        """SELECT s.section, s.opening, p.closing, p.ends_on FROM bank_sections s JOIN LATERAL (
               SELECT closing, ends_on FROM orders_bankstatement
               WHERE account_id = s.account_id AND ends_on < s.starts_on AND closing IS NOT NULL
               ORDER BY ends_on DESC, id DESC LIMIT 1
           ) p ON true WHERE s.opening <> p.closing"""
    )
    for section, opening, closing, ends_on in gaps:
        values = {"declared": str(opening), "counted": str(closing), "difference": str(abs(opening - closing)),
                  "day": ends_on.isoformat()}  # fmt: skip
        told = json.dumps([{"code": "opening_differs", "values": values}])
        execute("UPDATE bank_sections SET differences = differences || %s::jsonb WHERE section = %s", [told, section])
    for account, file, line, differences in rows_of(
        "SELECT account, file, line, differences FROM bank_sections WHERE differences <> '[]' ORDER BY section"
    ):
        for why in json.loads(differences) if isinstance(differences, str) else differences:
            report.problem(line, _("Balances"), account, worded(why, STATEMENT), "warning", file)


# -------------------------------------------------------------------- what is new


_TOLD_BY = (
    "row", "section", "is_incoming", "amount", "booked_on", "document_kind", "document_number", "other_inn",
    "other_kpp", "other_account", "fee", "reversal", "name_key", "stated",
)  # fmt: skip


_KEYED = f"""
    SELECT {", ".join(f"t.{each}" for each in _TOLD_BY)}, s.account_id, s.source,
        md5(a.number || ':' || t.base || ':' || row_number() OVER (
            PARTITION BY t.section, t.base ORDER BY t.row)) AS key,
        coalesce(nullif(t.currency, ''), nullif(s.currency, ''), a.currency) AS money
    FROM bank_in t JOIN bank_sections s USING (section) JOIN orders_bankaccount a ON a.id = s.account_id"""


def _pick_new(report: Report) -> int:
    """Lines that are not here yet, as `bank_new`: what they are judged by; the rest of them stays in `bank_in`.

    Equal ones of a statement are told apart by their count. A movement that came in another format, from the same
    party, is the same; one that only has the same sum on the same day waits for a person.
    """
    # A key can stand twice only where two files tell of one account.
    several = rows_of("SELECT 1 FROM bank_sections GROUP BY account_id HAVING count(*) > 1 LIMIT 1")
    once = "SELECT DISTINCT ON (key) * FROM keyed ORDER BY key, row" if several else "SELECT * FROM keyed"
    derive(
        "bank_new",
        f"""WITH keyed AS ({_KEYED})
            SELECT {", ".join(_TOLD_BY)}, account_id, key, money, false AS twin,
                nextval('orders_bankstatementline_id_seq') AS line_id
            FROM ({once}) k
            WHERE NOT EXISTS (SELECT 1 FROM orders_bankstatementline l WHERE l.key = k.key) ORDER BY row""",
    )
    _drop_other_formats()
    fresh = rows_of("SELECT section, count(*) FROM bank_new GROUP BY section")
    total = sum(lines for _section, lines in fresh)
    for section, lines in fresh:  # a turn for each statement of the file
        execute("UPDATE bank_sections SET lines_fresh = %s WHERE section = %s", [lines, section])
    known = value_of("SELECT count(*) FROM bank_in JOIN bank_sections USING (section)") - total
    report.count("lines_created", total)
    report.count("lines_unchanged", known)
    return total


_OTHER_FORMATS = """
    SELECT l.account_id, k.* FROM (SELECT DISTINCT account_id, source FROM bank_keyed) l
    JOIN orders_bankstatement b ON b.account_id = l.account_id AND b.source <> l.source
    JOIN orders_bankstatementline k ON k.statement_id = b.id
    WHERE k.booked_on BETWEEN (SELECT min(booked_on) FROM bank_keyed) AND (SELECT max(booked_on) FROM bank_keyed)
        AND NOT EXISTS (SELECT 1 FROM bank_keyed t WHERE t.key = k.key)"""


def _drop_other_formats() -> None:
    if not rows_of(
        """SELECT 1 FROM bank_sections s JOIN orders_bankstatement b ON b.account_id = s.account_id
           AND b.source <> s.source AND b.ends_on >= s.starts_on AND b.starts_on <= s.ends_on LIMIT 1"""
    ):
        return
    derive("bank_keyed", _KEYED)
    derive("bank_elsewhere", _OTHER_FORMATS)
    same = "account_id, is_incoming, booked_on, amount"
    for party in ("other_inn", "other_account"):
        execute(
            f"""DELETE FROM bank_new t USING (
                    SELECT row, {same}, {party} AS party, row_number() OVER (PARTITION BY {same}, {party} ORDER BY row)
                        AS n FROM bank_new WHERE {party} <> ''
                ) f JOIN (
                    SELECT {same}, {party} AS party, row_number() OVER (PARTITION BY {same}, {party} ORDER BY id) AS n
                    FROM bank_elsewhere WHERE {party} <> ''
                ) e USING ({same}, party, n) WHERE t.row = f.row"""
        )
    execute(
        f"""UPDATE bank_new t SET twin = true FROM bank_elsewhere e
            WHERE ({", ".join(f"t.{each}" for each in same.split(", "))}) =
                ({", ".join(f"e.{each}" for each in same.split(", "))})
                AND (t.other_inn = '' OR e.other_inn = '') AND (t.other_account = '' OR e.other_account = '')"""
    )


def _told() -> list[dict]:
    """What each statement says, for people."""
    names = ("account", "starts_on", "ends_on", "opening", "closing", "received", "spent", "currency", "lines", "fresh",
             "differences")  # fmt: skip
    rows = rows_of(
        """SELECT account, starts_on, ends_on, opening, closing, received, spent, coalesce(nullif(currency, ''), 'RUB'),
               lines, lines_fresh, differences FROM bank_sections ORDER BY section"""
    )
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for each in found:
        if isinstance(each["differences"], str):
            each["differences"] = json.loads(each["differences"])
    return found


# -------------------------------------------------------------------- who paid


# Every client a new line may be of, with the marks it is known by.
_CANDIDATES = """
    SELECT row, client_id, bool_or(inn) AS by_inn, bool_or(kpp) AS by_kpp, bool_or(acc) AS by_account,
        bool_or(name) AS by_name, bool_or(number) AS by_number
    FROM (
        SELECT row, client_id, true AS inn, by_kpp AS kpp, by_account AS acc, false AS name, false AS number
        FROM bank_by_inn
        UNION ALL
        SELECT u.row, c.id, false, false, true, false, false FROM bank_unclear u
        JOIN accounts_client c ON c.account = u.other_account WHERE u.other_account <> ''
        UNION ALL
        SELECT u.row, p.client_id, false, false, true, false, false FROM bank_unclear u JOIN LATERAL (
            SELECT DISTINCT client_id FROM orders_bankstatementline p WHERE p.other_account = u.other_account
            AND p.status = 'placed' AND p.kind = 'client' AND p.client_id IS NOT NULL LIMIT 5
        ) p ON true WHERE u.other_account <> ''
        UNION ALL
        SELECT u.row, k.client_id, false, false, false, true, false FROM bank_unclear u
        JOIN bank_names k ON k.name_key = u.name_key
        UNION ALL
        SELECT u.row, i.client_id, false, false, false, false, true FROM bank_unclear u
        CROSS JOIN LATERAL unnest(u.stated) AS s (number)
        JOIN orders_invoice i ON i.number = s.number AND i.open_amount > 0 WHERE u.is_incoming
        UNION ALL
        SELECT u.row, i.client_id, false, false, false, false, true FROM bank_unclear u
        CROSS JOIN LATERAL unnest(u.stated) AS s (number) JOIN orders_order o ON o.number = s.number
        JOIN orders_invoice i ON i.order_id = o.id AND i.open_amount > 0 WHERE u.is_incoming
    ) c GROUP BY row, client_id"""


def _find_candidates() -> None:
    """`bank_candidates`: every client a new line may be of, with the marks it is known by."""
    derive(
        "bank_by_inn",
        """SELECT n.row, c.id AS client_id, n.other_kpp <> '' AND c.kpp = n.other_kpp AS by_kpp,
               c.account <> '' AND c.account = n.other_account AS by_account
           FROM bank_new n JOIN accounts_client c ON c.inn = n.other_inn WHERE n.other_inn <> ''""",
    )
    derive(
        "bank_unclear",
        """SELECT n.row, n.other_account, n.name_key, n.stated, n.is_incoming FROM bank_new n
           LEFT JOIN (SELECT row, count(*) AS fit FROM bank_by_inn GROUP BY row) f USING (row)
           WHERE f.fit IS DISTINCT FROM 1""",
    )
    _stage_names()
    derive("bank_candidates", _CANDIDATES)


def _stage_names() -> None:
    """`bank_names`: clients whose name is one that an unclear line says; names are compared folded and bare."""
    wanted = {key for (key,) in rows_of("SELECT DISTINCT name_key FROM bank_unclear WHERE name_key <> ''")}
    found = []
    if wanted:
        for client_id, name, legal in rows_of("SELECT id, name, legal_name FROM accounts_client ORDER BY id"):
            found += [(key, client_id) for key in {name_key(name), name_key(legal)} & wanted]
    stage("bank_names", {"name_key": "text", "client_id": "bigint"}, found)


# -------------------------------------------------------------------- statements


def _write_statements(who: Authority, report: Report) -> None:
    """Keep a statement that brings lines, or covers days no statement of the account covered yet."""
    now = clock.now()
    derive(
        "bank_statements",
        """SELECT s.*, nextval('orders_bankstatement_id_seq') AS id FROM bank_sections s
           WHERE s.lines_fresh > 0 OR NOT EXISTS (
               SELECT 1 FROM orders_bankstatement b WHERE b.account_id = s.account_id
               AND b.starts_on <= s.starts_on AND b.ends_on >= s.ends_on)""",
    )
    made = execute(
        """INSERT INTO orders_bankstatement (id, created_at, updated_at, version, account_id, source, number, starts_on,
               ends_on, currency, opening, closing, received, spent, file_name, differences, imported_by_id)
           SELECT s.id, %s, %s, 1, s.account_id, s.source, left(s.number, 40), s.starts_on, s.ends_on,
               coalesce(nullif(s.currency, ''), a.currency), s.opening, s.closing, s.received, s.spent, s.file,
               s.differences, %s
           FROM bank_statements s JOIN orders_bankaccount a ON a.id = s.account_id ORDER BY s.id""",
        [now, now, who.by.pk],
    )
    report.count("statements_created", made)
    if made:
        lines = "jsonb_build_object('lines', jsonb_build_array(0, lines_fresh))"
        tell_trail("import", "orders.bankstatement", "id", "bank_statements", who, changes=lines, each_row=True)
