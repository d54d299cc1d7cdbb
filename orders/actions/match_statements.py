"""Who paid and what it pays, for all new lines of statements at once.

Lines come in a stream ordered by client, the clients' open invoices in another; one client's invoices are in memory
at a time. The clients are locked before the invoices are read, so nobody else settles them meanwhile.
"""

import itertools
import json
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from kam.imports import Report
from kam.reasons import reason as why
from kam.reasons import stored_text
from kam.staging import Spool, derive, execute, rows_of, stage
from orders.actions.match_plain import find_plain_lines, keep_plain_lines
from orders.models import Company
from orders.queries.allocations import PREPAID
from orders.rules.allocation import OpenInvoice
from orders.rules.matching import (
    Candidate,
    Confidence,
    Debts,
    Match,
    MovementKind,
    Payer,
    kind_of_movement,
    payer_of,
    weaker,
)

MATCHED = {
    "row": "integer", "client_id": "bigint", "kind": "text", "status": "text", "confidence": "text", "why": "jsonb",
    "invoices": "bigint[]",
}  # fmt: skip
PARTS = {"row": "integer", "place": "integer", "invoice_id": "bigint", "amount": "numeric", "rule": "text"}
_CHUNK = 2_000
_MARKS = ("by_inn", "by_kpp", "by_account", "by_name", "by_number")


def match_lines(report: Report) -> None:
    """Judge every line of `bank_new`; leaves `bank_matched` (what each is) and `bank_parts` (what placed ones pay)."""
    _choose_payers()
    _mark_own()
    execute(
        """SELECT 1 FROM accounts_client WHERE id IN (SELECT client_id FROM bank_payers WHERE client_id IS NOT NULL)
           ORDER BY id FOR NO KEY UPDATE"""
    )
    _find_entered()
    find_plain_lines()
    matched, parts = Spool("bank_matched", MATCHED), Spool("bank_parts", PARTS)
    debts_of = _Ledger()
    for count, line in enumerate(_lines(), 1):
        _judge(line, debts_of, matched, parts, report)
        if not count % 5_000:
            report.tell(count)
    matched.stage()
    parts.stage()
    keep_plain_lines(report)


def _choose_payers() -> None:
    """`bank_payers`: the client of each line. One candidate by INN needs no choice; the others are chosen here."""
    company = Company.objects.filter(pk=Company.THE_ONE).values_list("inn", flat=True).first() or ""
    derive("bank_fit", "SELECT row, count(*) AS fit, bool_and(by_inn) AS inn FROM bank_candidates GROUP BY row")
    marks = ", ".join(f"array_agg(c.{mark} ORDER BY c.client_id)" for mark in _MARKS)
    rows = _stream(
        f"""SELECT n.row, n.other_inn, array_agg(c.client_id ORDER BY c.client_id), {marks}
            FROM bank_new n JOIN bank_candidates c USING (row) JOIN bank_fit f USING (row)
            WHERE NOT (f.fit = 1 AND f.inn) AND (%s = '' OR n.other_inn <> %s) GROUP BY n.row, n.other_inn""",
        [company, company],
    )
    chosen = [(row, _payer(inn, *columns)) for row, inn, *columns in rows]
    stage(
        "bank_chosen",
        {"row": "integer", "client_id": "bigint", "confidence": "text", "why": "jsonb"},
        ((row, each.client, each.confidence.value, stored_text(each.reasons)) for row, each in chosen),
    )
    derive(
        "bank_payers",
        """SELECT n.row, coalesce(h.client_id, c.client_id) AS client_id, h.confidence, h.why
           FROM bank_new n LEFT JOIN bank_chosen h USING (row)
           LEFT JOIN (SELECT row, client_id FROM bank_candidates JOIN bank_fit USING (row) WHERE fit = 1 AND inn) c
               USING (row)""",
    )


def _payer(inn: str, clients, *marks) -> Payer:
    candidates = [
        Candidate(client, **dict(zip(_MARKS, flags, strict=True)))
        for client, *flags in zip(clients, *marks, strict=True)
    ]
    return payer_of(candidates, inn=inn)


def _mark_own() -> None:
    """`bank_own`: lines between our own accounts."""
    derive(
        "bank_own",
        """SELECT row FROM bank_new n
           WHERE (other_inn <> '' AND other_inn = (SELECT inn FROM orders_company WHERE id = 1))
           OR (other_account <> '' AND EXISTS (SELECT 1 FROM orders_bankaccount a WHERE a.number = n.other_account))""",
    )


