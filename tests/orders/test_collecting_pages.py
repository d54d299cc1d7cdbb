import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client as Browser
from rest_framework.test import APIClient

from accounts.actions import create_contact
from accounts.models import Activity
from kam.clock import today
from kam.models import User
from orders.actions.letters import prepare_letters
from orders.actions.shipping_stops import roll_stops
from orders.actions.snapshots import take_ageing_snapshot
from orders.models import CollectionLetter, Debtor, PaymentPromise, StopListEntry
from tests.factories import client_of, open_invoice, our_company, outlet_of, overdue_invoice, system_user

D = Decimal
pytestmark = pytest.mark.django_db


def debtor(manager, name, amount, days, **fields):
    client = client_of(manager, name=name, **fields)
    overdue_invoice(client, amount, days=days, day=today())
    return client


def browser(user):
    found = Browser()
    found.force_login(user, backend="kam.sign_in.RoleBackend")
    return found


def owing(user):
    rows = Debtor.objects.visible_to(user).owing(today()).order_by("-priority")
    return [(row.name, row.overdue, row.oldest_days, row.priority) for row in rows]


def test_the_heaviest_first(anna, vera):
    debtor(anna, "Мало, но давно", "10000.00", 200)
    debtor(anna, "Много, но недавно", "100000.00", 10)
    open_invoice(client_of(anna, name="В срок"), "500000.00", due_on=today())
    overdue_invoice(client_of(anna, name="В долларах"), "5000.00", days=9, day=today(), currency="USD")
    debtor(vera, "Чужой", "1.00", 1)
    assert owing(anna) == [
        ("Мало, но давно", D("10000.00"), 200, 2000),
        ("Много, но недавно", D("100000.00"), 10, 1000),
    ]


def test_who_sees_whom(anna, boris, vera, fedor):
    client = debtor(anna, "Азимут", "100.00", 5)
    outlet_of(client, vera)
    assert [len(owing(user)) for user in (anna, boris, vera, fedor)] == [1, 1, 0, 1]
    assert browser(vera).get(f"/collecting/{client.pk}/").status_code == 404
    assert browser(vera).post(f"/collecting/{client.pk}/call/", {"result": "Нет"}).status_code == 404
    assert not Activity.objects.exists()


def test_the_list_filters_searches_and_exports(anna):
    client = debtor(anna, "Азимут", "5000.00", 40, phone="+7 900 111-22-33")
    create_contact(by=system_user(), client=client, name="Петрова М.", role="accountant", phone="+7 900 555-66-77")
    debtor(anna, "Компас", "900.00", 3)
    get = browser(anna).get
    page = get("/collecting/").content.decode()
    assert page.index("Азимут") < page.index("Компас")
    assert "tel:+7 900 555-66-77" in page
    assert "Компас" not in get("/collecting/?overdue=1000").content.decode()
    assert "Азимут" not in get("/collecting/?q=комп").content.decode()
    for query in ("days=10", "promised=false", "stopped=false", "without_step=true", "silent_since=01.01.2026"):
        assert "Азимут" in get(f"/collecting/?{query}").content.decode(), query
    lines = b"".join(get("/collecting/export/?format=csv")).decode().splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == ["Азимут", "Компас"]
    assert "+7 900 555-66-77" in lines[1]


@pytest.mark.parametrize("sort", ["-priority", "overdue", "-oldest_days", "oldest_days"])
def test_the_list_after_a_night_is_the_same(sort, anna):
    for number in range(66):
        debtor(anna, f"Клиент {number:02}", f"{number % 12 + 1}000.00", number % 11 + 3)
    get = browser(anna).get
    query = f"/collecting/?sort={sort}&overdue=2000&days=4"
    before = listed(get, query)
    take_ageing_snapshot(day=today() - dt.timedelta(days=1))
    assert listed(get, query) == before
    assert [len(rows) for rows in before[:2]] == [50, 5]


def test_of_many_late_invoices_the_rest_are_computed_on_their_own_pages(anna):
    client = debtor(anna, "Азимут", "5000.00", 90)
    others = [overdue_invoice(client, "1000.00", days=80 - number, day=today()) for number in range(6)]
    page = browser(anna).get(f"/collecting/{client.pk}/").content.decode()
    assert page.count('<details class="opening">') == 3
    for invoice, href in ((others[1], ""), (others[4], f"/invoices/{others[4].pk}/")):
        assert f'href="{href}#penalty-{invoice.pk}"' in page
    assert f'id="penalty-{others[4].pk}"' in browser(anna).get(f"/invoices/{others[4].pk}/").content.decode()


def test_late_invoices_are_listed_by_due_date(anna):
    client = client_of(anna)
    for number, days in (("Б1", 3), ("Б2", 9), ("Б3", 5)):
        overdue_invoice(client, "1.00", days=days, day=today(), number=number)
    get = browser(anna).get
    for query, numbers in (("", ["Б1", "Б3", "Б2"]), ("&sort=due_on", ["Б2", "Б3", "Б1"])):
        rows = get(f"/invoices/?overdue=true{query}").context["listing"].rows
        assert [row.number for row in rows] == numbers


def listed(get, query):
    """The rows of the first page of the list in their order, those of the next one, and the totals."""
    listing = get(query).context["listing"]
    rest = get(listing.next_url).context["listing"].rows
    rows = [[(row.name, row.overdue, row.priority, row.oldest_on) for row in each] for each in (listing.rows, rest)]
    return *rows, listing.summary


