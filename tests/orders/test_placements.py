"""Two keys to money whose owner is not certain; refunds; wrong placements taken back with their trail."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from kam.imports import Upload, importer_named
from kam.models import TrailEntry
from kam.refusals import Forbidden, Refused
from orders.actions.payments import allocate_payment, undo_allocation
from orders.actions.placements import (
    Share,
    confirm_placement,
    move_line,
    park_line,
    propose_placement,
    return_placement,
    undo_placement,
)
from orders.actions.refunds import refund_payment, undo_refund
from orders.models import Allocation, BankStatementLine, Invoice, Payment, Refund
from orders.queries.discipline import measured_discipline
from orders.queries.penalties import penalties_on
from orders.queries.receivables import ageing
from tests.conftest import person
from tests.factories import DAY, client_of, open_invoice, payment_of, system_user
from tests.orders.statement_files import OTHERS, document, exchange, our_account

pytestmark = pytest.mark.django_db
Line = BankStatementLine
NEXT = DAY + dt.timedelta(days=3)


@pytest.fixture
def galina(db):
    """A second finance director."""
    return person("galina", "Галина", "Галина", "finance_director")


@pytest.fixture
def payer(anna):
    return client_of(anna)


@pytest.fixture
def taken(tmp_path, fedor):
    def take(*documents):
        path = tmp_path / "bank.txt"
        path.write_text(exchange(*documents), encoding="cp1251")
        our_account()
        importer_named("statements").commit(Upload(files=(("bank.txt", path),), by=fedor, day=DAY))
        return list(Line.objects.order_by("place"))

    return take


def standing():
    """Everything that a refusal must leave as it was."""
    models = (Line, Payment, Allocation, Refund, Invoice, TrailEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_nobody_confirms_what_they_proposed(taken, payer, fedor, galina):
    invoice = open_invoice(payer, "1000.00")
    [line] = taken(document("400.00", ПлательщикИНН="7707083893"))
    assert line.status == "parked"
    propose_placement(line.pk, by=fedor, day=DAY, shares=[Share(payer.pk, Decimal("400.00"))])
    before = standing()
    with pytest.raises(Refused) as refused:
        confirm_placement(line.pk, by=fedor, day=DAY)
    assert [each.code for each in refused.value.refusals] == ["four_eyes"] and standing() == before
    confirm_placement(line.pk, by=galina, day=NEXT)
    line.refresh_from_db()
    assert (line.status, line.client_id, line.proposed_by, line.decided_by) == ("placed", payer.pk, fedor, galina)
    payment = Payment.objects.get()
    assert (payment.bank_line_id, payment.received_on, payment.unallocated) == (line.pk, DAY, 0)
    invoice.refresh_from_db()
    assert invoice.open_amount == Decimal("600.00")
    verbs = TrailEntry.objects.filter(document_kind="orders.bankstatementline", document_id=line.pk).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["propose", "confirm"]


def test_a_kam_neither_sees_nor_places_lines(taken, payer, anna):
    [line] = taken(document("400.00"))
    assert not Line.objects.visible_to(anna).exists()
    with pytest.raises(Forbidden):
        propose_placement(line.pk, by=anna, day=DAY, shares=[Share(payer.pk, Decimal("400.00"))])


def test_a_line_is_split_among_clients_to_the_kopeck(taken, payer, anna, fedor, galina):
    other = client_of(anna)
    [line] = taken(document("100.01"))
    short = [Share(payer.pk, Decimal("60.00")), Share(other.pk, Decimal("40.00"))]
    with pytest.raises(Refused):
        propose_placement(line.pk, by=fedor, day=DAY, shares=short)
    propose_placement(line.pk, by=fedor, day=DAY, shares=[short[0], Share(other.pk, Decimal("40.01"))])
    confirm_placement(line.pk, by=galina, day=DAY)
    assert list(Payment.objects.order_by("pk").values_list("client_id", "amount")) == [
        (payer.pk, Decimal("60.00")), (other.pk, Decimal("40.01")),
    ]  # fmt: skip


def test_chosen_invoices_are_paid_and_must_still_be_open_when_confirmed(taken, payer, fedor, galina):
    first, second = open_invoice(payer, "300.00"), open_invoice(payer, "300.00")
    [line] = taken(document("300.00", ПлательщикИНН="7707083893"))
    share = Share(payer.pk, Decimal("300.00"), ((second.pk, Decimal("300.00")),))
    propose_placement(line.pk, by=fedor, day=DAY, shares=[share])
    paid = payment_of(payer, "300.00")
    allocate_payment(paid.pk, by=fedor, day=DAY, parts=[(second.pk, Decimal("300.00"))])
    before = standing()
    with pytest.raises(Refused) as refused, transaction.atomic():
        confirm_placement(line.pk, by=galina, day=DAY)
    assert [each.code for each in refused.value.refusals] == ["more_than_open"] and standing() == before
    return_placement(line.pk, by=galina, day=DAY, reason="Счёт уже оплачен")
    line.refresh_from_db()
    assert (line.status, line.proposal) == ("parked", None)
    propose_placement(line.pk, by=fedor, day=DAY, shares=[Share(payer.pk, Decimal("300.00"))])
    confirm_placement(line.pk, by=galina, day=DAY)
    first.refresh_from_db()
    assert first.open_amount == 0


def test_a_change_of_client_takes_two_keys_and_leaves_the_past_as_it_was(taken, payer, anna, fedor, galina):
    other = client_of(anna)
    wrong, right = open_invoice(payer, "500.00"), open_invoice(other, "500.00")
    [line] = taken(document("500.00", payer=payer, НазначениеПлатежа=f"По счету {wrong.number}"))
    assert line.status == "placed"
    propose_placement(line.pk, by=fedor, day=NEXT, reason="Платили за друга", shares=[Share(other.pk, line.amount)])
    wrong.refresh_from_db()
    assert wrong.open_amount == 0, "the money stays where it is until the second key"
    confirm_placement(line.pk, by=galina, day=NEXT)
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.open_amount, right.open_amount) == (Decimal("500.00"), 0)
    former, new = Payment.objects.order_by("pk")
    assert (former.client_id, former.unallocated, new.client_id, new.unallocated) == (payer.pk, 0, other.pk, 0)
    assert list(Refund.objects.values_list("kind", "amount", "refunded_on")) == [("moved", Decimal("500.00"), NEXT)]
    then = {row.key: row.total for row in ageing(system_user(), DAY).rows}
    assert payer.pk not in then, "as of the day it came, the invoice was paid"
    assert {row.key: row.total for row in ageing(system_user(), NEXT).rows} == {payer.pk: Decimal("500.00")}


def test_as_of_every_day_moved_money_is_counted_once_and_the_new_client_paid_in_time(taken, payer, anna, fedor, galina):
    other = client_of(anna)
    right = open_invoice(other, "300.00", due_on=DAY + dt.timedelta(days=1))
    [line] = taken(document("500.00", payer=payer))
    between, later = DAY + dt.timedelta(days=2), NEXT + dt.timedelta(days=1)
    undo_placement(line.pk, by=fedor, day=NEXT, reason="Не наш")
    propose_placement(line.pk, by=fedor, day=later, shares=[Share(other.pk, line.amount)])
    confirm_placement(line.pk, by=galina, day=later)

    def on_account(day):
        return {row.key: row.on_account for row in ageing(system_user(), day).rows if row.on_account}

    for day in (DAY, between):
        assert on_account(day) == {payer.pk: Decimal("500.00")}
    assert on_account(NEXT) == {}, "nobody's while no one has placed it"
    assert on_account(later) == {other.pk: Decimal("200.00")}
    assert {row.key: row.total for row in ageing(system_user(), between).rows if row.total} == {
        other.pk: Decimal("300.00")
    }
    new = Payment.objects.latest("pk")
    assert (new.client_id, new.received_on, new.paid_on) == (other.pk, later, DAY)
    right.refresh_from_db()
    assert (right.open_amount, penalties_on([right], later)[right.pk].amount) == (0, 0)
    assert measured_discipline([other.pk], later)[other.pk].late == 0


def test_a_refund_moved_to_another_client_leaves_each_day_one_of_them(taken, payer, anna, fedor, galina):
    other = client_of(anna)
    for client in (payer, other):
        payment_of(client, "100.00")
    [line] = taken(document("100.00", out=True, payer=payer, НазначениеПлатежа="Возврат переплаты"))
    propose_placement(line.pk, by=fedor, day=DAY, shares=[Share(payer.pk, line.amount)])
    confirm_placement(line.pk, by=galina, day=DAY)
    propose_placement(line.pk, by=fedor, day=NEXT, reason="Другому", shares=[Share(other.pk, line.amount)])
    confirm_placement(line.pk, by=galina, day=NEXT)
    for day, holder in ((DAY, other), (NEXT, payer)):
        rows = {row.key: row.on_account for row in ageing(system_user(), day).rows if row.on_account}
        assert rows == {holder.pk: Decimal("100.00")}


def test_undoing_a_placement_opens_the_invoices_and_parks_nothing_silently(taken, payer, fedor, galina):
    invoice = open_invoice(payer, "500.00")
    [line] = taken(document("500.00", payer=payer))
    with pytest.raises(Refused):
        undo_placement(line.pk, by=fedor, day=NEXT)
    undo_placement(line.pk, by=fedor, day=NEXT, reason="Не наш")
    line.refresh_from_db()
    invoice.refresh_from_db()
    assert (line.status, invoice.open_amount) == ("to_place", Decimal("500.00"))
    propose_placement(line.pk, by=fedor, day=NEXT, shares=[Share(payer.pk, Decimal("500.00"))])
    confirm_placement(line.pk, by=galina, day=NEXT)
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [500, 500]
    invoice.refresh_from_db()
    assert invoice.open_amount == 0


def test_money_of_no_client_is_kept_apart_with_two_keys(taken, fedor, galina):
    [line] = taken(document("77.00"))
    propose_placement(line.pk, by=fedor, day=DAY, apart="other", reason="Проценты по депозиту")
    confirm_placement(line.pk, by=galina, day=DAY)
    line.refresh_from_db()
    assert (line.status, line.kind, Payment.objects.count()) == ("apart", "other", 0)
    with pytest.raises(Refused):
        propose_placement(line.pk, by=fedor, day=DAY, apart="fee")


def test_a_line_is_parked_for_later_with_a_reason(taken, payer, fedor):
    open_invoice(payer, "1000.00", due_on=DAY)
    open_invoice(payer, "900.00", due_on=NEXT)
    [line] = taken(document("500.00", payer=payer))
    assert line.status == "to_place"
    park_line(line.pk, by=fedor, day=DAY, reason="Спросим клиента")
    move_line(line.pk, "propose", by=fedor, day=DAY)
    line.refresh_from_db()
    assert line.status == "proposed" and line.proposal["parts"][0]["client"] == payer.pk


def test_a_refund_on_the_statement_takes_the_clients_money_off_account(taken, payer, fedor, galina):
    paid = payment_of(payer, "500.00", received_on=DAY - dt.timedelta(days=5))
    [line] = taken(document("200.00", out=True, payer=payer, НазначениеПлатежа="Возврат излишне уплаченного"))
    assert (line.kind, line.status, line.client_id) == ("refund", "to_place", payer.pk)
    propose_placement(line.pk, by=fedor, day=DAY)
    confirm_placement(line.pk, by=galina, day=DAY)
    paid.refresh_from_db()
    assert paid.unallocated == Decimal("300.00")
    undo_placement(line.pk, by=galina, day=NEXT, reason="Вернулось")
    paid.refresh_from_db()
    refund = Refund.objects.get()
    assert (paid.unallocated, refund.refunded_on, refund.undone_on) == (Decimal("500.00"), DAY, NEXT)


def test_a_payer_confirmed_once_is_known_by_its_account(taken, payer, fedor, galina):
    [line] = taken(document("10.00"))
    propose_placement(line.pk, by=fedor, day=DAY, shares=[Share(payer.pk, Decimal("10.00"))])
    confirm_placement(line.pk, by=galina, day=DAY)
    lines = taken(document("10.00"), document("11.00", number="2"))
    assert lines[-1].other_account == OTHERS
    assert (lines[-1].client_id, lines[-1].confidence, lines[-1].status) == (payer.pk, "likely", "to_place")


# -------------------------------------------------------------------- refunds


def test_a_refund_lowers_what_stands_on_account_and_can_be_undone(payer, fedor):
    paid = payment_of(payer, "500.00")
    refund = refund_payment(paid.pk, by=fedor, day=NEXT, amount=Decimal("120.50"), reason="Переплата")
    paid.refresh_from_db()
    assert paid.unallocated == Decimal("379.50")
    assert ageing(system_user(), DAY).total.on_account == Decimal("500.00")
    assert ageing(system_user(), NEXT).total.on_account == Decimal("379.50")
    later = NEXT + dt.timedelta(days=2)
    undo_refund(refund.pk, by=fedor, day=later, reason="Банк не провёл")
    paid.refresh_from_db()
    assert paid.unallocated == Decimal("500.00")
    assert [ageing(system_user(), day).total.on_account for day in (NEXT, later)] == [Decimal("379.50"), 500]


@pytest.mark.parametrize(
    ("amount", "code"),
    [("500.01", "more_than_on_account"), ("0.00", "amount_not_positive"), ("1.001", "amount_not_positive")],
)
def test_a_refund_that_does_not_fit_changes_nothing(payer, fedor, amount, code):
    paid = payment_of(payer, "500.00")
    before = standing()
    with pytest.raises(Refused) as refused:
        refund_payment(paid.pk, by=fedor, day=DAY, amount=Decimal(amount), reason="Переплата")
    assert [each.code for each in refused.value.refusals] == [code] and standing() == before


def test_money_given_back_and_returned_never_pays_before_it_returned(payer, fedor):
    paid, invoice = payment_of(payer, "500.00"), open_invoice(payer, "500.00", due_on=DAY)
    refund = refund_payment(paid.pk, by=fedor, day=DAY, amount=Decimal("500.00"), reason="Ошибка")
    undo_refund(refund.pk, by=fedor, day=NEXT, reason="Банк вернул")
    [allocation] = allocate_payment(paid.pk, by=fedor, day=DAY, parts=[(invoice.pk, Decimal("500.00"))])
    assert allocation.allocated_on == NEXT
    undo_allocation(allocation.pk, by=fedor, day=NEXT, reason="Не тот счёт")
    assert refund_payment(paid.pk, by=fedor, day=NEXT, amount=Decimal("1.00"), reason="Остаток").refunded_on == NEXT


def test_the_database_refuses_nonsense(payer, fedor):
    paid = payment_of(payer, "500.00")
    refund = refund_payment(paid.pk, by=fedor, day=DAY, amount=Decimal("1.00"), reason="Переплата")
    for sql in (
        "UPDATE orders_refund SET amount = 0",
        f"UPDATE orders_refund SET undone_on = refunded_on - 1 WHERE id = {refund.pk}",
        "UPDATE orders_payment SET unallocated = -1",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_only_finance_gives_money_back(payer, anna):
    paid = payment_of(payer, "500.00")
    with pytest.raises(Forbidden):
        refund_payment(paid.pk, by=anna, day=DAY, amount=Decimal("1.00"), reason="Просит")