def _find_entered() -> None:
    """`bank_entered`: payments a person entered before the statement came, one for each line they may be.

    The same number, client, sum and day is the same payment; the same but the number makes a person look.
    """
    derive(
        "bank_entered",
        """SELECT n.row, min(p.id) FILTER (WHERE p.number = n.number AND n.number <> '' AND p.place = n.place)
               AS payment_id, true AS maybe
           FROM (SELECT n.row, b.client_id, n.booked_on, n.amount, n.money, ltrim(n.document_number, '0') AS number,
                     row_number() OVER (PARTITION BY b.client_id, n.booked_on, n.amount, ltrim(n.document_number, '0')
                                        ORDER BY n.row) AS place
                 FROM bank_new n JOIN bank_payers b USING (row) WHERE n.is_incoming AND b.client_id IS NOT NULL) n
           JOIN (SELECT id, client_id, received_on, amount, currency, ltrim(number, '0') AS number,
                     row_number() OVER (PARTITION BY client_id, received_on, amount, currency, ltrim(number, '0')
                                        ORDER BY id) AS place
                 FROM orders_payment WHERE bank_line_id IS NULL AND kind = 'money'
                     AND received_on BETWEEN (SELECT min(booked_on) FROM bank_new)
                         AND (SELECT max(booked_on) FROM bank_new)
                     AND client_id IN (SELECT client_id FROM bank_payers)
           ) p ON (p.client_id, p.received_on, p.amount, p.currency) = (n.client_id, n.booked_on, n.amount, n.money)
           GROUP BY n.row""",
    )


class _Line(NamedTuple):
    """A line with everything its judgement needs."""

    row: int
    client: int | None
    confidence: str | None
    reasons: Any
    inn: str
    amount: Decimal
    currency: str
    is_incoming: bool
    purpose: str
    document_kind: str
    fee: bool
    reversal: bool
    own: bool
    twin: bool
    stated: list[str]
    entered: int | None
    maybe_entered: bool | None


def _lines() -> Iterator[_Line]:
    """Lines that are not plain, client by client; those that name an invoice before those that take what is left."""
    rows = _stream(
        """SELECT n.row, b.client_id, b.confidence, b.why, n.other_inn, n.amount, n.money, n.is_incoming,
               coalesce(t.purpose, ''), n.document_kind, n.fee, n.reversal,
               o.row IS NOT NULL, n.twin, n.stated, e.payment_id, e.maybe
           FROM bank_new n JOIN bank_payers b USING (row) LEFT JOIN bank_own o USING (row)
           LEFT JOIN bank_entered e USING (row) LEFT JOIN bank_in t ON t.row = n.row AND NOT n.is_incoming
           WHERE NOT EXISTS (SELECT 1 FROM bank_plain f WHERE f.row = n.row)
           ORDER BY b.client_id NULLS LAST, n.money, n.stated = '{}', n.booked_on, n.row"""
    )
    return map(_Line._make, rows)


class _Ledger:
    """The open invoices of one client after another, in step with the lines."""

    def __init__(self):
        self._at: tuple[int, str] | None = None
        self._debts: Debts | None = None
        invoices = _stream(
            """SELECT i.client_id, i.currency, i.id, i.number, o.number, s.number, i.due_on, i.open_amount
               FROM orders_invoice i LEFT JOIN orders_order o ON o.id = i.order_id
               LEFT JOIN orders_shipment s ON s.id = i.shipment_id
               WHERE i.open_amount > 0 AND i.client_id IN (
                   SELECT p.client_id FROM bank_payers p
                   WHERE NOT EXISTS (SELECT 1 FROM bank_plain f WHERE f.row = p.row))
               ORDER BY i.client_id, i.currency"""
        )
        self._groups = itertools.groupby(invoices, key=itemgetter(0, 1))
        self._next: tuple[tuple[int, str], Iterator] | None = next(self._groups, None)
        self._prepaid: dict[int, list[str]] = {}
        for client_id, number in rows_of(
            """SELECT o.client_id, o.number FROM orders_order o WHERE o.status = ANY(%s)
               AND o.client_id IN (SELECT client_id FROM bank_payers)
               AND NOT EXISTS (SELECT 1 FROM orders_invoice i WHERE i.order_id = o.id) ORDER BY o.id""",
            [list(PREPAID)],
        ):
            self._prepaid.setdefault(client_id, []).append(number)

    def of(self, client_id: int, currency: str) -> Debts:
        """The debts of a client; clients are asked for in the order of their ids, currencies in theirs."""
        at = (client_id, currency)
        if at != self._at:
            while self._next is not None and self._next[0] < at:
                self._next = next(self._groups, None)
            found: list[OpenInvoice] = []
            if self._next is not None and self._next[0] == at:
                found = [
                    OpenInvoice(pk, tuple(filter(None, numbers)), due_on, left)
                    for _client, _money, pk, *numbers, due_on, left in self._next[1]
                ]
                self._next = next(self._groups, None)
            self._at, self._debts = at, Debts(found, self._prepaid.get(client_id, ()))
        return self._debts