def test_a_call_and_a_promise_from_the_list(anna):
    client = debtor(anna, "Азимут", "5000.00", 40)
    web = browser(anna)
    over_the_list = {"HX-Request": "true", "HX-Current-URL": "http://testserver/collecting/?days=10"}
    dialog = web.get(f"/collecting/{client.pk}/promise/", headers=over_the_list)
    assert dialog.templates[0].name == "kam/partials/step.html"
    values = {"amount": "5 000,00", "due_on": f"{today() + dt.timedelta(days=3):%d.%m.%Y}", "grace_days": "1"}
    values |= {"threshold_percent": "100", "note": "Обещали"}
    wrong = web.post(f"/collecting/{client.pk}/promise/", {**values, "amount": ""}, headers=over_the_list)
    assert (wrong.status_code, PaymentPromise.objects.count()) == (422, 0)
    answer = web.post(f"/collecting/{client.pk}/promise/", values, headers=over_the_list)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/collecting/?days=10")
    promise = PaymentPromise.objects.get()
    assert (promise.amount, promise.client_id, promise.activity.result) == (D("5000.00"), client.pk, "Обещали")
    assert web.post(f"/collecting/{client.pk}/call/", {"result": "Перезвонят"}).status_code == 303
    assert Activity.objects.filter(result="Перезвонят", done_by=anna).count() == 1
    page = web.get("/collecting/").content.decode()
    assert "5\xa0000,00\xa0₽" in page


def test_a_row_offers_what_the_reader_may_do(anna, boris, fedor, sonya):
    client = debtor(anna, "Азимут", "100.00", 5)
    deeds = [f"/collecting/{client.pk}/{deed}/" for deed in ("call", "promise", "letter", "no-letters")]
    offered = {}
    for person in (anna, boris, fedor, sonya):
        visitor = browser(person)
        text = visitor.get("/collecting/").content.decode()
        offered[person] = [address for address in deeds if f'href="{address}"' in text]
        assert offered[person] == [address for address in deeds if visitor.get(address).status_code == 200]
    assert offered[anna] == deeds and offered[sonya] != deeds


def test_the_page_of_a_debtor_opens_every_sum(anna, boris):
    our_company()
    client = debtor(anna, "Азимут", "36500.00", 40)
    prepare_letters(day=today())
    roll_stops(day=today())
    StopListEntry.objects.create(client=client, starts_on=today(), reason="Спор", placed_by=anna)
    for address in (f"/collecting/{client.pk}/", f"/clients/{client.pk}/?tab=collecting"):
        page = browser(boris).get(address).content.decode()
        assert "640,00" in page, "36 500 × 16 % × 40 / 365"
        assert "Спор" in page
    invoice = client.invoices.get()
    assert "640,00" in browser(anna).get(f"/invoices/{invoice.pk}/").content.decode()
    letter = CollectionLetter.objects.get()
    answer = browser(anna).get(f"/letters/{letter.pk}/claim.pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_the_pages_ask_as_often_for_many(anna, django_assert_max_num_queries):
    for number in range(12):
        debtor(anna, f"Клиент {number}", "5000.00", 40)
    web = browser(anna)
    web.get("/collecting/")
    with django_assert_max_num_queries(22):
        web.get("/collecting/")


def api(user):
    found = APIClient()
    found.force_authenticate(User.objects.get(pk=user.pk))
    return found


def test_the_api(anna, fedor):
    client = debtor(anna, "Азимут", "36500.00", 40)
    call = api(anna)
    (row,) = call.get("/api/v1/debtors/?overdue=0.01").json()["results"]
    assert (row["overdue"], row["oldest_days"], row["priority"]) == ("36500.00", 40, 1460)
    (found,) = call.get(f"/api/v1/debtors/{client.pk}/penalties/").json()
    assert (found["amount"], found["basis"], found["lines"][0]["days"]) == ("640.00", "law", 40)
    assert call.post(f"/api/v1/debtors/{client.pk}/call/", {"result": "Да"}, format="json").status_code == 201
    due_on = (today() + dt.timedelta(days=2)).isoformat()
    body = {"client": client.pk, "amount": "100.00", "due_on": due_on}
    made = call.post("/api/v1/payment-promises/", body, format="json")
    assert (made.status_code, made.json()["status"]) == (201, "open")
    again = call.post("/api/v1/payment-promises/", body, format="json")
    assert (again.status_code, PaymentPromise.objects.count()) == (409, 1)
    prepare_letters(day=today())
    letter = CollectionLetter.objects.get()
    changed = call.patch(f"/api/v1/letters/{letter.pk}/", {"email": "a@b.example"}, format="json")
    assert changed.json()["email"] == "a@b.example"
    assert call.post(f"/api/v1/letters/{letter.pk}/send/", {}, format="json").json()["status"] == "queued"
    assert call.post("/api/v1/key-rates/", {"starts_on": due_on, "rate": "15.5"}, format="json").status_code == 403
    rate = api(fedor).post("/api/v1/key-rates/", {"starts_on": due_on, "rate": "15.5"}, format="json")
    assert rate.status_code == 201


def test_a_letter_says_what_it_leaves_out(anna):
    client = debtor(anna, "Азимут", "36500.00", 40)
    foreign = overdue_invoice(client, "250.00", days=35, day=today(), currency="USD")
    prepare_letters(day=today())
    letter = CollectionLetter.objects.get()
    page = browser(anna).get(f"/letters/{letter.pk}/").content.decode()
    assert letter.lines.count() == 1
    assert "В письмо не вошли: письма требуют только рублёвые долги." in page
    assert f">{foreign.number}</a> (250,00\xa0$, срок" in page
