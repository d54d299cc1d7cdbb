"""Two people at once about the same units or the same sheet: nothing is credited twice, no sheet exists twice."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Client
from orders.actions import discrepancy_acts, returns
from orders.actions.discrepancy_acts import ActLineInput, accept_claim, record_act
from orders.actions.offsets import approve_offset, propose_offset
from orders.actions.reconciliations import draw_up_reconciliation
from orders.actions.returns import request_return
from orders.actions.settling_claims import settle_claim
from orders.models import (
    CreditNote,
    DiscrepancyAct,
    DiscrepancyActLine,
    Invoice,
    Payment,
    Reconciliation,
    Return,
    ReturnLine,
)
from tests.factories import DAY, buyer, client_of, open_invoice, shipped_order, stocked_product, system_user
from tests.races.test_confirming import told
from tests.races.together import together

D = Decimal
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def shipment_of(anna, units=4):
    goods = stocked_product(10, price="1000.00")
    return shipped_order(buyer(anna), anna, {goods: units}).shipments.get()


def test_an_act_and_a_return_meet_on_the_same_units(anna):
    shipment = shipment_of(anna)
    line, by = shipment.lines.get(), system_user()
    invoice_line = shipment.invoice.lines.get()

    def claim():
        record_act(shipment.pk, by=by, day=DAY, lines=[ActLineInput("shortage", line.pk, actual=1)])
        return True

    def give_back():
        request_return(shipment.invoice.pk, by=by, day=DAY, reason="defect", lines=[(invoice_line.pk, 3, True)])
        return True

    outcomes = together([claim, give_back, claim, give_back])
    assert told(outcomes) == ["True", *["more_than_left"] * 3]
    taken = [*DiscrepancyActLine.objects.values_list("quantity", flat=True), *ReturnLine.objects.values_list(
        "quantity", flat=True
    )]  # fmt: skip
    assert taken == [3]


def test_without_the_lock_an_act_and_a_return_claim_the_same_units(anna, monkeypatch):
    """The twin: both count what is left before either is written, so more is claimed than was shipped."""
    shipment = shipment_of(anna)
    line, invoice, by = shipment.lines.get(), shipment.invoice, system_user()
    invoice_line = invoice.lines.get()
    for module in (discrepancy_acts, returns):
        monkeypatch.setattr(module, "lock_client", lambda pk: Client.objects.get(pk=pk))
    monkeypatch.setattr(returns, "lock_invoices", lambda pks: Invoice.objects.in_bulk(list(pks)))

    def claim():
        return record_act(shipment.pk, by=by, day=DAY, lines=[ActLineInput("shortage", line.pk, actual=1)])

    def give_back():
        return request_return(invoice.pk, by=by, day=DAY, reason="defect", lines=[(invoice_line.pk, 3, True)])

    taken = 0
    # The window is small; a few rounds always hit it.
    for _round in range(12):
        together([claim, give_back])
        taken = sum(DiscrepancyActLine.objects.values_list("quantity", flat=True))
        taken += sum(ReturnLine.objects.values_list("quantity", flat=True))
        if taken > line.quantity:
            break
        for model in (DiscrepancyActLine, DiscrepancyAct, ReturnLine, Return):
            model.objects.all().delete()
    assert taken > line.quantity


def test_one_claim_is_settled_once(anna, boris):
    shipment = shipment_of(anna)
    act = record_act(shipment.pk, by=anna, day=DAY, lines=[ActLineInput("shortage", shipment.lines.get().pk, actual=1)])
    accept_claim(act.pk, by=boris)
    outcomes, by = {act.lines.get().pk: "credit"}, system_user()
    done = together([lambda: bool(settle_claim(act.pk, by=by, day=DAY, outcomes=outcomes)) for _n in range(3)])
    assert told(done) == ["True", *["wrong_state"] * 2]
    assert CreditNote.objects.count() == 1
    assert shipment.invoice.lines.get().returned == 3


def test_one_offset_is_posted_once(anna, fedor):
    client = client_of(anna)
    open_invoice(client, "500.00")
    offset = propose_offset(
        client_id=client.pk, amount=D("100.00"), offset_on=DAY, basis="Акт 5", their_claim="Бонус", by=fedor, day=DAY
    )
    by = system_user()
    done = together([lambda: bool(approve_offset(offset.pk, by=by, day=DAY)) for _n in range(3)])
    assert told(done) == ["True", *["wrong_state"] * 2]
    assert Payment.objects.get().amount == D("100.00")


def test_one_period_gets_one_sheet(anna):
    client = client_of(anna)
    open_invoice(client, "500.00")
    start, by = DAY - dt.timedelta(days=30), system_user()

    def draw_up():
        return draw_up_reconciliation(client_id=client.pk, starts_on=start, ends_on=DAY, by=by, day=DAY).pk

    assert len(set(together([draw_up] * 3))) == 1
    assert Reconciliation.objects.count() == 1
