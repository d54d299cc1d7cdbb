import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail

from accounts.actions import create_contract
from kam.clock import today
from kam.models import Notification, TrailEntry
from kam.refusals import Forbidden, Refused
from orders.actions.collecting_policy import change_letter_level, create_key_rate, remind_of_key_rates
from orders.actions.letter_steps import (
    change_letter,
    deliver_letter,
    deliver_waiting,
    move_letter,
    post_letter,
    send_letter,
    skip_letter,
)
from orders.actions.letters import prepare_letters
from orders.actions.payments import receive_payment
from orders.actions.stop_list import allow_letters, stop_letters
from orders.documents.letters import claim_of_letter
from orders.flow import LETTER_FLOW
from orders.models import CollectionLetter
from tests.factories import DAY, client_of, open_invoice, our_company, overdue_invoice, system_user
from tests.orders.debtors import debtor, later, level

D = Decimal
pytestmark = pytest.mark.django_db


def written(**found):
    rows = CollectionLetter.objects.filter(**found).order_by("pk")
    return [(each.step, each.episode_on, each.overdue, each.status) for each in rows]


@pytest.mark.parametrize(("days", "step"), [(1, None), (2, None), (3, 2), (13, 2), (14, 3), (29, 3), (30, 4), (300, 4)])
def test_the_highest_level_reached(anna, days, step):
    overdue_invoice(debtor(anna), "20000.00", days=days)
    assert prepare_letters(day=DAY) == (step is not None)
    assert [each[0] for each in written()] == ([step] if step else [])


@pytest.mark.parametrize(("days", "count"), [(4, 0), (3, 1), (0, 1)])
def test_a_reminder_before_it_is_due(anna, days, count):
    open_invoice(debtor(anna), "5000.00", due_on=later(days))
    assert prepare_letters(day=DAY) == count
    assert written() == [(1, later(days), D("0.00"), "proposed")] * count
    assert prepare_letters(day=DAY) == 0
    assert prepare_letters(day=later(0)) == 0


def test_every_level_once_for_a_spell_of_debt(anna):
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=3)
    assert [prepare_letters(day=later(n)) for n in range(30)] == [1] + [0] * 10 + [1] + [0] * 15 + [1, 0, 0]
    episode = later(-3)
    assert [(step, on) for step, on, _overdue, _status in written()] == [(2, episode), (3, episode), (4, episode)]
    # What nobody approved gives way to the next one.
    assert [status for *_rest, status in written()] == ["skipped", "skipped", "proposed"]
    assert prepare_letters(day=later(5)) == 0, "a run for a past day adds nothing"


def test_a_new_spell_begins_again(anna):
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=14)
    prepare_letters(day=DAY)
    receive_payment(client_id=client.pk, amount=D("20000.00"), received_on=DAY, by=system_user())
    open_invoice(client, "3000.00", due_on=later(10))
    prepare_letters(day=later(13))
    assert written() == [(3, later(-14), D("20000.00"), "skipped"), (2, later(10), D("3000.00"), "proposed")]


def test_a_past_day_sees_the_debts_of_that_day(anna):
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=14)
    receive_payment(client_id=client.pk, amount=D("15000.00"), received_on=later(5), by=system_user())
    prepare_letters(day=DAY)
    assert written() == [(3, later(-14), D("20000.00"), "proposed")]


def test_the_smallest_sum(anna):
    client = debtor(anna)
    overdue_invoice(client, "9999.99", days=40)
    prepare_letters(day=DAY)
    assert [each[0] for each in written()] == [3], "not enough for a claim, enough for a letter"


def test_the_stop_list(anna):
    client = debtor(anna)
    bad = overdue_invoice(client, "20000.00", days=14)
    overdue_invoice(client, "5000.00", days=4)
    entry = stop_letters(client_id=client.pk, by=anna, day=DAY, reason="Переговоры", ends_on=later(1))
    assert [prepare_letters(day=later(n)) for n in (0, 1)] == [0, 0]
    allow_letters(entry.pk, by=anna, day=later(2))
    stop_letters(client_id=client.pk, by=anna, day=later(2), reason="Недостача", invoice_id=bad.pk)
    assert prepare_letters(day=later(2)) == 1
    letter = CollectionLetter.objects.get()
    assert (letter.step, letter.overdue, letter.lines.get().invoice.amount) == (2, D("5000.00"), D("5000.00"))
    with pytest.raises(Refused):
        allow_letters(entry.pk, by=anna, day=later(3))


