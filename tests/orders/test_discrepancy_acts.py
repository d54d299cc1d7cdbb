import datetime as dt
from decimal import Decimal

import pytest

from kam.pdf import laid_out
from kam.refusals import Forbidden, Refused
from orders.actions.confirming import confirm_order
from orders.actions.discrepancy_acts import ActLineInput, accept_claim, cancel_act, close_act, decline_claim, record_act
from orders.actions.order_steps import submit_order
from orders.actions.returns import receive_return, request_return
from orders.actions.settling_claims import settle_claim
from orders.actions.shipments import refuse_shipment, ship_order
from orders.documents.settlements import act_of_discrepancies
from orders.models import CreditNote, DiscrepancyAct, Return, StockLevel
from orders.queries.claims import claimable_units
from orders.queries.client_ledger import balance_on
from orders.queries.shipping import returnable_units
from tests.factories import DAY, buyer, confirmed_order, our_company, product, shipped_order, stocked_product, warehouse

D = Decimal
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def goods(db):
    return stocked_product(10, price="1000.00")


@pytest.fixture
def order(anna, goods):
    return shipped_order(buyer(anna), anna, {goods: 4})


@pytest.fixture
def shipment(order):
    return order.shipments.get()


def codes(refused):
    return [refusal.code for refusal in refused.value.refusals]


def line_of(shipment):
    return shipment.lines.order_by("pk").first()


def act_of(shipment, by, kind="shortage", day=DAY, **fields):
    fields = {"actual": 3} if kind == "shortage" and not fields else fields
    return record_act(shipment.pk, by=by, day=day, lines=[ActLineInput(kind, line_of(shipment).pk, **fields)])


def settled(act, outcome, sonya, boris, **fields):
    accept_claim(act.pk, by=boris)
    outcomes = {line.pk: outcome for line in act.lines.all()}
    return settle_claim(act.pk, by=sonya, day=DAY, outcomes=outcomes, **fields)


def on_hand(goods):
    return StockLevel.objects.get(product=goods).on_hand


def test_a_shortage_is_credited(shipment, order, goods, anna, boris, sonya):
    invoice = order.invoices.get()
    act = act_of(shipment, anna)
    line = act.lines.get()
    assert (act.status, line.expected, line.actual, line.quantity) == ("recorded", 4, 3, 1)
    assert act.total == line.total == invoice.amount / 4
    act = settled(act, "credit", sonya, boris)
    note = CreditNote.objects.get()
    assert (act.status, act.credit_note, act.credited) == ("settled", note, invoice.amount / 4)
    assert (act.order, act.returned, on_hand(goods)) == (None, None, 6)
    assert note.discrepancy_act == act
    invoice.refresh_from_db()
    assert invoice.open_amount == invoice.amount - note.amount == balance_on(order.client_id, DAY)
    assert invoice.lines.get().returned == 1


def test_missing_units_found_in_our_warehouse_go_on_hand(shipment, goods, anna, boris, sonya):
    act = act_of(shipment, anna)
    line = act.lines.get()
    accept_claim(act.pk, by=boris)
    with pytest.raises(Refused) as refused:
        settle_claim(act.pk, by=sonya, day=DAY, outcomes={line.pk: "credit"}, in_stock=[line.pk])
    assert codes(refused) == ["no_warehouse"]
    assert (on_hand(goods), CreditNote.objects.count()) == (6, 0)
    settle_claim(
        act.pk, by=sonya, day=DAY, outcomes={line.pk: "credit"}, in_stock=[line.pk], warehouse_id=warehouse().pk
    )
    assert on_hand(goods) == 7


def test_a_re_delivery_credits_and_drafts_an_order_at_the_same_price(shipment, order, goods, anna, boris, sonya):
    act = settled(act_of(shipment, anna), "redeliver", sonya, boris)
    drafted = act.order
    assert (drafted.status, drafted.client_id, drafted.discrepancy_act) == ("draft", order.client_id, act)
    line, shipped = drafted.lines.get(), line_of(shipment)
    assert (line.product, line.quantity, line.price) == (goods, 1, shipped.price)
    assert act.credited == drafted.total


def test_the_re_delivered_units_are_shipped_and_invoiced_anew(shipment, order, goods, anna, boris, sonya):
    """What the client owes in the end is what it received: the re-delivery's invoice stands for the credited units."""
    invoice = order.invoices.get()
    act = settled(act_of(shipment, anna), "redeliver", sonya, boris)
    assert balance_on(order.client_id, DAY) == invoice.amount - act.credited
    from_draft(act.order, anna, boris, sonya)
    assert balance_on(order.client_id, DAY) == invoice.amount


