"""Reviews: measured, proposed, decided by authority, kept as they were; a decision sets the terms."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.actions import (
    change_client,
    create_credit_cover,
    create_credit_fact,
    set_credit_policy,
    set_terms,
)
from accounts.models import CreditTerms
from accounts.queries import terms_on
from kam import clock
from kam.inbox import waiting_count
from kam.models import Notification
from kam.refusals import Forbidden, Refused
from orders.actions.reviews import (
    change_review,
    create_review,
    decide_review,
    measure_review,
    propose_review,
    refuse_review,
    remind_rechecks,
    return_review,
)
from orders.models import CreditReview
from tests.factories import DAY, buyer, client_of, open_invoice, price_column, system_user, terms_of
from tests.orders.visits import queries_of, visitor

D = Decimal
pytestmark = pytest.mark.django_db


def api(user):
    found = APIClient()
    found.default_format = "json"
    found.force_authenticate(user)
    return found


def codes(refused):
    return [each.code for each in refused.value.refusals]


def reviewed(client, by, limit="2000000.00", days=30, **fields):
    fields = {"comment": "растёт", **fields}
    return create_review(by=by, day=DAY, client=client, asked_limit=D(limit), asked_days=days, **fields)


def proposed(client, by, limit="2000000.00", **fields):
    return propose_review(reviewed(client, by, limit, **fields).pk, by=by, day=DAY)


def test_a_review_measures_what_is_known(anna, fedor):
    client = client_of(anna, legal_name="ООО «Навигатор»", legal_address="Тула")
    terms_of(client, credit_limit=D("500000.00"))
    open_invoice(client, "300000.00", due_on=dt.date(2026, 8, 20))
    open_invoice(client, "600000.00", due_on=dt.date(2026, 12, 20))
    create_credit_fact(by=anna, day=DAY, client=client, kind="registered", happened_on=dt.date(2020, 1, 1))
    create_credit_fact(
        by=anna, day=DAY, client=client, kind="court_claim", happened_on=dt.date(2026, 1, 1), amount=D("5.00")
    )
    create_credit_cover(
        by=fedor, client=client, kind="insurer", provider="СК", amount=D("250000.00"), starts_on=DAY, ends_on=DAY
    )
    review = reviewed(client, anna)
    assert review.inputs["registered_on"] == "2020-01-01"
    assert (review.inputs["claims"], review.inputs["secured"]) == ("5.00", "250000.00")
    # Issued in July and November: four whole months from July to October, November is not over.
    assert (review.inputs["months"], review.inputs["monthly_sales"]) == (4, "75000.00")
    assert (review.inputs["overdue_days"], review.inputs["overdue_amount"]) == (92, "300000.00")
    assert review.recommended_limit == D("0.00")
    assert [each["code"] for each in review.advice] == ["stop_overdue"]


def test_a_proposal_above_the_recommendation_says_why(anna):
    review = reviewed(buyer(anna), anna, comment="")
    with pytest.raises(Refused) as refused:
        propose_review(review.pk, by=anna, day=DAY)
    assert codes(refused) == ["comment_missing"]
    assert CreditReview.objects.get().status == "draft"


def test_one_open_review_of_a_client(anna):
    client = buyer(anna)
    reviewed(client, anna)
    with pytest.raises(Refused) as refused:
        reviewed(client, anna)
    assert codes(refused) == ["review_open"]
    assert CreditReview.objects.count() == 1


def test_a_client_without_terms_needs_a_price_column(anna):
    review = reviewed(client_of(anna), anna)
    with pytest.raises(Refused) as refused:
        propose_review(review.pk, by=anna, day=DAY)
    assert codes(refused) == ["price_column_missing"]
    change_review(review.pk, by=anna, day=DAY, price_column=price_column())
    assert propose_review(review.pk, by=anna, day=DAY).status == "proposed"


@pytest.mark.parametrize(("limit", "may"), [("4999999.99", True), ("5000000.00", True), ("5000000.01", False)])
def test_the_head_decides_up_to_the_limit_of_the_policy(anna, boris, fedor, limit, may):
    client = buyer(anna)
    review = proposed(client, anna, limit)
    assert waiting_count(boris) == (1 if may else 0)
    assert waiting_count(fedor) == 1
    if may:
        assert decide_review(review.pk, by=boris, day=DAY).status == "decided"
    else:
        with pytest.raises(Refused) as refused:
            decide_review(review.pk, by=boris, day=DAY)
        assert codes(refused) == ["beyond_authority"]
        assert terms_on([client.pk], DAY)[client.pk].credit_limit == D("1000000.00")
        assert decide_review(review.pk, by=fedor, day=DAY).decided_limit == D(limit)


def test_nobody_decides_more_than_they_may_though_less_was_asked_for(anna, boris):
    review = proposed(buyer(anna), anna, "100.00")
    with pytest.raises(Refused) as refused:
        decide_review(review.pk, by=boris, day=DAY, credit_limit=D("5000000.01"))
    assert codes(refused) == ["beyond_authority"]
    assert CreditReview.objects.get().status == "proposed"
    assert CreditTerms.objects.count() == 1


def test_the_policy_of_the_day_says_how_far(anna, boris, fedor):
    set_credit_policy(by=fedor, day=DAY, starts_on=DAY, head_limit=D("10.00"), validity_months=3, recheck_days=5)
    with pytest.raises(Refused):
        decide_review(proposed(buyer(anna), anna, "10.01").pk, by=boris, day=DAY)
    found = decide_review(proposed(buyer(anna), anna, "10.00").pk, by=boris, day=DAY)
    assert (found.valid_until, found.recheck_on) == (dt.date(2027, 2, 20), dt.date(2027, 2, 15))


def test_the_head_cannot_go_round_it_by_the_form_of_terms(anna, boris, fedor):
    client = buyer(anna)
    terms = {"starts_on": DAY, "days": 30, "price_column_id": price_column().pk}
    with pytest.raises(Refused) as refused:
        set_terms(client.pk, by=boris, credit_limit=D("5000000.01"), **terms)
    assert codes(refused) == ["beyond_authority"]
    assert CreditTerms.objects.count() == 1
    set_terms(client.pk, by=fedor, credit_limit=D("9000000.00"), **terms)
    assert set_terms(client.pk, by=boris, credit_limit=D("8000000.00"), **terms).credit_limit == D("8000000.00")


def test_four_eyes_and_whose_client_it_is(boris, anna, vera):
    own = proposed(buyer(boris), boris)
    with pytest.raises(Refused) as refused:
        decide_review(own.pk, by=boris, day=DAY)
    assert codes(refused) == ["four_eyes"]
    foreign = proposed(buyer(vera), vera)
    with pytest.raises(Forbidden):
        decide_review(foreign.pk, by=boris, day=DAY)
    with pytest.raises(Forbidden):
        decide_review(proposed(buyer(anna), anna).pk, by=anna, day=DAY)


def test_a_decision_sets_terms_for_its_time_and_replaces_the_former(anna, boris):
    client = buyer(anna, overdue_days_allowed=3, discount_percent=D("2.00"))
    first = decide_review(proposed(client, anna).pk, by=boris, day=DAY)
    now = terms_on([client.pk], DAY)[client.pk]
    assert (now.credit_limit, now.ends_on, now.overdue_days_allowed) == (D("2000000.00"), dt.date(2027, 11, 20), 3)
    assert (now.discount_percent, now.terms_id) == (D("2.00"), first.terms_id)
    assert terms_on([client.pk], dt.date(2027, 11, 21)) == {}
    second = decide_review(
        proposed(client, anna, "1500000.00").pk, by=boris, day=DAY + dt.timedelta(days=30), credit_limit=D("1200000.00")
    )
    first.refresh_from_db()
    assert (first.status, second.status) == ("replaced", "decided")
    limits = CreditTerms.objects.filter(client=client).order_by("starts_on").values_list("credit_limit", "ends_on")
    assert list(limits) == [
        (D("1000000.00"), DAY - dt.timedelta(days=1)),
        (D("2000000.00"), DAY + dt.timedelta(days=29)),
        (D("1200000.00"), dt.date(2027, 12, 20)),
    ]


def test_a_review_reads_the_same_later(anna, boris):
    client = buyer(anna)
    review = decide_review(proposed(client, anna).pk, by=boris, day=DAY)
    kept = (review.score, review.criteria, review.advice, review.inputs)
    change_client(client.pk, by=system_user(), inn="", kpp="", ogrn="")
    open_invoice(client, "900000.00", due_on=DAY - dt.timedelta(days=200))
    found = CreditReview.objects.get()
    assert (found.score, found.criteria, found.advice, found.inputs) == kept
    with pytest.raises(Refused) as refused:
        measure_review(review.pk, by=anna, day=DAY)
    assert codes(refused) == ["wrong_state"]


def test_a_bankrupt_client_gets_no_credit_until_the_fact_is_over(anna, fedor):
    client = buyer(anna)
    create_credit_fact(by=anna, day=DAY, client=client, kind="bankruptcy", happened_on=DAY)
    review = proposed(client, anna)
    assert (review.recommended_limit, review.recommended_days) == (D("0.00"), 0)
    with pytest.raises(Refused) as refused:
        decide_review(review.pk, by=fedor, day=DAY, reason="верим")
    assert codes(refused) == ["hard_stop"]
    assert decide_review(review.pk, by=fedor, day=DAY, credit_limit=D(0), days=0).decided_limit == D(0)


def test_returned_and_refused_with_a_reason(anna, boris):
    review = proposed(buyer(anna), anna)
    with pytest.raises(Refused) as refused:
        return_review(review.pk, by=boris, reason=" ")
    assert codes(refused) == ["reason_missing"]
    assert return_review(review.pk, by=boris, reason="где отчётность?").status == "draft"
    propose_review(review.pk, by=anna, day=DAY)
    assert refuse_review(review.pk, by=boris, reason="нет").status == "refused"
    assert Notification.objects.filter(user=anna, kind="credit_review").count() == 2
    assert CreditTerms.objects.count() == 1


def test_a_recheck_is_told_once(anna, boris):
    client = buyer(anna)
    decide_review(proposed(client, anna).pk, by=boris, day=DAY)
    due = dt.date(2027, 10, 21)
    assert remind_rechecks(day=due - dt.timedelta(days=1)) == 0
    assert (remind_rechecks(day=due), remind_rechecks(day=due)) == (1, 0)
    assert sorted(Notification.objects.filter(kind="recheck").values_list("user", flat=True)) == sorted(
        [anna.pk, boris.pk]
    )
    assert list(CreditReview.objects.recheck_due(due - dt.timedelta(days=1))) == []
    assert [each.client for each in CreditReview.objects.recheck_due(due)] == [client]


def test_the_api_takes_a_review_all_the_way(anna, boris, vera):
    client = buyer(anna)
    sent = {"client": client.pk, "asked_limit": "300000.00", "asked_days": 21, "comment": "сезон"}
    with clock.at(DAY):
        made = api(anna).post("/api/v1/credit-reviews/", sent)
        assert made.status_code == 201, made.data
        address = f"/api/v1/credit-reviews/{made.data['id']}/"
        assert api(vera).get(address).status_code == 404
        assert api(anna).post(f"{address}decide/", {}).status_code == 403
        assert api(anna).post(f"{address}propose/", {}).data["status"] == "proposed"
        bad = api(boris).post(f"{address}decide/", {"valid_until": "2026-01-01"})
        assert (bad.status_code, CreditReview.objects.get().status) == (409, "proposed")
        done = api(boris).post(f"{address}decide/", {"credit_limit": "250000.00", "days": 14})
    assert (done.data["status"], done.data["decided_limit"], done.data["decided_days"]) == ("decided", "250000.00", 14)
    assert terms_on([client.pk], DAY)[client.pk].days == 14


def test_its_page_and_the_clients_tab_open_for_those_who_see_it(anna, boris, vera):
    client = buyer(anna)
    review = proposed(client, anna)
    with clock.at(DAY):
        page = visitor(boris).get(reverse("orders:creditreview_detail", args=[review.pk]))
        text = page.content.decode()
        assert "Scorecard" in text and "Recommendation" in text
        assert visitor(vera).get(reverse("orders:creditreview_detail", args=[review.pk])).status_code == 404
        tab = visitor(anna).get(reverse("accounts:client_detail", args=[client.pk]) + "?tab=terms")
        assert review.number in tab.content.decode()
        # Taking the step on the page, with its form.
        done = visitor(boris).post(
            reverse("orders:creditreview_step", args=[review.pk, "decide"]),
            {"credit_limit": "1 500 000,00", "days": "20", "reason": "по заявке"},
        )
        assert done.status_code in (204, 302, 303)
    assert CreditReview.objects.get().decided_limit == D("1500000.00")


def test_the_list_asks_as_much_for_many(anna):
    reviewed(buyer(anna), anna)
    queries_of(visitor(anna), reverse("orders:creditreview_list"))  # what is asked once a process
    one = queries_of(visitor(anna), reverse("orders:creditreview_list"))
    for _each in range(3):
        reviewed(buyer(anna), anna)
    assert queries_of(visitor(anna), reverse("orders:creditreview_list")) == one
