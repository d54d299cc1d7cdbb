from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.utils import translation
from rest_framework.test import APIClient

from kam.clock import today
from kam.models import NumberSeries, TrailEntry, User
from kam.refusals import Forbidden, Refused
from orders.actions.collecting_policy import change_letter_level
from orders.actions.letter_steps import skip_letter
from orders.actions.letters import prepare_letters
from orders.actions.letters_on_demand import letters_offered, prepare_letter
from orders.actions.payments import receive_payment
from orders.actions.stop_list import allow_letters, stop_letters
from orders.models import CollectionLetter, LetterLine
from tests.factories import DAY, client_of, open_invoice, overdue_invoice, system_user
from tests.orders.debtors import debtor, later, level

D = Decimal
pytestmark = pytest.mark.django_db


def written(**found):
    rows = CollectionLetter.objects.filter(**found).order_by("pk")
    return [(each.step, each.repeat, each.episode_on, each.amount, each.status) for each in rows]


def left():
    """All that preparing a letter writes."""
    letters = list(CollectionLetter.objects.order_by("pk").values())
    return letters, LetterLine.objects.count(), TrailEntry.objects.count(), list(NumberSeries.objects.values())


def refused(client, by, number=None, day=DAY, **fields):
    """The codes and fields of a refusal that has changed nothing."""
    before = left()
    with pytest.raises(Refused) as found:
        prepare_letter(client.pk, by=by, day=day, level_id=number and level(number).pk, **fields)
    assert left() == before
    return [(each.code, each.field) for each in found.value.refusals]


def told_in(language, client):
    """Why no letter can be prepared."""
    with translation.override(language):
        return str(letters_offered(client.pk, DAY).why_none)


def test_the_same_letter_as_the_night_makes(anna):
    mine, nights = debtor(anna, name="Азимут"), debtor(anna, name="Компас")
    for client in (mine, nights):
        overdue_invoice(client, "20000.00", days=40)
        overdue_invoice(client, "1000.00", days=2)
    letter = prepare_letter(mine.pk, by=anna, day=DAY)
    assert prepare_letters(day=DAY) == 1
    other = CollectionLetter.objects.get(client=nights)
    same = ("level_id", "step", "repeat", "episode_on", "prepared_on", "channel", "status", "email", "subject")
    same += ("amount", "overdue", "penalty", "with_penalty", "decided_by_id")
    assert [getattr(letter, name) for name in same] == [getattr(other, name) for name in same]
    assert written(client=mine) == [(4, 0, later(-40), D("21000.00"), "proposed")]
    assert letter.text.replace("Азимут", "Компас").splitlines()[0] == other.text.splitlines()[0]
    lines = letter.lines.values_list("days", "open_amount", "penalty")
    assert list(lines) == list(other.lines.values_list("days", "open_amount", "penalty"))
    assert int(other.number[-6:]) - int(letter.number[-6:]) == 1, "one series"
    entries = TrailEntry.objects.filter(document_kind="orders.collectionletter", verb="create")
    assert list(entries.order_by("pk").values_list("document_id", "by", "reason")) == [
        (letter.pk, anna.pk, ""), (other.pk, None, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "levels"), [(-4, []), (-3, [1]), (0, [1]), (2, []), (3, [2]), (14, [3, 2]), (30, [4, 3, 2])]
)
def test_the_levels_that_fit(anna, days, levels):
    client = debtor(anna)
    open_invoice(client, "20000.00", due_on=later(-days))
    assert [each.level.level for each in letters_offered(client.pk, DAY).offers] == levels


def test_first_what_the_policy_takes_next(anna):
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=30)
    open_invoice(client, "5000.00", due_on=later(1))
    prepare_letters(day=DAY)
    letters = CollectionLetter.objects.filter(client=client)
    assert sorted(letters.values_list("step", flat=True)) == [1, 4]
    letters.filter(step=1).get().lines.all().delete()
    letters.filter(step=1).delete()
    assert [each.level.level for each in letters_offered(client.pk, DAY).offers] == [1, 4, 3, 2]


def test_the_night_does_not_send_it_again(anna):
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=14)
    prepare_letter(client.pk, by=anna, day=DAY, level_id=level(2).pk)
    assert prepare_letters(day=DAY) == 1, "the policy is one level further"
    prepare_letter(client.pk, by=anna, day=DAY, level_id=level(3).pk, reason="Потеряли")
    assert [prepare_letters(day=later(n)) for n in range(16)] == [0] * 16
    assert written() == [
        (2, 0, later(-14), D("20000.00"), "skipped"),
        (3, 0, later(-14), D("20000.00"), "skipped"),
        (3, 1, later(-14), D("20000.00"), "proposed"),
    ]
    assert prepare_letters(day=later(16)) == 1