def _judge(line: _Line, debts_of: _Ledger, matched: Spool, parts: Spool, report: Report) -> None:
    payer = _payer_of(line)
    kind = kind_of_movement(
        is_incoming=line.is_incoming, fee=line.fee, reversal=line.reversal, own=line.own, purpose=line.purpose,
        document_kind=line.document_kind, known_client=payer.client is not None,
    )  # fmt: skip
    if kind not in (MovementKind.CLIENT, MovementKind.REFUND):
        status = "parked" if kind is MovementKind.OTHER else "apart"
        matched.add((str(line.row), None, kind.value, status, "", "[]", "{}"))
        report.count(f"{kind.value}_lines", 1)
        return
    if payer.client is None or kind is MovementKind.REFUND:
        status = "parked" if payer.client is None else "to_place"
        _keep(matched, line, payer, kind, status, payer.confidence, payer.reasons)
        report.count(f"{status}_lines", 1)
        return
    debts = debts_of.of(payer.client, line.currency)
    match, confidence, reasons = _matched(line, payer, debts)
    placed = confidence is Confidence.CERTAIN
    _keep(matched, line, payer, kind, "placed" if placed else "to_place", confidence, reasons, match)
    report.count("placed_lines" if placed else "to_place_lines", 1)
    if placed and line.entered is None:
        debts.take(match)
        for place, part in enumerate(match.parts):
            parts.add((str(line.row), str(place), str(part.invoice), str(part.amount), part.because))


def _matched(line: _Line, payer: Payer, debts: Debts) -> tuple[Match, Confidence, tuple]:
    if line.entered is not None:
        # A person entered this very payment: the line only becomes its proof.
        return Match((), line.amount, payer.confidence, ()), payer.confidence, (*payer.reasons, why("entered_before"))
    match = debts.match(line.amount, line.stated)
    confidence, reasons = weaker(payer.confidence, match.confidence), (*payer.reasons, *match.reasons)
    for doubt, code in ((line.maybe_entered, "maybe_entered"), (line.twin, "maybe_twin")):
        if doubt:
            confidence, reasons = weaker(confidence, Confidence.LIKELY), (*reasons, why(code))
    return match, confidence, reasons


def _keep(matched, line, payer, kind, status, confidence, reasons, match: Match | None = None) -> None:
    invoices = ",".join([str(part.invoice) for part in match.parts[:50]]) if match else ""
    matched.add((
        str(line.row), payer.client and str(payer.client), kind.value, status, confidence.value, stored_text(reasons),
        f"{{{invoices}}}",
    ))  # fmt: skip


def _payer_of(line: _Line) -> Payer:
    if line.confidence is not None:
        stored = json.loads(line.reasons) if isinstance(line.reasons, str) else line.reasons
        reasons = tuple(why(each["code"], **each["values"]) for each in stored)
        return Payer(line.client, Confidence(line.confidence), reasons)
    if line.client is not None:
        return _payer_by_inn(line.client, line.inn)
    return payer_of((), inn=line.inn)


@lru_cache(maxsize=64)
def _payer_by_inn(client: int, inn: str) -> Payer:
    """The only client of an INN; its lines come one after another."""
    return payer_of((Candidate(client, by_inn=True),), inn=inn)


def _stream(sql: str, parameters=None) -> Iterator[tuple]:
    """Rows of a query a chunk at a time; we are inside the import's transaction, so a cursor of the server holds."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows
