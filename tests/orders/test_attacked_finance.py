"""What comes to finance pages that should not: each is refused in words, and nothing is written."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import Activity, CreditHold
from kam import clock
from kam.models import Run, TrailEntry
from kam.runs import carry_out
from orders.actions.letters import prepare_letters
from orders.actions.reviews import create_review, propose_review
from orders.models import (
    Allocation,
    BankStatement,
    BankStatementLine,
    CollectionLetter,
    CreditReview,
    Offset,
    Payment,
    PaymentPromise,
    Reconciliation,
    Refund,
    StopListEntry,
)
from tests.factories import DAY, buyer, open_invoice, our_company, overdue_invoice, payment_of
from tests.orders.statement_files import document, exchange, our_account
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db
HUGE = "99999999999999999999"
NONSENSE = (
    "on=01.01.0001", "on=31.12.9999", "on=x&months=-5&currency=XXX&by=nobody",
    "client=999999999999999999999&manager=-1&group=x", "as_of=1&starts_on=9999-12-31",
)  # fmt: skip
WATCHED = (
    Activity, Allocation, BankStatement, BankStatementLine, CollectionLetter, CreditHold, CreditReview, Offset, Payment,
    PaymentPromise, Reconciliation, Refund, StopListEntry, TrailEntry,
)  # fmt: skip


@pytest.fixture(autouse=True)
def day():
    with clock.at(DAY):
        yield


def standing():
    return [list(model.objects.order_by("pk").values()) for model in WATCHED]


@pytest.fixture
def theirs(anna):
    """A debtor of Anna's with a claim, a review and money on account."""
    our_company()
    client = buyer(anna)
    overdue_invoice(client, "36500.00", days=40)
    prepare_letters(day=DAY)
    review = create_review(by=anna, day=DAY, client=client, asked_limit=Decimal("5.00"), asked_days=1, comment="Проба")
    propose_review(review.pk, by=anna, day=DAY)
    return client


def sums(path, values, **more):
    return [
        (path, {**values, **more, "amount": amount}) for amount in ("-1", "0", HUGE, "1e400", "NaN", "1,001", "сто")
    ]


def test_sums_that_are_none(theirs, anna, fedor):
    paid = payment_of(theirs, "500.00")
    promise = {"due_on": "23.11.2026", "grace_days": "1", "threshold_percent": "100"}
    refund = {"refunded_on": "20.11.2026", "reason": "Переплата"}
    offset = {"client": theirs.pk, "currency": "RUB", "offset_on": "20.11.2026", "basis": "Акт", "their_claim": "УПД 1"}
    tries = [
        (anna, *each) for each in sums(f"/collecting/{theirs.pk}/promise/", promise)
    ] + [
        (fedor, *each)
        for each in sums(f"/payments/{paid.pk}/refund/", refund) + sums("/offsets/new/", offset)
        + sums("/payments/new/", {"client": theirs.pk, "received_on": "20.11.2026"})
    ]  # fmt: skip
    before = standing()
    for user, path, values in tries:
        answer = visitor(user).post(path, values)
        assert (answer.status_code, path, values["amount"]) == (422, path, values["amount"])
        assert standing() == before


@pytest.mark.parametrize("due_on", ["19.11.2026", "01.01.0001", "32.13.2026", "", "31.12.99999"])
def test_days_that_are_none_of_a_promise(theirs, anna, due_on):
    before = standing()
    values = {"amount": "1,00", "due_on": due_on, "grace_days": "1", "threshold_percent": "100"}
    assert visitor(anna).post(f"/collecting/{theirs.pk}/promise/", values).status_code == 422
    assert standing() == before


@pytest.mark.parametrize(("first", "last"), [("21.11.2026", "22.11.2026"), ("20.11.2026", "19.11.2026")])
def test_a_reconciliation_of_days_that_are_not_over(theirs, fedor, first, last):
    before = standing()
    values = {"client": theirs.pk, "starts_on": first, "ends_on": last, "currency": "RUB"}
    assert visitor(fedor).post("/reconciliations/new/", values).status_code == 422
    assert standing() == before


@pytest.mark.parametrize("path", ["/reports/finance/", "/reports/turnover/", "/reports/returns/", "/receivables/"])
@pytest.mark.parametrize("query", NONSENSE)
def test_reports_asked_nonsense_answer(theirs, fedor, path, query):
    assert visitor(fedor).get(f"{path}?{query}").status_code == 200


def test_somebody_elses_documents(theirs, vera, fedor):
    letter, review = CollectionLetter.objects.get(), CreditReview.objects.get()
    paid = payment_of(theirs, "500.00")
    before = standing()
    for path, values in (
        (f"/letters/{letter.pk}/send/", {}),
        (f"/letters/{letter.pk}/edit/", {"text": "Всё прощено"}),
        (f"/credit-reviews/{review.pk}/withdraw/", {}),
        (f"/collecting/{theirs.pk}/promise/", {"amount": "1", "due_on": "23.11.2026"}),
        (f"/collecting/{theirs.pk}/no-letters/", {"reason": "Так"}),
        (f"/payments/{paid.pk}/refund/", {"amount": "1", "refunded_on": "20.11.2026", "reason": "Так"}),
    ):
        assert visitor(vera).post(path, values).status_code == 404, path
    values = {"client": theirs.pk, "starts_on": "01.01.2026", "ends_on": "19.11.2026", "currency": "RUB"}
    assert visitor(vera).post("/reconciliations/new/", values).status_code == 422
    assert visitor(vera).get(f"/clients/{theirs.pk}/account/?format=xlsx").status_code == 404
    assert standing() == before


def sent(user, name, content, **more):
    """Upload a statement as a person does, and have the worker look at it."""
    file = SimpleUploadedFile(name, content)
    answer = visitor(user).post("/imports/statements/", {"files": file, **more})
    for run in Run.objects.filter(status="waiting"):
        carry_out(run.pk)
    return answer


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("выписка.txt", b""),
        ("выписка.txt", "Уважаемый клиент, выписка во вложении".encode("cp1251")),
        ("выписка.xlsx", b"PK\x03\x04 not a workbook"),
        ("выписка.pdf", b"%PDF-1.4 a picture of a statement"),
        ("выписка.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>'),
        ("выписка.zip", b"PK\x05\x06" + b"\x00" * 18),
        ("выписка.txt", b"\x00\xff" * 4000),
    ],
)
def test_a_file_that_is_no_statement(theirs, fedor, name, content):
    our_account()
    before = standing()
    answer = sent(fedor, name, content)
    if answer.status_code == 422:
        assert "notice-wrong" in answer.content.decode()
    else:
        run = Run.objects.latest("pk")
        assert run.status == "failed" or run.findings, (run.status, run.counts)
        page = visitor(fedor).get(f"/runs/{run.pk}/").content.decode()
        assert "Traceback" not in page
    assert standing() == before


def test_a_kam_uploads_no_statement(theirs, anna):
    assert sent(anna, "выписка.txt", exchange(document("1.00")).encode("cp1251")).status_code in (403, 404)
    assert not Run.objects.exists()


def test_taken_twice_by_an_impatient_hand(theirs, fedor):
    """The button of taking pressed twice books once."""
    our_account()
    invoice = open_invoice(theirs, "700.00", due_on=DAY)
    purpose = {"НазначениеПлатежа": f"Оплата по счету {invoice.number}"}
    sent(fedor, "выписка.txt", exchange(document("700.00", payer=theirs, **purpose)).encode("cp1251"))
    run = Run.objects.get()
    web = visitor(fedor)
    answers = [web.post(f"/imports/{run.pk}/commit/").status_code for _twice in range(2)]
    for each in Run.objects.filter(status="waiting"):
        carry_out(each.pk)
    carry_out(run.pk)
    assert answers[0] in (302, 303)
    assert (Payment.objects.count(), BankStatement.objects.count()) == (1, 1)


def test_the_api_of_somebody_elses_documents(theirs, vera, anna):
    letter, review = CollectionLetter.objects.get(), CreditReview.objects.get()
    api = APIClient()
    api.force_authenticate(vera)
    before = standing()
    for method, path, body in (
        ("get", f"/api/v1/debtors/{theirs.pk}/", None),
        ("get", f"/api/v1/debtors/{theirs.pk}/penalties/", None),
        ("post", f"/api/v1/debtors/{theirs.pk}/call/", {"result": "Да"}),
        ("patch", f"/api/v1/letters/{letter.pk}/", {"email": "a@b.example"}),
        ("post", f"/api/v1/letters/{letter.pk}/send/", {}),
        ("get", f"/api/v1/credit-reviews/{review.pk}/", None),
        ("post", f"/api/v1/credit-reviews/{review.pk}/withdraw/", {}),
    ):
        answer = getattr(api, method)(path, body, format="json")
        assert answer.status_code == 404, (path, answer.status_code)
    promise = {"client": theirs.pk, "amount": "1.00", "due_on": "2026-11-23"}
    assert api.post("/api/v1/payment-promises/", promise, format="json").status_code in (400, 404, 409, 422)
    own = APIClient()
    own.force_authenticate(anna)
    for wrong in (
        {"amount": HUGE},
        {"amount": "-1.00"},
        {"due_on": "2026-11-19"},
        {"due_on": "9999-99-99"},
        {"client": 0},
    ):
        answer = own.post("/api/v1/payment-promises/", {**promise, **wrong}, format="json")
        assert answer.status_code in (400, 409, 422), (wrong, answer.status_code)
    assert standing() == before