def test_foreign_debts_are_not_written_about(anna):
    overdue_invoice(debtor(anna), "20000.00", days=14, currency="USD")
    assert prepare_letters(day=DAY) == 0


def test_the_words_and_the_penalty(anna):
    our_company()
    client = debtor(anna, name="Азимут")
    invoice = overdue_invoice(client, "36500.00", days=14)
    create_contract(
        by=system_user(), client=client, number="7", signed_on=dt.date(2024, 1, 1), penalty_percent=D("0.1")
    )
    prepare_letters(day=DAY)
    letter = CollectionLetter.objects.get()
    assert (letter.penalty, letter.email, letter.contact.name) == (D("511.00"), "buh@azimut.example", "Петрова Мария")
    assert letter.subject == "ООО «Дистрибуция»: повторно о просроченной оплате 36\xa0500,00\xa0₽"
    assert "Здравствуйте, Петрова Мария!" in letter.text
    assert f"— счёт № {invoice.number} от" in letter.text
    assert "просрочена на 14 дн." in letter.text
    assert "начислено неустойка по договору 511,00\xa0₽" in letter.text
    line = letter.lines.get()
    assert (line.days, line.computation["basis"], line.computation["lines"][0]["days"]) == (14, "contract", 14)


def test_recomputed_with_the_figures_of_the_day(anna, vera):
    client = debtor(anna)
    first = overdue_invoice(client, "20000.00", days=14)
    overdue_invoice(client, "1000.00", days=2)
    prepare_letters(day=DAY)
    letter = CollectionLetter.objects.get()
    change_letter(letter.pk, by=anna, text="Своими словами", email="glavbuh@azimut.example")
    receive_payment(client_id=client.pk, amount=D("15000.00"), received_on=later(1), by=system_user())
    with pytest.raises(CollectionLetter.DoesNotExist):
        move_letter(letter.pk, "recompute", by=vera, day=later(2))
    letter = move_letter(letter.pk, "recompute", by=anna, day=later(2))
    assert (letter.status, letter.prepared_on, letter.amount, letter.overdue) == (
        "proposed", later(2), D("6000.00"), D("6000.00"),
    )  # fmt: skip
    assert (letter.email, letter.episode_on) == ("glavbuh@azimut.example", later(-14))
    assert "Своими словами" not in letter.text and first.number in letter.text
    assert letter.lines.values_list("invoice", "days", "open_amount").first() == (first.pk, 16, D("5000.00"))
    entry = TrailEntry.objects.filter(document_id=letter.pk, verb="recompute").get()
    assert entry.changes["amount"] == ["21000.00", "6000.00"]
    receive_payment(client_id=client.pk, amount=D("6000.00"), received_on=later(2), by=system_user())
    before = CollectionLetter.objects.values().get()
    with pytest.raises(Refused):
        move_letter(letter.pk, "recompute", by=anna, day=later(3))
    assert CollectionLetter.objects.values().get() == before and letter.lines.count() == 2


def test_sent_by_the_worker(anna, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr("orders.actions.letters.app.send_task", lambda name, args: sent.append((name, args)))
    overdue_invoice(debtor(anna), "5000.00", days=3)
    prepare_letters(day=DAY)
    letter = CollectionLetter.objects.get()
    assert [step.name for step in LETTER_FLOW.steps_for(letter, anna)] == ["send", "recompute", "post", "skip"]
    with django_capture_on_commit_callbacks(execute=True):
        send_letter(letter.pk, by=anna)
    assert sent == [("orders.tasks.send_letter", [letter.pk])]
    deliver_letter(letter.pk)
    assert deliver_letter(letter.pk) is None
    letter.refresh_from_db()
    assert (letter.status, letter.decided_by, letter.error) == ("sent", anna, "")
    (message,) = mail.outbox
    assert (message.to, message.reply_to, message.subject) == (["buh@azimut.example"], [anna.email], letter.subject)
    assert [each.verb for each in TrailEntry.objects.of(letter)] == ["deliver", "send", "create"]


def test_a_claim_goes_with_its_pdf(anna):
    our_company()
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=31)
    prepare_letters(day=DAY)
    letter = CollectionLetter.objects.get()
    send_letter(letter.pk, by=anna)
    deliver_waiting()
    (message,) = mail.outbox
    name, content, kind = message.attachments[0]
    assert (name, kind, content[:5]) == (f"Претензия {letter.number}.pdf", "application/pdf", b"%PDF-")
    assert letter.number in message.body
    letter = post_letter(letter.pk, by=anna, tracking="12345678901234")
    assert (letter.status, letter.tracking) == ("sent", "12345678901234")


