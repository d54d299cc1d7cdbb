"""What waits for a person over the API: the inbox, notifications, counters, and a step on many documents."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from kam import trail
from kam.models import Notification, Run, User
from kam.notifications import notify
from kam.pages import page_of
from kam.refusals import Refusal, Refused
from kam.runs import carry_out
from orders.actions.offsets import propose_offset
from orders.models import Intake
from tests import factories

pytestmark = pytest.mark.django_db
STEPS, READ, INBOX = "/api/v1/steps/", "/api/v1/notifications/read/", "/api/v1/inbox/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def api(user):
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def intakes_of(author, count=1):
    client = factories.client_of(author)
    found = [Intake.objects.create(number=f"И-{n}", client=client, author=author) for n in range(count)]
    for each in found:
        trail.record(each, "create", by=author, reason="Срочно")
    return found


def asked(step, documents, **more):
    return {"kind": "orders.intake", "step": step, "ids": [each.pk for each in documents], **more}


def statuses():
    return list(Intake.objects.order_by("pk").values_list("status", flat=True))


def test_the_inbox_tells_what_is_asked_and_where_it_is(anna, sonya):
    (waiting,) = intakes_of(anna)
    (entry,) = api(sonya).get(INBOX).json()
    assert (entry["kind"], entry["id"], entry["steps"]) == ("orders.intake", waiting.pk, ["take"])
    assert (entry["asked_by"], entry["reason"], entry["on_behalf_of"]) == (anna.pk, "Срочно", None)
    assert entry["address"] == f"/intakes/{waiting.pk}/"
    assert api(sonya).get(entry["url"]).json()["id"] == waiting.pk
    assert api(anna).get(INBOX).json() == []


def test_the_inbox_tells_what_a_decision_does(anna, fedor):
    offset = propose_offset(
        client_id=factories.client_of(anna).pk, amount=Decimal(10), offset_on=factories.DAY, by=anna, day=factories.DAY,
        basis="Акт 1", their_claim="Услуги",
    )  # fmt: skip
    (entry,) = [each for each in api(fedor).get(INBOX).json() if each["kind"] == "orders.offset"]
    assert entry["id"] == offset.pk
    assert {effect["kind"] for effect in entry["effects"]} <= {"money", "text", "quantity", "percent", "date"}
    assert entry["effects"], "an offset says what it pays"


def test_many_are_decided_at_once_each_with_its_result(anna, sonya):
    first, second, third = intakes_of(anna, 3)
    api(sonya).post(f"/api/v1/intakes/{second.pk}/take/", {}, format="json")
    answer = api(sonya).post(STEPS, asked("take", (first, second, third)), format="json")
    results = answer.json()
    assert answer.status_code == 200
    assert [(each["id"], each["done"]) for each in results] == [(first.pk, True), (second.pk, False), (third.pk, True)]
    assert results[1]["texts"] and results[0]["address"] == f"/intakes/{first.pk}/"
    assert statuses() == ["taken"] * 3


def test_what_is_out_of_sight_is_not_told_from_what_is_not_there(anna, vera):
    hers, mine = factories.client_of(vera), factories.client_of(anna)
    sent = {"kind": "accounts.client", "step": "pause", "ids": [hers.pk, mine.pk, 10**9], "reason": "Ремонт"}
    results = api(anna).post(STEPS, sent, format="json").json()
    by_id = {each["id"]: each for each in results}
    assert by_id[hers.pk]["label"] == f"№ {hers.pk}"
    assert by_id[hers.pk]["texts"] == by_id[10**9]["texts"]
    hers.refresh_from_db()
    assert hers.status == "active"


def test_without_the_right_nothing_is_done(anna):
    waiting = intakes_of(anna, 2)
    results = api(anna).post(STEPS, asked("take", waiting), format="json").json()
    assert [each["done"] for each in results] == [False, False]
    assert statuses() == ["waiting", "waiting"]


def test_what_cannot_be_taken_on_many_is_a_problem(anna, sonya, timur):
    waiting = intakes_of(anna)
    for sent, where in (
        (asked("nothing", waiting), "/step"),
        (asked("enter", waiting), "/step"),
        (asked("take", ()), "/ids"),
        (asked("return", waiting, reason=" "), "/reason"),
    ):
        answer = api(sonya).post(STEPS, sent, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"][: len(where)]) == (400, where)
    for kind in ("orders.nothing", "nothing", "kam.trailentry"):
        assert api(sonya).post(STEPS, {**asked("take", waiting), "kind": kind}, format="json").status_code == 404
    assert (
        api(timur).post(STEPS, {**asked("annul", waiting), "kind": "orders.offset"}, format="json").status_code == 404
    )
    assert statuses() == ["waiting"]


@pytest.mark.parametrize(
    ("kind", "step"),
    [("orders.discrepancy", "resolve"), ("orders.correctiveaction", "finish"), ("orders.discrepancyact", "close")],
)
def test_a_step_that_needs_more_than_a_reason_is_not_for_many(sonya, kind, step):
    sent = {"kind": kind, "step": step, "ids": [1], "reason": "Так"}
    assert api(sonya).post(STEPS, sent, format="json").status_code == 400


def test_more_than_a_few_are_done_by_a_worker(anna, sonya):
    waiting = intakes_of(anna, 26)
    answer = api(sonya).post(STEPS, asked("take", waiting), format="json")
    assert (answer.status_code, answer.json()["kind"], answer.json()["status"]) == (202, "bulk", "waiting")
    assert answer["Location"].endswith(f"/api/v1/runs/{answer.json()['id']}/")
    assert set(statuses()) == {"waiting"}
    carry_out(Run.objects.get().pk)
    assert set(statuses()) == {"taken"}
    assert api(sonya).get(answer["Location"]).json()["counts"] == {"steps_done": 26, "steps_refused": 0}


def test_many_may_be_sent_twice(anna, sonya):
    sent = asked("take", intakes_of(anna, 2))
    answers = [api(sonya).post(STEPS, sent, format="json", headers={"Idempotency-Key": "k"}) for _time in range(2)]
    assert answers[0].json() == answers[1].json()
    assert [each["done"] for each in answers[1].json()] == [True, True]


def test_notifications_are_read_together(anna, vera):
    for person in (anna, anna, anna, vera):
        notify([person], "news", "Новость")
    first, *_rest = Notification.objects.filter(user=anna).order_by("pk")
    hers = Notification.objects.get(user=vera)
    assert api(anna).post(READ, {"ids": [first.pk, hers.pk]}, format="json").json() == {"read": 1}
    assert api(anna).post(READ, {}, format="json").json() == {"read": 2}
    assert api(anna).post(READ, {"ids": []}, format="json").status_code == 400
    assert not Notification.objects.filter(user=anna, read_at=None).exists()
    assert Notification.objects.filter(user=vera, read_at=None).count() == 1


def test_counters_are_those_of_the_frame(anna, sonya):
    intakes_of(anna, 2)
    notify([sonya], "news", "Новость")
    client = api(sonya)
    told = client.get("/api/v1/counters/").json()
    assert (told["inbox"], told["notifications"]) == (2, 1)
    client.post(READ, {}, format="json")
    assert client.get("/api/v1/counters/").json()["notifications"] == 0


def test_runs_are_found_by_their_work(anna):
    for title in ("Импорт клиентов", "Выгрузка заказов"):
        Run.objects.create(kind="import", title=title, by=anna)
    found = api(anna).get("/api/v1/runs/", {"title": "клиент", "kind": "import"}).json()["results"]
    assert [each["title"] for each in found] == ["Импорт клиентов"]


def test_what_a_refused_one_of_many_wrote_is_taken_back_alone(anna, sonya, monkeypatch):
    """Also where the whole request is one transaction, as under an idempotency key."""
    first, second = intakes_of(anna, 2)
    page, take = page_of(Intake), page_of(Intake).take

    def refused_late(pk, step, **given):
        taken = take(pk, step, **given)
        if pk == first.pk:
            raise Refused(Refusal("late", "Поздно"))
        return taken

    monkeypatch.setattr(page, "take", refused_late)
    sent = asked("take", (first, second))
    results = api(sonya).post(STEPS, sent, format="json", headers={"Idempotency-Key": "k"}).json()
    assert [(each["done"], each["texts"] == ["Поздно"]) for each in results] == [(False, True), (True, False)]
    assert statuses() == ["waiting", "taken"]
