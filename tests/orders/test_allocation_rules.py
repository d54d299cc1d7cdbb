from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.reasons import reason
from orders.rules.allocation import Because, OpenInvoice, Part, allocate_payment
from orders.rules.payment_purpose import number_key, number_tail, numbers_in_range, stated_numbers

D = Decimal
STATED, EARLIEST = Because.STATED, Because.EARLIEST_DUE


def invoice(pk, amount, due, *numbers):
    return OpenInvoice(pk, numbers or (f"КА-{pk:06d}",), date(2026, 11, due), D(amount))


THREE = [invoice(1, "100.00", 20), invoice(2, "200.00", 10), invoice(3, "300.00", 30)]


@pytest.mark.parametrize(
    ("amount", "parts", "on_account"),
    [
        ("199.99", [(2, "199.99")], "0.00"),
        ("200.00", [(2, "200.00")], "0.00"),
        ("200.01", [(2, "200.00"), (1, "0.01")], "0.00"),
        ("600.00", [(2, "200.00"), (1, "100.00"), (3, "300.00")], "0.00"),
        ("600.01", [(2, "200.00"), (1, "100.00"), (3, "300.00")], "0.01"),
    ],
)
def test_the_earliest_due_is_paid_first(amount, parts, on_account):
    plan = allocate_payment(D(amount), [], THREE)
    assert plan.parts == tuple(Part(pk, D(part), EARLIEST) for pk, part in parts)
    assert str(plan.on_account) == on_account
    assert plan.reasons == ()


def test_the_stated_are_paid_first_as_named_then_the_earliest_due():
    plan = allocate_payment(D("450.00"), ["КА-000003", "1"], THREE)
    assert plan.parts == (
        Part(3, D("300.00"), STATED),
        Part(1, D("100.00"), STATED),
        Part(2, D("50.00"), EARLIEST),
    )


def test_what_is_named_twice_is_paid_once():
    plan = allocate_payment(D("300.00"), ["1", "КА-1", "1-2"], THREE)
    assert plan.parts == (Part(1, D("100.00"), STATED), Part(2, D("200.00"), STATED))


def test_equal_due_dates_go_by_pk():
    rows = [invoice(5, "10.00", 1), invoice(4, "10.00", 1)]
    assert [each.invoice for each in allocate_payment(D("15.00"), [], rows).parts] == [4, 5]


def test_invoices_of_one_order_are_all_named_by_it():
    rows = [invoice(1, "10.00", 20, "1", "З-77"), invoice(2, "10.00", 10, "2", "З-77"), invoice(3, "10.00", 1)]
    plan = allocate_payment(D("15.00"), ["З-77"], rows)
    assert plan.parts == (Part(2, D("10.00"), STATED), Part(1, D("5.00"), STATED))


def test_a_number_like_a_range_is_first_a_number():
    rows = [invoice(1, "10.00", 20, "13-15"), invoice(2, "10.00", 1, "14")]
    assert allocate_payment(D("5.00"), ["13-15"], rows).parts == (Part(1, D("5.00"), STATED),)
    assert allocate_payment(D("5.00"), ["13-15"], rows[1:]).parts == (Part(2, D("5.00"), STATED),)


def test_what_cannot_be_followed_is_said():
    rows = [invoice(1, "10.00", 1, "А-7"), invoice(2, "10.00", 2, "Б-7")]
    plan = allocate_payment(D("5.00"), ["7", "99"], rows)
    assert plan.parts == (Part(1, D("5.00"), EARLIEST),)
    assert plan.reasons == (
        reason("stated_ambiguous", number="7", invoices=(1, 2)),
        reason("stated_not_open", number="99"),
    )


def test_the_whole_number_wins_over_the_same_last_digits():
    rows = [invoice(1, "10.00", 1, "А-7"), invoice(2, "10.00", 2, "7")]
    assert allocate_payment(D("5.00"), ["7"], rows).parts == (Part(2, D("5.00"), STATED),)


def test_a_prepayment_of_an_order_is_not_eaten_by_other_debts():
    plan = allocate_payment(D("150.00"), ["1", "500"], THREE, prepaid_orders=["500"])
    assert plan.parts == (Part(1, D("100.00"), STATED),)
    assert plan.on_account == D("50.00")
    assert plan.reasons == (reason("kept_for_order", number="500"),)


def test_paid_invoices_are_passed_over():
    rows = [invoice(1, "0.00", 1), invoice(2, "10.00", 2)]
    plan = allocate_payment(D("5.00"), ["1"], rows)
    assert plan.parts == (Part(2, D("5.00"), EARLIEST),)
    assert [each.code for each in plan.reasons] == ["stated_not_open"]


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.005"])
def test_an_impossible_payment_is_refused(amount):
    with pytest.raises(ValueError):
        allocate_payment(D(amount), [], THREE)


kopecks = st.integers(1, 10**7).map(lambda n: D(n).scaleb(-2))
rows = st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 60)), max_size=12)


