"""Reservations in the browser: many released at once, each with its own result."""

import pytest
from django.urls import reverse
from django.utils import translation

from kam import clock
from orders.actions.reservations import release_reservation
from orders.models import Reservation, StockLevel
from tests.factories import DAY, buyer, confirmed_order, stocked_product
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_day():
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def held(anna, vera):
    goods = stocked_product(20)
    for keeper, units in ((anna, 2), (anna, 3), (vera, 4)):
        confirmed_order(buyer(keeper), keeper, {goods: units})
    return list(Reservation.objects.order_by("pk"))


def post(user, **fields):
    return visitor(user).post(reverse("orders:reservation_bulk"), fields).content.decode()


def sums(listing):
    return [cell["text"] for cell in listing.totals if cell["text"]]


def test_many_are_released_for_one_reason_each_with_its_result(anna, held):
    ended = held[1]
    release_reservation(ended.pk, by=anna, reason="Раньше")
    listed = visitor(anna).get(reverse("orders:reservation_list")).content.decode()
    assert 'name="step" value="release"' in listed
    pks = [each.pk for each in held]
    asked = post(anna, step="release", pk=pks)
    assert 'name="reason"' in asked and "× 2 for" in asked
    assert StockLevel.objects.get().reserved == 6
    assert 'name="reason"' in post(anna, step="release", pk=pks, sure="1", reason="")
    page = post(anna, step="release", pk=pks, sure="1", reason="Нужнее другому")
    assert "Done: 1 of 2." in page and "not reserved any more: Раньше" in page
    assert list(Reservation.objects.order_by("pk").values_list("status", "end_reason")) == [
        ("released", "Нужнее другому"), ("released", "Раньше"), ("live", ""),
    ]  # fmt: skip
    assert StockLevel.objects.get().reserved == 4


def test_the_list_opens_with_what_is_reserved_now_and_shows_the_rest_on_demand(anna, held):
    release_reservation(held[1].pk, by=anna, reason="Раньше")
    place = reverse("orders:reservation_list")
    page = visitor(anna).get(place).context["listing"]
    assert [row.pk for row in page.rows] == [held[0].pk]
    [chip] = page.chips
    assert (chip.value, chip.href, sums(page)) == ("Reserved", f"{place}?all=1", ["2"])
    page = visitor(anna).get(chip.href).context["listing"]
    assert [row.pk for row in page.rows] == [held[1].pk, held[0].pk] and page.chips == []
    assert sums(page) == ["5"]
    assert visitor(anna).get(f"{place}?status=released").context["listing"].rows == [held[1]]


def test_reserved_units_open_the_reservations_behind_them(anna, boris, held):
    level = StockLevel.objects.get()
    listing = visitor(boris).get(reverse("orders:stocklevel_list")).context["listing"]
    query = f"status=live&product={level.product_id}&warehouse={level.warehouse_id}"
    place = f"{reverse('orders:reservation_list')}?{query}"
    assert place.replace("&", "&amp;") in listing.rows_html
    assert sums(listing) == ["20", "9", "11"]
    behind = visitor(anna).get(place).context["listing"]
    assert [row.pk for row in behind.rows] == [held[1].pk, held[0].pk]


def test_without_the_right_nothing_is_offered_or_done(timur, held):
    assert 'value="release"' not in visitor(timur).get(reverse("orders:reservation_list")).content.decode()
    page = post(timur, step="release", pk=[held[0].pk], sure="1", reason="Так")
    assert "Done: 0 of" in page or "No row was selected" in page
    assert Reservation.objects.live().count() == 3


def test_what_asks_for_something_of_each_is_not_taken_on_many(anna, held):
    answer = visitor(anna).post(reverse("orders:reservation_bulk"), {"step": "prolong", "pk": [held[0].pk]})
    assert answer.status_code == 404
