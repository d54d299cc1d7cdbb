"""Money in on the screen and over the API: the queue, a proposal by form, the second key from the inbox."""

from decimal import Decimal

import pytest
from django.urls import reverse

from kam.imports import Upload, importer_named
from orders.actions.placements import Share
from orders.models import BankStatementLine, Payment
from orders.pages.bank import lines_of, shares_of
from tests.conftest import person
from tests.factories import DAY, client_of, payment_of
from tests.orders.statement_files import document, exchange, our_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(tmp_path, fedor):
    path = tmp_path / "bank.txt"
    path.write_text(exchange(document("100.00")), encoding="cp1251")
    our_account()
    importer_named("statements").commit(Upload(files=(("bank.txt", path),), by=fedor, day=DAY))
    return BankStatementLine.objects.get()


def test_two_people_place_a_line_on_the_screen(client, line, anna, fedor):
    payer, other = client_of(anna), client_of(anna)
    client.force_login(fedor)
    assert "Иванов И. И." in client.get(f"{reverse('orders:placements')}?part=parked").content.decode()
    step = reverse("orders:bankstatementline_step", args=[line.pk, "propose"])
    client.post(step, {"client": payer.pk, "client_2": other.pk, "amount_2": "40,00", "reason": "Две фирмы"})
    line.refresh_from_db()
    assert [part["amount"] for part in line.proposal["parts"]] == ["60.00", "40.00"]
    client.force_login(person("galina", "Галина", "Галина", "finance_director"))
    assert str(payer) in client.get("/inbox/").content.decode()
    client.post(reverse("orders:bankstatementline_bulk"), {"step": "confirm", "pk": [line.pk]})
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [40, 60]


def test_what_was_found_is_proposed_from_its_row_by_who_may(client, line, anna, fedor):
    payer = client_of(anna)
    BankStatementLine.objects.update(client=payer, status="to_place", confidence="likely")
    row = f'name="pk" value="{line.pk}"><button class="btn btn-sm btn-outline-primary" name="step" value="propose"'
    client.force_login(fedor)
    assert row in client.get(reverse("orders:placements")).content.decode()
    sent = {"step": "propose", "pk": line.pk, "back": reverse("orders:placements")}
    answer = client.post(reverse("orders:bankstatementline_bulk"), sent)
    assert answer.headers["Location"] == reverse("orders:placements")
    line.refresh_from_db()
    assert (line.status, line.proposed_by) == ("proposed", fedor)


def test_who_only_looks_is_offered_no_proposal(client, line, anna):
    payer = client_of(anna)
    BankStatementLine.objects.update(client=payer, status="to_place", confidence="likely")
    client.force_login(person("olga", "Ольга", "Орлова", "general_director"))
    page = client.get(reverse("orders:placements")).content.decode()
    assert str(payer) in page
    assert 'value="propose"' not in page
    assert reverse("orders:bankstatementline_step", args=[line.pk, "propose"]) not in page


def test_a_line_is_split_among_as_many_clients_as_paid_with_it(client, line, anna, fedor):
    payers = [client_of(anna) for _n in range(6)]
    client.force_login(fedor)
    step = reverse("orders:bankstatementline_step", args=[line.pk, "propose"])
    typed = {"client": payers[0].pk, "client_2": payers[1].pk, "amount_2": "10,01", "more": "on"}
    asked = client.post(step, typed)
    form = asked.context["form"]
    assert asked.status_code == 422 and "client_8" in form.fields and form["amount_2"].value() == "10,01"
    line.refresh_from_db()
    assert line.proposal is None
    shares = {f"client_{n}": payer.pk for n, payer in enumerate(payers[1:], 2)}
    client.post(step, {"client": payers[0].pk, **shares, **{f"amount_{n}": "10,01" for n in range(2, 7)}})
    line.refresh_from_db()
    assert [part["amount"] for part in line.proposal["parts"]] == ["49.95"] + ["10.01"] * 5


def test_the_api_proposes_and_refuses_the_same_hand(client, line, anna, fedor):
    payer = client_of(anna)
    client.force_login(fedor)
    body = {"shares": [{"client": payer.pk, "amount": "100.00"}]}
    answer = client.post(f"/api/v1/bank-lines/{line.pk}/propose/", body, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["status"] == "proposed"
    answer = client.post(f"/api/v1/bank-lines/{line.pk}/confirm/", {}, content_type="application/json")
    assert answer.status_code == 409 and not Payment.objects.exists()


def test_the_api_gives_money_back(client, anna, fedor):
    paid = payment_of(client_of(anna), "50.00")
    client.force_login(fedor)
    body = {"amount": "20.00", "reason": "Переплата"}
    answer = client.post(f"/api/v1/payments/{paid.pk}/refund/", body, content_type="application/json")
    assert answer.status_code == 201 and answer.json()["amount"] == "20.00"
    paid.refresh_from_db()
    assert paid.unallocated == Decimal("30.00")


def test_who_does_not_handle_money_finds_nothing(client, line, anna):
    client.force_login(anna)
    assert client.get(reverse("orders:placements")).status_code == 403
    assert client.get(f"/api/v1/bank-lines/{line.pk}/").status_code in (403, 404)
    step = reverse("orders:bankstatementline_step", args=[line.pk, "propose"])
    assert client.post(step, {"client": client_of(anna).pk, "reason": "Моё"}).status_code in (403, 404)
    line.refresh_from_db()
    assert (line.proposal, line.status) == (None, "parked")


def test_lines_behind_a_page_are_read_as_its_person_may(line, anna, fedor):
    payer = client_of(anna)
    assert list(lines_of(line.statement, fedor)) == [line]
    assert list(lines_of(line.statement, anna)) == []
    assert shares_of(line.pk, {"client": payer}, fedor) == [Share(payer.pk, Decimal("100.00"))]
    with pytest.raises(BankStatementLine.DoesNotExist):
        shares_of(line.pk, {"client": payer}, anna)