def test_an_old_key_rate_is_said_to_be_carried_on(anna, fedor, client):
    our_company()
    late = debtor(anna)
    overdue_invoice(late, "20000.00", days=14)
    prepare_letters(day=DAY)
    letter = CollectionLetter.objects.get()
    assert "(по последней известной ставке: 16 % с 22.12.2025)" in letter.text
    assert claim_of_letter(letter).carried == "16 % с 22.12.2025"
    client.force_login(fedor)
    for url in (f"/letters/{letter.pk}/", "/key-rates/"):
        assert 'class="notice notice-wait"' in client.get(url).content.decode()
    assert remind_of_key_rates(day=DAY) == remind_of_key_rates(day=DAY) + 1 == 1
    note = Notification.objects.get(kind="key_rate")
    assert (note.user, note.values) == (fedor, {"day": {"day": "2025-12-22"}})
    create_key_rate(by=fedor, starts_on=today(), rate=D("14.5"))
    assert 'class="notice notice-wait"' not in client.get("/key-rates/").content.decode()
    Notification.objects.all().delete()
    assert remind_of_key_rates(day=DAY) == 0


def test_what_could_not_be_sent_is_seen_and_sent_again(anna, settings):
    overdue_invoice(debtor(anna), "5000.00", days=3)
    prepare_letters(day=DAY)
    letter = send_letter(CollectionLetter.objects.get().pk, by=anna)
    settings.EMAIL_BACKEND = "kam.mail.LoggedMail"
    assert deliver_waiting() == 0
    letter.refresh_from_db()
    assert (letter.status, letter.error, letter.sent_at) == ("failed", "Почтовый сервер не настроен.", None)
    assert Notification.objects.filter(kind="letter_failed").count() == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_letter(letter.pk, by=anna)
    assert deliver_waiting() == 1
    letter.refresh_from_db()
    assert (letter.status, letter.error) == ("sent", "")


def test_automatic_by_policy(anna, fedor):
    change_letter_level(level(2).pk, by=fedor, is_automatic=True)
    overdue_invoice(debtor(anna), "5000.00", days=3)
    overdue_invoice(client_of(anna), "5000.00", days=3)
    prepare_letters(day=DAY)
    assert [status for *_rest, status in written()] == ["queued", "proposed"], "without an address a person decides"


def test_refused_and_nothing_changed(anna, vera):
    client = client_of(anna)
    overdue_invoice(client, "5000.00", days=3)
    prepare_letters(day=DAY)
    letter = CollectionLetter.objects.get()
    with pytest.raises(Refused) as refused:
        send_letter(letter.pk, by=anna)
    assert [each.code for each in refused.value.refusals] == ["no_address"]
    with pytest.raises(CollectionLetter.DoesNotExist):
        send_letter(letter.pk, by=vera)
    change_letter(letter.pk, by=anna, email="a@b.example", text="Просим оплатить.")
    receive_payment(client_id=client.pk, amount=D("5000.00"), received_on=DAY, by=system_user())
    with pytest.raises(Refused) as refused:
        send_letter(letter.pk, by=anna)
    assert [each.code for each in refused.value.refusals] == ["paid_meanwhile"]
    letter.refresh_from_db()
    assert (letter.status, letter.text) == ("proposed", "Просим оплатить.")
    with pytest.raises(Refused):
        skip_letter(letter.pk, by=anna, reason="")
    prepare_letters(day=DAY)
    letter.refresh_from_db()
    assert letter.status == "skipped"
    with pytest.raises(Refused):
        change_letter(letter.pk, by=anna, text="Ещё раз")


def test_the_policy_is_of_finance(anna, fedor):
    with pytest.raises(Forbidden):
        change_letter_level(level(2).pk, by=anna, days=5)
    with pytest.raises(Refused) as refused:
        change_letter_level(level(2).pk, by=fedor, text="Здравствуйте, {имя}!")
    assert [each.code for each in refused.value.refusals] == ["unknown_place"]


def test_many_letters_need_no_more_statements(anna, django_assert_max_num_queries):
    for _number in range(12):
        overdue_invoice(debtor(anna), "20000.00", days=14)
    with django_assert_max_num_queries(26):
        assert prepare_letters(day=DAY) == 12