@pytest.mark.parametrize("number", [3, 2])
def test_a_second_letter_of_the_level_or_a_lower_one_needs_a_reason(anna, number):
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=14)
    first = prepare_letter(client.pk, by=anna, day=DAY)
    assert refused(client, anna, number) == [("written_already", "reason")]
    assert refused(client, anna, number, reason="  ") == [("written_already", "reason")]
    skip_letter(first.pk, by=anna, reason="Рано")
    assert refused(client, anna, number) == [("written_already", "reason")]
    again = prepare_letter(client.pk, by=anna, day=later(1), level_id=level(number).pk, reason=" Не дошло ")
    assert (again.step, again.repeat, again.status) == (number, int(number == 3), "proposed")
    assert TrailEntry.objects.get(document_kind="orders.collectionletter", document_id=again.pk).reason == "Не дошло"
    third = prepare_letter(client.pk, by=anna, day=later(1), level_id=level(number).pk, reason="Ещё раз")
    assert third.repeat == again.repeat + 1


def test_a_higher_level_and_a_new_spell_need_no_reason(anna):
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=14)
    prepare_letter(client.pk, by=anna, day=DAY, level_id=level(2).pk)
    prepare_letter(client.pk, by=anna, day=DAY, level_id=level(3).pk)
    receive_payment(client_id=client.pk, amount=D("20000.00"), received_on=DAY, by=system_user())
    open_invoice(client, "3000.00", due_on=later(10))
    prepare_letter(client.pk, by=anna, day=later(13))
    assert [each[:3] for each in written()] == [(2, 0, later(-14)), (3, 0, later(-14)), (2, 0, later(10))]


def test_a_reminder_again_only_about_something_new(anna):
    client = debtor(anna)
    open_invoice(client, "5000.00", due_on=later(1))
    prepare_letter(client.pk, by=anna, day=DAY)
    assert prepare_letters(day=DAY) == 0
    assert refused(client, anna, 1) == [("written_already", "reason")]
    open_invoice(client, "7000.00", due_on=later(3))
    prepare_letter(client.pk, by=anna, day=DAY)
    assert prepare_letters(day=DAY) == 0
    prepare_letter(client.pk, by=anna, day=DAY, reason="Просили ещё раз")
    assert [each[:4] for each in written()] == [
        (1, 0, later(1), D("5000.00")), (1, 0, later(3), D("12000.00")), (1, 1, later(1), D("12000.00")),
    ]  # fmt: skip


def test_refused_where_nothing_fits(anna):
    client = debtor(anna)
    assert refused(client, anna) == [("nothing_late", "")]
    assert refused(client, anna, 1) == [("nothing_near", "")]
    assert refused(client, anna, 2) == [("nothing_late", "")]
    overdue_invoice(client, "5000.00", days=20, currency="USD")
    assert refused(client, anna) == [("nothing_late", "")]
    overdue_invoice(client, "9999.99", days=2)
    assert refused(client, anna) == refused(client, anna, 2) == [("not_so_late", "level")]
    overdue_invoice(client, "0.01", days=29)
    assert refused(client, anna, 4) == [("not_so_late", "level")]
    change_letter_level(level(3).pk, by=system_user(), is_active=False)
    assert refused(client, anna, 3) == [("not_in_force", "level")]


def test_the_smallest_sum(anna):
    client = debtor(anna)
    overdue_invoice(client, "9999.99", days=40)
    assert refused(client, anna, 4) == [("below_smallest", "level")]
    assert prepare_letter(client.pk, by=anna, day=DAY).step == 3
    overdue_invoice(client, "0.01", days=1)
    assert prepare_letter(client.pk, by=anna, day=DAY).amount == D("10000.00")


def test_a_stop_is_named_and_lifted(anna):
    client = debtor(anna, name="Азимут")
    overdue_invoice(client, "20000.00", days=14)
    entry = stop_letters(client_id=client.pk, by=anna, day=DAY, reason="Переговоры")
    assert refused(client, anna) == refused(client, anna, 3, reason="Надо") == [("on_stop_list", "")]
    assert told_in("en", client) == (
        f"No letters are written to Азимут: “Переговоры” ({anna.short_name}, 20\xa0Nov\xa02026). Allow them again on "
        "the page of the debtor or in the stop list."
    )
    assert told_in("ru", client) == (
        f"Клиенту Азимут письма не пишут: «Переговоры» ({anna.short_name}, 20.11.2026). Разрешите письма на странице "
        "должника или в стоп-листе."
    )
    allow_letters(entry.pk, by=anna, day=DAY)
    assert prepare_letter(client.pk, by=anna, day=DAY).step == 3


def test_disputed_invoices(anna):
    client = debtor(anna)
    bad = overdue_invoice(client, "20000.00", days=40)
    stop_letters(client_id=client.pk, by=anna, day=DAY, reason="Недостача", invoice_id=bad.pk)
    assert refused(client, anna) == refused(client, anna, 3) == [("disputed", "")]
    assert f": {bad.number} (“Недостача”). Allow letters about them again" in told_in("en", client)
    assert f": {bad.number} («Недостача»). Разрешите письма о них" in told_in("ru", client)
    good = overdue_invoice(client, "5000.00", days=4)
    letter = prepare_letter(client.pk, by=anna, day=DAY)
    assert (letter.step, letter.amount, letter.lines.get().invoice) == (2, D("5000.00"), good)


