"""Plain lines matched by one statement and the rule line by line are twins."""

import random

import pytest
from django.db import transaction

from kam.imports import Upload, importer_named
from kam.staging import rows_of, value_of
from orders.actions import match_plain
from tests.factories import DAY, client_of, open_invoice, payment_of, product, submitted_order
from tests.orders.statement_files import document, exchange, our_account

pytestmark = pytest.mark.django_db

# What both ways leave, told by keys and numbers.
LEFT = (
    """SELECT key, status, confidence, kind, client_id, why::text, invoices FROM orders_bankstatementline
       ORDER BY key""",
    """SELECT p.external_id, p.amount, p.unallocated, a.invoice_id, a.amount, a.allocated_on, a.rule
       FROM orders_payment p LEFT JOIN orders_allocation a ON a.payment_id = p.id ORDER BY 1, a.id""",
    "SELECT id, open_amount, moved_on, version FROM orders_invoice ORDER BY id",
    """SELECT document_kind, verb, changes::text, count(*) FROM kam_trailentry WHERE document_kind <> 'orders.order'
       GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
)


class _Back(Exception):
    """Puts everything back as it was."""


@pytest.fixture
def taken_both_ways(tmp_path, fedor, monkeypatch):
    """Take documents and see that the rule alone leaves the same; returns how many were plain, of how many."""

    def take(documents):
        our_account()
        path = tmp_path / "bank.txt"
        path.write_text(exchange(*documents), encoding="utf-8")
        upload = Upload(files=((path.name, path),), by=fedor, day=DAY)

        def once():
            try:
                with transaction.atomic():
                    report = importer_named("statements").commit(upload)
                    plain = value_of("SELECT count(*) FROM bank_plain")
                    left = [rows_of(query) for query in LEFT]
                    raise _Back
            except _Back:
                return plain, (left, report.counts)

        plain, quick = once()
        with monkeypatch.context() as patch:
            patch.setattr(match_plain, "_PLAIN", match_plain._PLAIN + " LIMIT 0")
            none, slow = once()
        assert none == 0 and quick == slow
        return plain, len(documents)

    return take


def named(invoice, amount=None, *, payer, number=None, **keys):
    text = f"Оплата по счету {number or invoice.number}"
    return document(str(amount or invoice.open_amount), payer=payer, **{"НазначениеПлатежа": text, **keys})


def test_each_reason_to_leave_a_client_to_the_rule(taken_both_ways, anna):
    """One client a reason, with a line beside it that would be plain alone; only the first two are plain."""
    clients = [client_of(anna) for _ in range(13)]
    pairs = [(open_invoice(each, "700.00"), open_invoice(each, "900.00")) for each in clients]
    numbers = iter(range(1, 100))
    twins = [open_invoice(clients[3], "5.00", number="КА-0017"), open_invoice(clients[3], "6.00", number="ка17")]
    open_invoice(clients[12], "7.00", number="1 05")
    payment_of(clients[4], "900.00", received_on=DAY)
    submitted_order(clients[5], anna, {product(): 1})
    other = {
        1: [named(pairs[1][1], payer=clients[1])],
        2: [named(pairs[2][1], payer=clients[2], number=f"{pairs[2][1].number}, {pairs[2][0].number}")],
        3: [named(twins[0], payer=clients[3])],
        4: [named(pairs[4][1], payer=clients[4], number="1", **{"Дата": f"{DAY:%d.%m.%Y}"})],
        6: [named(pairs[6][1], "899.00", payer=clients[6])],
        7: [named(pairs[7][0], "700.00", payer=clients[7])],
        8: [document("900.00", payer=clients[8])],
        9: [named(pairs[9][1], payer=clients[9], number=pairs[9][1].number.lower().replace("-", "-00"))],
        10: [named(pairs[10][1], payer=clients[10], **{"ПлательщикИНН": ""})],
        11: [named(pairs[11][1], payer=clients[11], number="999999")],
        12: [named(pairs[12][1], payer=clients[12])],
    }
    documents = []
    for place, (client, (first, _second)) in enumerate(zip(clients, pairs, strict=True)):
        documents += [named(first, payer=client, number=first.number), *other.get(place, ())]
    documents = [each.replace("Номер=1\n", f"Номер={next(numbers)}\n") for each in documents]
    plain, of = taken_both_ways(documents)
    assert (plain, of) == (3, 24)  # one of the first client, two of the second


@pytest.mark.parametrize("seed", range(6))
def test_any_lines_are_matched_as_the_rule_has_it(taken_both_ways, anna, seed):
    chance = random.Random(seed)
    clients = [client_of(anna) for _ in range(6)]
    known = [
        (client, open_invoice(client, f"{chance.randrange(1, 9)}00.00", number=f"{chance.choice(('А-', '', '0'))}{n}"))
        for n, client in enumerate([*clients, *clients, *clients, *clients], chance.choice((1, 10, 100)))
    ]
    documents = []
    for number, (client, invoice) in enumerate(chance.sample(known, 16), 1):
        odd = chance.random() < 0.15
        amount = f"{chance.randrange(1, 9)}00.00" if odd else str(invoice.open_amount)
        written = chance.choice((invoice.number, invoice.number, invoice.number, f"0{invoice.number}"))
        documents.append(named(invoice, amount, payer=client, number=written).replace("Номер=1\n", f"Номер={number}\n"))
    taken_both_ways(documents)