@given(kopecks, rows, st.lists(st.integers(0, 15).map(str), max_size=6))
def test_a_payment_is_shared_out_whole_and_no_invoice_is_overpaid(amount, open_rows, stated):
    invoices = {
        pk: OpenInvoice(pk, (f"КА-{pk:06d}",), date(2026, 11, 1) + timedelta(days=due), D(cents).scaleb(-2))
        for pk, (cents, due) in enumerate(open_rows)
    }
    plan = allocate_payment(amount, stated, invoices.values())
    assert sum(each.amount for each in plan.parts) + plan.on_account == amount
    assert len({each.invoice for each in plan.parts}) == len(plan.parts)
    for part in plan.parts:
        assert 0 < part.amount <= invoices[part.invoice].open_amount
    paid = {each.invoice: each.amount for each in plan.parts}
    if plan.on_account:  # maximal: nothing stays on account while an invoice is open
        assert all(paid.get(pk, 0) == each.open_amount for pk, each in invoices.items())
    unfinished = [each for each in plan.parts if each.amount < invoices[each.invoice].open_amount]
    assert unfinished in ([], list(plan.parts[-1:]))
    named = {int(each) for each in stated} & {pk for pk, each in invoices.items() if each.open_amount}
    if any(each.because is EARLIEST for each in plan.parts):
        assert all(paid.get(pk, 0) == invoices[pk].open_amount for pk in named)


@pytest.mark.parametrize(
    ("purpose", "numbers"),
    [
        ("Оплата по счету №123 от 01.02.2026", ["123"]),
        ("оплата по счёту № 123 от 1 февраля 2026 года за навигаторы", ["123"]),
        ("сч. 12, 13-15", ["12", "13-15"]),
        ("Сч.№12,13, 14 и 15", ["12", "13", "14", "15"]),
        ("с/ф 77 от 01.02.26 г., 78 от 02.02.26 г.", ["77", "78"]),
        ("с/ф №КА-000123", ["КА-000123"]),
        ("по счет-фактуре 12 – 14", ["12-14"]),
        ("сч/ф № 12; УПД № 45 от 02.02.2026; накладной 46", ["12", "45", "46"]),
        ("счетам №№ 12;13 и № 14 от 03.03.2026, 15 от 04.03.2026 на сумму 100,50", ["12", "13", "14", "15"]),
        ("Счет от 01.02.2026 №123", ["123"]),
        ("сч.12 от01.02.2026,13 от02.02.2026", ["12", "13"]),
        ("счет на оплату № 45 от 21.11.2026 за товар, 15 шт", ["45"]),
        ("Счет №5/12. НДС не облагается", ["5/12"]),
        ("счет 12/К от 01.02.2026", ["12/К"]),
        ("по счету-договору № 7", ["7"]),
        ("Оплата заказа № З-77 по договору 5", ["З-77"]),
        ("Invoice No 123/A, 124", ["123/A", "124"]),
        ("счет 12, 100000 руб.", ["12"]),
        ("счет 12, 100 000.00 руб", ["12"]),
        ("счет 12, 1500,00 руб", ["12"]),
        ("Сч 12 01.02.2026", ["12"]),
        ("Оплата счета № 9. Сумма 120000-00. В т.ч. НДС (20%) 20000-00", ["9"]),
        ("счет 9, в том числе НДС 22% - 1803,28", ["9"]),
        ("счета 1, 1, 2", ["1", "2"]),
        ("по договору № 5 от 01.01.2025, счет 7", ["7"]),
        ("по договору № 5 от 01.01.2025 за товар", []),
        ("Перевод на счет 40702810900000002851", []),
        ("на р/сч 12345", []),
        ("без НДС 123", []),
        ("Оплата за товар 01.02.2026", []),
        ("расчет 12", []),
        ("", []),
    ],
)
def test_numbers_named_in_a_purpose(purpose, numbers):
    assert list(stated_numbers(purpose)) == numbers


@given(st.text(alphabet="счетупд№ 0123456789.,-/отинКА()\n", max_size=120))
def test_any_purpose_is_read_without_fault(purpose):
    assert all(any(sign.isdigit() for sign in number) for number in stated_numbers(purpose))


@pytest.mark.parametrize(
    ("stated", "numbers"),
    [
        ("13-15", ("13", "14", "15")),
        ("1-50", tuple(map(str, range(1, 51)))),
        ("1-51", ()),
        ("15-13", ()),
        ("5-5", ()),
        ("КА-15", ()),
        ("13", ()),
    ],
)
def test_ranges(stated, numbers):
    assert numbers_in_range(stated) == numbers


@pytest.mark.parametrize(
    ("number", "key", "tail"),
    [
        ("KA-000123", "КА123", "123"),
        ("ка 123", "КА123", "123"),
        ("000123", "123", "123"),
        ("0000-000123", "0-123", "123"),
        ("5/12", "5/12", "12"),
        ("100", "100", "100"),
        ("КА-0000", "КА0", "0"),
        ("12К", "12К", ""),
    ],
)
def test_numbers_are_compared_as_people_mean_them(number, key, tail):
    assert number_key(number) == key
    assert number_tail(number) == tail