def from_draft(order, anna, boris, sonya):
    submit_order(order.pk, by=anna, day=DAY)
    confirm_order(order.pk, by=anna, day=DAY)
    ship_order(order.pk, by=sonya, day=DAY)


def test_damaged_goods_come_back_and_are_credited_on_receipt(shipment, order, goods, anna, boris, sonya):
    act = settled(act_of(shipment, anna, "damage", spoilt=2), "return", sonya, boris)
    back = Return.objects.get()
    assert (act.returned, back.status, back.reason, act.credit_note) == (back, "approved", "damage", None)
    receive_return(back.pk, by=sonya, day=DAY, warehouse_id=warehouse().pk)
    assert on_hand(goods) == 6
    invoice = order.invoices.get()
    assert invoice.credit_notes.get().amount == invoice.amount / 2


def test_a_surplus_comes_back_or_is_sold(shipment, goods, anna, boris, sonya):
    back = settled(act_of(shipment, anna, "surplus", actual=6), "return", sonya, boris)
    assert (back.credit_note, back.order, back.returned) == (None, None, None)
    kept = settled(act_of(shipment, anna, "surplus", actual=5), "keep", sonya, boris)
    assert [(line.product, line.quantity) for line in kept.order.lines.all()] == [(goods, 1)]
    assert CreditNote.objects.count() == 0


def test_another_product_came_instead(shipment, goods, anna, boris, sonya):
    other = product(price="700.00")
    act = act_of(shipment, anna, "wrong_item", spoilt=1, came_instead_id=other.pk)
    act = settled(act, "keep", sonya, boris)
    assert act.credited == act.total > 0
    assert [(line.product, line.quantity) for line in act.order.lines.all()] == [(other, 1)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"kind": "shortage", "actual": 4}, "nothing_differs"),
        ({"kind": "shortage", "actual": 5}, "nothing_differs"),
        ({"kind": "shortage", "actual": -1}, "nothing_differs"),
        ({"kind": "surplus", "actual": 4}, "nothing_differs"),
        ({"kind": "damage", "spoilt": 5}, "more_than_left"),
        ({"kind": "damage", "spoilt": 0}, "nothing_differs"),
        ({"kind": "mis_sort", "spoilt": 1}, "other_product_missing"),
        ({"kind": "theft", "spoilt": 1}, "unknown_kind"),
    ],
)
def test_what_does_not_fit_the_papers_is_refused(shipment, anna, line, code):
    with pytest.raises(Refused) as refused:
        record_act(shipment.pk, by=anna, day=DAY, lines=[ActLineInput(shipment_line_id=line_of(shipment).pk, **line)])
    assert codes(refused) == [code]
    assert DiscrepancyAct.objects.count() == 0


def test_two_lines_of_one_shipment_line_never_exceed_it(shipment, anna):
    pk = line_of(shipment).pk
    lines = [ActLineInput("shortage", pk, actual=1), ActLineInput("damage", pk, spoilt=2)]
    with pytest.raises(Refused) as refused:
        record_act(shipment.pk, by=anna, day=DAY, lines=lines)
    assert codes(refused) == ["more_than_left"]
    record_act(shipment.pk, by=anna, day=DAY, lines=[lines[0], ActLineInput("damage", pk, spoilt=1)])
    assert claimable_units(shipment) == {pk: 0}


class TestTheSameUnitsAreNeverCreditedTwice:
    def test_a_return_cannot_take_what_an_act_claims(self, shipment, order, anna):
        act_of(shipment, anna, actual=1)
        invoice = order.invoices.get()
        line = invoice.lines.get()
        assert returnable_units(invoice) == {line.pk: 1}
        with pytest.raises(Refused) as refused:
            request_return(invoice.pk, by=anna, day=DAY, reason="defect", lines=[(line.pk, 2, True)])
        assert codes(refused) == ["more_than_left"]
        request_return(invoice.pk, by=anna, day=DAY, reason="defect", lines=[(line.pk, 1, True)])

    def test_an_act_cannot_claim_what_waits_in_a_return(self, shipment, order, anna):
        invoice = order.invoices.get()
        request_return(invoice.pk, by=anna, day=DAY, reason="defect", lines=[(invoice.lines.get().pk, 3, True)])
        with pytest.raises(Refused) as refused:
            act_of(shipment, anna, actual=2)
        assert codes(refused) == ["more_than_left"]
        act_of(shipment, anna, actual=3)

    def test_a_credited_unit_is_gone(self, shipment, order, anna, boris, sonya):
        settled(act_of(shipment, anna, actual=1), "credit", sonya, boris)
        with pytest.raises(Refused) as refused:
            act_of(shipment, anna, actual=2)
        assert codes(refused) == ["more_than_left"]
        assert returnable_units(order.invoices.get()) == {order.invoices.get().lines.get().pk: 1}

    def test_a_declined_claim_gives_its_units_back(self, shipment, anna, boris):
        act = act_of(shipment, anna, actual=0)
        decline_claim(act.pk, by=boris, reason="Накладная подписана без замечаний")
        assert claimable_units(shipment) == {line_of(shipment).pk: 4}
        assert DiscrepancyAct.objects.get().decision == "Накладная подписана без замечаний"

    def test_a_refusal_of_the_rest_leaves_claimed_units_out(self, anna, goods, sonya):
        order = confirmed_order(buyer(anna), anna, {goods: 4})
        shipment = ship_order(order.pk, by=sonya, day=DAY)
        act_of(shipment, anna, actual=3)
        refuse_shipment(shipment.pk, by=sonya, day=DAY, reason="Не приняли")
        assert Return.objects.get().lines.get().quantity == 3


