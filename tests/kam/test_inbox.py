import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Client
from kam import inbox, trail
from kam.actions.notices import mark_read
from kam.clock import today
from kam.flows import take_step
from kam.inbox import Effect, add_effect, trays_for, waiting_count
from kam.mailing import send_digests, send_urgent
from kam.models import Notification, Substitution, User
from kam.notifications import notify
from orders.flow import INTAKE_FLOW, RETURN_FLOW
from orders.models import Intake

pytestmark = pytest.mark.django_db


def intake(author, number="И-1"):
    client = Client.objects.create(name="Рассвет", channel="dealer", manager=author)
    found = Intake.objects.create(number=number, client=client, author=author)
    trail.record(found, "create", by=author, reason="Срочно")
    return found


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_it_holds_what_the_person_may_decide(anna, sonya, timur):
    waiting = intake(anna)
    (tray,) = trays_for(sonya)
    assert [(item.document, [step.name for step in item.steps]) for item in tray.items] == [(waiting, ["take"])]
    (item,) = tray.items
    assert (item.asked_by, item.reason) == (anna, "Срочно")
    assert item.since == waiting.__class__.objects.get().created_at or item.since
    for nobody in (anna, timur):
        assert trays_for(nobody) == []
    assert (waiting_count(sonya), waiting_count(anna)) == (1, 0)


def test_what_is_decided_is_gone(anna, sonya):
    waiting = intake(anna)
    take_step(INTAKE_FLOW, waiting.pk, "take", by=sonya)
    assert trays_for(fresh(sonya)) == []
    assert waiting_count(fresh(sonya)) == 0


def test_a_deputy_has_the_inbox_of_the_absent_for_the_window(anna, vera, sonya):
    intake(anna)
    cover = Substitution.objects.create(
        absent=sonya, deputy=vera, starts_on=today(), ends_on=today(), arranged_by=sonya
    )
    (tray,) = trays_for(fresh(vera))
    taken = take_step(INTAKE_FLOW, tray.items[0].document.pk, "take", by=fresh(vera))
    assert taken.status == "taken"
    entry = trail.TrailEntry.objects.of(taken).first()
    assert (entry.by_id, entry.on_behalf_of_id) == (vera.pk, sonya.pk)
    Substitution.objects.filter(pk=cover.pk).delete()
    assert waiting_count(fresh(vera)) == 0


def test_effects_come_for_all_documents_at_once(anna, sonya, monkeypatch):
    monkeypatch.setattr(inbox, "EFFECTS", {})
    asked = []

    def effects(documents, user):
        asked.append(len(documents))
        return {document.pk: [Effect("Сумма", 100)] for document in documents}

    add_effect(INTAKE_FLOW, effects)
    for number in range(3):
        intake(anna, f"И-{number}")
    (tray,) = trays_for(sonya)
    assert asked == [3]
    assert [effect.value for item in tray.items for effect in item.effects] == [100, 100, 100]


def test_as_many_queries_for_one_as_for_forty(client, anna, sonya):
    client.force_login(sonya, backend="kam.sign_in.RoleBackend")

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("kam:inbox")).status_code == 200
        return len(asked)

    intake(anna, "И-0")
    queries()
    once = queries()
    for number in range(1, 40):
        intake(anna, f"И-{number}")
    assert queries() == once


def test_it_says_when_there_is_more(anna, sonya):
    for number in range(3):
        intake(anna, f"И-{number}")
    (tray,) = trays_for(sonya, shown=2)
    assert (len(tray.items), tray.more) == (2, True)
    assert [item.document.number for item in tray.items] == ["И-0", "И-1"]


def test_every_awaited_step_names_who_asked_or_needs_nobody():
    assert RETURN_FLOW.asked_by and INTAKE_FLOW.asked_by


class TestNotices:
    def test_the_list_speaks_the_readers_language_and_is_their_own(self, client, anna, vera):
        notify([anna], "x", "“%(title)s” is ready.", values={"title": "Отчёт"})
        anna.language = "en"
        anna.save()
        client.force_login(anna, backend="kam.sign_in.RoleBackend")
        assert "“Отчёт” is ready." in client.get(reverse("kam:notifications")).content.decode()
        client.force_login(vera, backend="kam.sign_in.RoleBackend")
        assert "«Отчёт»" not in client.get(reverse("kam:notifications")).content.decode()
        notice = Notification.objects.get()
        assert client.get(reverse("kam:notification_open", args=[notice.pk])).status_code == 404
        client.post(reverse("kam:notifications"), {"pk": notice.pk})
        notice.refresh_from_db()
        assert notice.read_at is None

    def test_reading(self, anna):
        notify([anna, anna], "x", "Раз")
        first = Notification.objects.order_by("pk").first()
        assert mark_read(by=anna, keys=[first.pk]) == 1
        assert mark_read(by=anna, keys=[first.pk]) == 0
        assert mark_read(by=anna) == 1

    def test_opening_goes_to_the_document_and_reads_it(self, client, anna, dasha):
        cover = Substitution.objects.create(
            absent=anna, deputy=dasha, starts_on=today(), ends_on=today(), arranged_by=anna
        )
        notify([dasha], "x", "Раз", document=cover)
        client.force_login(dasha, backend="kam.sign_in.RoleBackend")
        notice = Notification.objects.get()
        answer = client.get(reverse("kam:notification_open", args=[notice.pk]))
        assert answer["Location"] == reverse("kam:substitution_detail", args=[cover.pk])
        notice.refresh_from_db()
        assert notice.read_at is not None


class TestLetters:
    def test_what_asks_to_act_is_written_at_once_and_once(self, anna, vera):
        notify([anna], "x", "Решите", urgent=True)
        notify([anna], "x", "И это", urgent=True)
        notify([vera], "x", "Потом")
        assert (send_urgent(), send_urgent()) == (1, 0)
        (letter,) = mail.outbox
        assert letter.to == [anna.email]
        assert "Решите" in letter.body and "И это" in letter.body

    def test_the_digest_comes_once_a_day_with_the_rest(self, anna, vera):
        notify([anna, vera], "x", "Раз")
        notify([anna], "x", "Решите", urgent=True)
        mark_read(by=vera)
        assert (send_digests(today()), send_digests(today())) == (1, 0)
        (letter,) = mail.outbox
        assert letter.to == [anna.email]
        assert "Раз" in letter.body and "Решите" not in letter.body

    def test_a_letter_that_could_not_be_sent_is_tried_again(self, anna, monkeypatch):
        notify([anna], "x", "Решите", urgent=True)

        def broken(*args, **kwargs):
            raise ConnectionRefusedError

        with monkeypatch.context() as patch:
            patch.setattr("kam.mailing.send_mail", broken)
            assert send_urgent() == 0
        assert Notification.objects.get().sent_at is None
        assert send_urgent() == 1

    def test_nobody_who_left_is_written_to(self, anna):
        notify([anna], "x", "Решите", urgent=True)
        User.objects.update(is_active=False)
        assert send_urgent() == 0