def test_automatic_levels_go_at_once(anna, django_capture_on_commit_callbacks):
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=14)
    change_letter_level(level(3).pk, by=system_user(), is_automatic=True)
    assert prepare_letter(client.pk, by=anna, day=DAY).status == "queued"
    silent = client_of(anna)
    overdue_invoice(silent, "20000.00", days=14)
    assert prepare_letter(silent.pk, by=anna, day=DAY).status == "proposed", "there is no address"


def test_who_may(anna, boris, vera, fedor, sonya):
    client = debtor(anna)
    overdue_invoice(client, "20000.00", days=14)
    before = left()
    for person in (vera, sonya):
        with pytest.raises(Forbidden):
            prepare_letter(client.pk, by=person, day=DAY)
    assert left() == before
    for person in (anna, boris, fedor):
        prepare_letter(client.pk, by=person, day=DAY, reason="Проверка прав")
    assert [each[1] for each in written()] == [0, 1, 2]


def browser(user, language="en"):
    found = Browser(headers={"Accept-Language": language})
    user.language = language
    user.save()
    found.force_login(user, backend="kam.sign_in.RoleBackend")
    return found


def late(manager, amount="36500.00", days=40):
    client = debtor(manager, name="Азимут")
    overdue_invoice(client, amount, days=days, day=today())
    return client


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Prepare a letter", "1 invoice · ₽36,500.00 · penalty ₽640.00 · waits for approval")),
        ("ru", ("Подготовить письмо", "1 счёт · 36\xa0500,00\xa0₽ · неустойка 640,00\xa0₽ · ждёт согласования")),
    ],
)
def test_from_the_page(anna, language, words):
    client = late(anna)
    web, address = browser(anna, language), f"/collecting/{client.pk}/letter/"
    assert address in web.get(f"/collecting/{client.pk}/").content.decode()
    assert address in web.get("/collecting/").content.decode()
    for headers in ({}, {"HX-Request": "true", "HX-Current-URL": "http://testserver/collecting/?days=10"}):
        page = web.get(address, headers=headers).content.decode()
        assert all(text in page for text in words)
        assert "id_reason" not in page
    assert (web.post(address, {"level": ""}).status_code, written()) == (422, [])
    answer = web.post(address, {"level": level(4).pk}, headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/collecting/?days=10")
    letter = CollectionLetter.objects.get()
    assert letter.number in web.get("/collecting/").content.decode()
    again = web.post(address, {"level": level(4).pk}, headers=headers)
    assert (again.status_code, CollectionLetter.objects.count()) == (422, 1)
    assert letter.number in again.content.decode()
    assert "id_reason" in again.content.decode()
    assert web.post(address, {"level": level(4).pk, "reason": "Не дошло"}).status_code == 303
    assert [each[:2] for each in written()] == [(4, 0), (4, 1)]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "No letters are written to Азимут: “Спор”"), ("ru", "Клиенту Азимут письма не пишут: «Спор»")],
)
def test_the_page_says_why_there_is_none(anna, language, words):
    client = late(anna)
    stop_letters(client_id=client.pk, by=anna, day=today(), reason="Спор")
    web, address = browser(anna, language), f"/collecting/{client.pk}/letter/"
    page = web.get(address).content.decode()
    assert words in page
    assert "data-submit" not in page
    assert words in web.post(address, {"level": level(4).pk}).content.decode()
    assert written() == []


def test_the_page_of_anothers_client(anna, vera, galina):
    address = f"/collecting/{late(anna).pk}/letter/"
    assert [browser(vera).get(address).status_code, browser(vera).post(address, {}).status_code] == [404, 404]
    assert browser(galina).post(address, {"level": level(4).pk}).status_code == 403
    assert written() == []


def post(user, client, body, **headers):
    call = APIClient()
    call.force_authenticate(User.objects.get(pk=user.pk))
    return call.post(f"/api/v1/debtors/{client.pk}/prepare-letter/", body, format="json", headers=headers)


def test_the_api(anna, vera, galina):
    client = late(anna)
    assert [post(vera, client, {}).status_code, post(galina, client, {}).status_code] == [404, 403]
    assert post(anna, client, {"level": 0}).status_code == 400
    assert written() == []
    made = post(anna, client, {}, **{"Idempotency-Key": "l1"})
    sent = made.json()
    assert (made.status_code, sent["status"], sent["step"], sent["repeat"], sent["penalty"]) == (
        201, "proposed", 4, 0, "640.00",
    )  # fmt: skip
    assert [(line["days"], line["open_amount"]) for line in sent["lines"]] == [(40, "36500.00")]
    assert post(anna, client, {}, **{"Idempotency-Key": "l1"}).json() == sent
    before = left()
    again = post(anna, client, {"level": level(3).pk}, **{"Accept-Language": "ru"})
    assert (again.status_code, again.json()["refusals"][0]["code"]) == (409, "written_already")
    assert left() == before
    repeated = post(anna, client, {"level": level(3).pk, "reason": "Не дошло"})
    assert (repeated.status_code, repeated.json()["step"], repeated.json()["repeat"]) == (201, 3, 0)