def test_an_uninvoiced_shipment_is_invoiced_first(anna, goods, boris, sonya):
    order = confirmed_order(buyer(anna), anna, {goods: 4})
    shipment = ship_order(order.pk, by=sonya, day=DAY, invoice=False)
    settled(act_of(shipment, anna), "credit", sonya, boris)
    assert order.invoices.get().lines.get().returned == 1


def test_who_recorded_does_not_decide(shipment, boris, anna, vera):
    act = act_of(shipment, boris)
    for decide in (accept_claim, decline_claim):
        with pytest.raises(Refused) as refused:
            decide(act.pk, by=boris, reason="Верно")
        assert codes(refused) == ["four_eyes"]
    with pytest.raises(Forbidden):
        accept_claim(act.pk, by=anna)
    with pytest.raises(Forbidden):
        act_of(shipment, vera)
    assert DiscrepancyAct.objects.get().status == "recorded"


def test_nothing_is_settled_before_the_claim_is_accepted(shipment, anna, sonya):
    act = act_of(shipment, anna)
    with pytest.raises(Refused) as refused:
        settle_claim(act.pk, by=sonya, day=DAY, outcomes={act.lines.get().pk: "credit"})
    assert codes(refused) == ["wrong_state"]
    assert CreditNote.objects.count() == 0


def test_every_line_needs_an_outcome_that_makes_sense(shipment, anna, boris, sonya):
    act = act_of(shipment, anna)
    accept_claim(act.pk, by=boris)
    for outcomes in ({}, {act.lines.get().pk: "return"}, {act.lines.get().pk: "forget"}):
        with pytest.raises(Refused) as refused:
            settle_claim(act.pk, by=sonya, day=DAY, outcomes=outcomes)
        assert codes(refused) == ["no_outcome"]
    assert DiscrepancyAct.objects.get().status == "accepted"


def test_an_act_closes_with_its_cause(shipment, anna, boris, sonya):
    act = settled(act_of(shipment, anna), "credit", sonya, boris)
    with pytest.raises(Refused) as refused:
        close_act(act.pk, by=sonya, day=DAY, cause="")
    assert codes(refused) == ["cause_missing"]
    act = close_act(act.pk, by=sonya, day=DAY, cause="picking", cause_found="Ошибка сборки")
    assert (act.status, act.cause, act.closed_on) == ("closed", "picking", DAY)


def test_a_mistaken_act_is_cancelled(shipment, anna):
    act = cancel_act(act_of(shipment, anna).pk, by=anna, reason="Нашли в другой коробке")
    assert (act.status, claimable_units(shipment)) == ("cancelled", {line_of(shipment).pk: 4})


def test_acceptance_is_never_before_the_shipment(shipment, anna):
    line = ActLineInput("shortage", line_of(shipment).pk, actual=3)
    for accepted_on, code in ((DAY - ONE_DAY, "before_shipment"), (DAY + ONE_DAY, "in_the_future")):
        with pytest.raises(Refused) as refused:
            record_act(shipment.pk, by=anna, day=DAY, lines=[line], accepted_on=accepted_on)
        assert codes(refused) == [code]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_short_act_is_signed_on_its_only_page(anna, count):
    our_company()
    order = shipped_order(buyer(anna), anna, {stocked_product(10, price="1000.00"): 4 for _n in range(count)})
    shipment = order.shipments.get()
    lines = [ActLineInput("shortage", line.pk, actual=3, note="Короб вскрыт") for line in shipment.lines.all()]
    commission = "Иванов И. И., кладовщик\nПетров П. П., товаровед\nСидорова А. А., бухгалтер"
    act = record_act(shipment.pk, by=anna, day=DAY, lines=lines, commission=commission, conclusion="Недостача.")
    paper = act_of_discrepancies(DiscrepancyAct.objects.get(pk=act.pk))
    assert len(laid_out(paper.template, {"paper": paper, "seller": paper.seller}).pages) == 1
