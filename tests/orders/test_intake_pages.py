"""Rough orders in the browser: handed over by a KAM, entered by sales support, compared line by line."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from kam import clock
from kam.inbox import trays_for
from orders.actions.intakes import IntakeLineInput, create_intake
from orders.models import Intake, Order
from tests.factories import DAY, buyer, product, stocked_product, warehouse
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_day():
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def dealer(anna):
    warehouse()
    return buyer(anna)


def url(name, *args):
    return reverse(f"orders:intake_{name}", args=args)


def sent(dealer, text="", many="", **fields):
    return {
        "client": dealer.pk, "text": text, "many": many, "wanted_on": "", "promised_total": "",
        "lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0, **fields,
    }  # fmt: skip


def test_words_and_pasted_rows_become_lines_whatever_is_known(anna, dealer):
    goods = product(sku="NAV-700")
    many = "NAV-700\t5\t950\nчехлы, как в прошлый раз\t10\nпозвонить вечером"
    answer = visitor(anna).post(url("new"), sent(dealer, "Срочно", many))
    intake = Intake.objects.get()
    assert answer["Location"] == url("detail", intake.pk)
    assert list(intake.lines.values_list("product", "wording", "quantity")) == [
        (goods.pk, "", 5), (None, "чехлы, как в прошлый раз", 10),
    ]  # fmt: skip
    assert intake.text == "Срочно\nпозвонить вечером"


def test_nothing_asked_for_is_refused_beside_the_field(anna, dealer):
    answer = visitor(anna).post(url("new"), sent(dealer))
    assert answer.status_code == 422
    assert "Say what the client asks for" in answer.content.decode()
    assert not Intake.objects.exists()


def test_support_enters_it_and_the_difference_is_shown(anna, sonya, dealer):
    goods = stocked_product(5, sku="NAV-700")
    visitor(anna).post(url("new"), sent(dealer, many="NAV-700\t5\t950\nчехлы\t10"))
    intake = Intake.objects.get()
    answer = visitor(sonya).post(url("enter", intake.pk))
    order = Order.objects.get()
    assert answer["Location"] == reverse("orders:order_entry", args=[order.pk])
    assert list(order.lines.values_list("product", "quantity")) == [(goods.pk, 5)]
    grid = visitor(sonya).get(answer["Location"]).content.decode()
    assert "“чехлы”" in grid
    for address in (url("detail", intake.pk), reverse("orders:order_detail", args=[order.pk])):
        page = visitor(anna).get(address).content.decode()
        assert "Promised and entered" in page and "чехлы" in page and "differs" in page


def test_a_kam_cannot_enter_and_a_stranger_sees_nothing(anna, vera, dealer):
    visitor(anna).post(url("new"), sent(dealer, "Десять навигаторов"))
    intake = Intake.objects.get()
    assert visitor(anna).post(url("enter", intake.pk)).status_code == 403
    for name in ("detail", "edit"):
        assert visitor(vera).get(url(name, intake.pk)).status_code == 404
    assert visitor(vera).post(url("enter", intake.pk)).status_code == 404
    assert not Order.objects.exists()


def test_an_entered_one_is_not_entered_twice(anna, sonya, dealer):
    visitor(anna).post(url("new"), sent(dealer, "Десять навигаторов"))
    intake = Intake.objects.get()
    assert visitor(sonya).post(url("enter", intake.pk)).status_code == 303
    assert visitor(sonya).post(url("enter", intake.pk)).status_code == 409
    assert Order.objects.count() == 1


def test_the_first_screen_counts_troubles(anna, sonya, dealer):
    visitor(anna).post(url("new"), sent(dealer, "Десять навигаторов"))
    page = visitor(anna).get(reverse("kam:today")).content.decode()
    assert "No order waits for anything." in page
    assert visitor(sonya).get(reverse("kam:counters")).json()["orders.intake"] == 1
    assert visitor(anna).get(reverse("kam:counters")).json()["orders.intake"] == 0


def test_the_inbox_tells_what_each_promises(anna, sonya, dealer):
    intake = create_intake(
        by=anna, day=DAY, client_id=dealer.pk, text="six navigators", wanted_on=DAY, promised_total=Decimal("64000"),
        lines=[IntakeLineInput(6, wording="navigators")],
    )  # fmt: skip
    (item,) = [item for tray in trays_for(sonya) for item in tray.items if item.document == intake]
    assert {str(effect.label): effect.value for effect in item.effects} == {
        "Promised total": Decimal("64000"), "Wanted on": DAY, "Lines": 1, "What the client asks for": "six navigators",
    }  # fmt: skip
