"""The pages of clients as people use them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import place_hold
from accounts.models import Activity, Client, ClientHandover, CreditHold, CreditTerms, DecreedDay
from kam import clock
from kam.models import Substitution
from tests.factories import DAY, activity_of, client_of, outlet_of, price_column, requisites, terms_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday():
    with clock.at(DAY):
        yield


def browser_of(user, language="en"):
    user.language = language
    user.save(update_fields=["language"])
    browser = Browser()
    browser.force_login(user, backend="kam.sign_in.RoleBackend")
    return browser


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_kam_lists_own_clients_only(anna, vera):
    client_of(anna, name="Компас")
    client_of(vera, name="Чужой")
    page = text_of(browser_of(anna).get(reverse("accounts:client_list")))
    assert "Компас" in page
    assert "Чужой" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=компас", {"Компас"}),
        ("q=rjvgfc", set()),
        ("status=prospect", {"Маяк"}),
        ("channel=retail", {"Маяк"}),
        ("city=тул", {"Компас", "Якорь"}),
        ("no_next_step=true", {"Маяк", "Якорь"}),
        ("no_next_step=false", {"Компас"}),
        ("on_hold=true", {"Якорь"}),
    ],
)
def test_filters_of_the_list(anna, boris, query, found):
    compass = client_of(anna, name="Компас")
    client_of(anna, name="Маяк", status="prospect", channel="retail", city="Омск")
    anchor = client_of(anna, name="Якорь")
    activity_of(compass, anna)
    place_hold(anchor.pk, by=boris, reason="спор")
    page = text_of(browser_of(anna).get(f"{reverse('accounts:client_list')}?{query}"))
    assert {name for name in ("Компас", "Маяк", "Якорь") if f">{name}</a>" in page} == found


def test_the_client_page_says_what_stands_in_the_way_and_what_comes_next(anna, boris):
    client = client_of(anna, name="Компас")
    activity_of(client, anna, subject="Показать новинки", due_on=DAY - dt.timedelta(1))
    place_hold(client.pk, by=boris, reason="Не оплатили в срок")
    page = text_of(browser_of(anna).get(reverse("accounts:client_detail", args=[client.pk])))
    assert "Не оплатили в срок" in page
    assert "No terms are valid today" in page
    assert "Показать новинки" in page
    assert "figure-wrong" in page
    terms_of(client, credit_limit=Decimal("1500000.00"))
    page = text_of(browser_of(anna).get(reverse("accounts:client_detail", args=[client.pk])))
    assert "No terms are valid today" not in page
    assert "₽1,500,000.00" in page


def test_the_client_page_asks_as_much_for_many_rows_as_for_few(anna):
    client = client_of(anna)
    terms_of(client)
    browser = browser_of(anna)
    address = reverse("accounts:client_detail", args=[client.pk])

    def queries(tab=""):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address + tab).status_code == 200
        return len(asked)

    for tab in ("", "?tab=activities", "?tab=outlets", "?tab=contacts", "?tab=terms", "?tab=managers"):
        activity_of(client, anna)
        outlet_of(client)
        few = queries(tab)
        for _ in range(4):
            activity_of(client, anna)
            outlet_of(client)
        assert queries(tab) == few, tab
        assert few <= 22, tab


def test_a_client_is_entered_with_its_faults_beside_the_fields(anna):
    browser, address = browser_of(anna), reverse("accounts:client_new")
    fields = {"name": "Компас", "channel": "dealer", **requisites(), "kpp": "12"}
    answer = browser.post(address, {**fields, "inn": "0000000000"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert 'id="id_inn_error"' in page
    assert 'id="id_kpp_error"' in page
    assert 'value="Компас"' in page
    assert not Client.objects.exists()
    answer = browser.post(address, {**fields, "kpp": "770101001"})
    client = Client.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/clients/{client.pk}/")
    assert (client.manager, client.name) == (anna, "Компас")


def test_a_warning_is_shown_and_passes_once_ticked(anna):
    browser, address = browser_of(anna), reverse("accounts:client_new")
    fields = {"name": "Музей", "channel": "dealer", **requisites(), "account": "03100643000000011700"}
    answer = browser.post(address, fields)
    assert answer.status_code == 409
    assert "treasury_account" in text_of(answer)
    assert not Client.objects.exists()
    answer = browser.post(address, {**fields, "confirmed_warning": "treasury_account"})
    assert answer.status_code == 303
    assert Client.objects.get().account == "03100643000000011700"


def test_who_saves_over_another_is_shown_what_changed(anna, sonya):
    client = client_of(anna, name="Компас")
    address = reverse("accounts:client_edit", args=[client.pk])
    fields = {"name": "Компас", "channel": "dealer", "city": "Орёл", "version": "1"}
    numbers = {name: getattr(client, name) for name in requisites()}
    assert browser_of(sonya).post(address, {**fields, **numbers}).status_code == 303
    answer = browser_of(anna).post(address, {**fields, **numbers, "city": "Ливны"})
    assert answer.status_code == 409
    assert "Ливны" in text_of(answer)
    assert Client.objects.get().city == "Орёл"


@pytest.mark.parametrize(
    "name", ["client_detail", "client_edit", "client_hand_over", "credithold_lift", "activity_complete"]
)
def test_a_strangers_ids_are_not_there(anna, gleb, boris, name):
    client = client_of(anna)
    rows = {
        "credithold_lift": lambda: place_hold(client.pk, by=boris, reason="спор"),
        "activity_complete": lambda: activity_of(client, anna),
    }
    row = rows.get(name, lambda: client)()
    address = reverse(f"accounts:{name}", args=[row.pk])
    stranger = browser_of(gleb)
    assert stranger.get(address).status_code == 404
    if name != "client_detail":
        assert stranger.post(address, {"reason": "x", "result": "x", "to_manager": gleb.pk}).status_code == 404
    assert Client.objects.get().manager == anna
    assert not CreditHold.objects.exclude(lifted_at=None).exists()
    assert not Activity.objects.exclude(done_at=None).exists()


def test_choices_offer_only_what_one_may_see(anna, vera):
    client_of(anna, name="Компас")
    client_of(vera, name="Чужой")
    address = reverse("kam:choices", args=["accounts", "client"])
    found = browser_of(anna).get(address).json()["items"]
    assert [item["text"] for item in found] == ["Компас"]
    theirs = Client.objects.get(name="Чужой")
    answer = browser_of(anna).post(
        reverse("accounts:activity_new"), {"client": theirs.pk, "kind": "call", "subject": "x", "due_on": "20.11.2026"}
    )
    assert answer.status_code == 422
    assert not Activity.objects.exists()


def test_outlets_are_offered_of_the_client_at_hand(anna):
    client, other = client_of(anna), client_of(anna)
    own = outlet_of(client, name="Ленина, 1")
    outlet_of(other, name="Мира, 2")
    address = reverse("kam:choices", args=["accounts", "outlet"])
    found = browser_of(anna).get(f"{address}?client={client.pk}").json()["items"]
    assert [item["value"] for item in found] == [str(own.pk)]


def test_only_who_can_look_after_clients_is_offered_for_it(anna, boris, marina):
    address = reverse("kam:choices", args=["kam", "user"])
    found = browser_of(boris).get(f"{address}?keepers=1").json()["items"]
    assert {item["text"] for item in found} == {"Аннина А.", "Борисов Б."}


def test_the_day_begins_with_ones_own_week(anna, dasha):
    client = client_of(anna, name="Компас")
    activity_of(client, anna, subject="Просроченное", due_on=DAY - dt.timedelta(1))
    activity_of(client, anna, subject="Сегодняшнее")
    activity_of(client, anna, subject="Далёкое", due_on=DAY + dt.timedelta(30))
    activity_of(client_of(dasha), dasha, subject="Чужое")
    client_of(anna, name="Забытый")
    page = text_of(browser_of(anna).get("/"))
    assert page.index("Просроченное") < page.index("Сегодняшнее")
    assert "Далёкое" not in page
    assert "Чужое" not in page
    assert "Забытый" in page


def test_a_deputys_day_holds_the_week_of_the_absent(anna, vera, boris):
    activity_of(client_of(anna), anna, subject="За Анну")
    Substitution.objects.create(absent=anna, deputy=vera, starts_on=DAY, ends_on=DAY, arranged_by=boris)
    assert "За Анну" in text_of(browser_of(vera).get("/"))


def test_done_with_a_few_words_from_the_first_screen(anna):
    call = activity_of(client_of(anna), anna)
    address = reverse("accounts:activity_complete", args=[call.pk])
    browser = browser_of(anna)
    answer = browser.post(address, {"result": "", "back": "/"})
    assert answer.status_code == 422
    assert Activity.objects.get().done_at is None
    fields = {"result": "Заказ будет", "next_subject": "Проверить заказ", "next_due_on": "24.11.2026", "back": "/"}
    answer = browser.post(address, fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    following = Activity.objects.get(done_at=None)
    assert (following.subject, following.due_on, following.owner) == ("Проверить заказ", dt.date(2026, 11, 24), anna)


def test_a_head_hands_all_clients_of_a_kam_over(boris, anna, dasha):
    for _ in range(2):
        client_of(anna)
    browser, address = browser_of(boris), reverse("accounts:clients_hand_over")
    answer = browser.post(address, {"to_manager": dasha.pk, "reason": "декрет"})
    assert answer.status_code == 422
    assert not Client.objects.filter(manager=dasha).exists()
    answer = browser.post(address, {"from_manager": anna.pk, "to_manager": dasha.pk, "reason": "декрет"})
    assert answer.status_code == 303
    assert Client.objects.filter(manager=dasha).count() == 2
    assert ClientHandover.objects.filter(reason="декрет").count() == 2


def test_a_kam_has_no_hand_over(anna):
    client = client_of(anna)
    browser = browser_of(anna)
    assert browser.get(reverse("accounts:client_hand_over", args=[client.pk])).status_code == 403
    page = text_of(browser.get(reverse("accounts:client_detail", args=[client.pk])))
    assert "hand-over" not in page


def test_terms_begin_with_those_of_today_and_end_them(boris, anna):
    client = client_of(anna)
    terms_of(client, credit_limit=Decimal("1250000.00"), days=21)
    browser, address = browser_of(boris, "ru"), reverse("accounts:creditterms_new")
    page = text_of(browser.get(f"{address}?client={client.pk}"))
    assert 'value="1\u00a0250\u00a0000,00"' in page
    assert 'value="21"' in page
    fields = {
        "client": client.pk, "starts_on": "01.12.2026", "credit_limit": "2 000 000,50", "days": "30",
        "day_kind": "working", "price_column": price_column().pk, "discount_percent": "1,5",
        "overdue_days_allowed": "3", "overdue_amount_allowed": "0",
    }  # fmt: skip
    assert browser.post(address, fields).status_code == 303
    latest, former = CreditTerms.objects.order_by("-starts_on")
    assert (latest.credit_limit, latest.discount_percent) == (Decimal("2000000.50"), Decimal("1.50"))
    assert former.ends_on == dt.date(2026, 11, 30)


def test_a_hold_is_placed_and_lifted(boris, anna):
    client = client_of(anna)
    browser = browser_of(boris)
    answer = browser.post(reverse("accounts:credithold_new"), {"client": client.pk, "reason": "спор"})
    hold = CreditHold.objects.get()
    assert answer.headers["Location"] == reverse("accounts:credithold_detail", args=[hold.pk])
    address = reverse("accounts:credithold_lift", args=[hold.pk])
    assert browser_of(anna).post(address, {"reason": "пора"}).status_code == 403
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert CreditHold.objects.get().lifted_at is None
    assert browser.post(address, {"reason": "договорились"}).status_code == 303
    assert CreditHold.objects.get().lift_reason == "договорились"


def test_a_decreed_day_is_set_and_removed(admin):
    browser = browser_of(admin)
    browser.post(reverse("accounts:decreedday_new"), {"day": "31.12.2026", "is_working": "no", "comment": "№ 7"})
    decreed = DecreedDay.objects.get()
    assert (decreed.day, decreed.is_working) == (dt.date(2026, 12, 31), False)
    assert browser.post(reverse("accounts:decreedday_clear", args=[decreed.pk])).status_code == 303
    assert not DecreedDay.objects.exists()


def test_who_has_an_outlet_only_neither_edits_its_client_nor_sees_its_limit(anna, vera):
    client = client_of(anna)
    terms_of(client, credit_limit=Decimal("1234567.00"))
    outlet_of(client, vera)
    browser = browser_of(vera)
    page = browser.get(reverse("accounts:client_detail", args=[client.pk]))
    assert page.status_code == 200
    assert "1,234,567" not in text_of(page)
    assert "1,234,567" not in text_of(browser.get(reverse("accounts:client_list")))
    assert "1,234,567" in text_of(browser_of(anna).get(reverse("accounts:client_list")))
    address = reverse("accounts:client_edit", args=[client.pk])
    assert address not in text_of(page)
    fields = {"name": "Мой", "channel": "dealer", "version": "1"}
    assert browser.post(address, fields).status_code == 403
    assert Client.objects.get().name == client.name
