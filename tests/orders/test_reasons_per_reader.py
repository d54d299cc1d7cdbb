"""What the program writes by itself is told in the language of who reads it, with that reader's numbers and dates."""

import datetime as dt
import html
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.utils import translation
from rest_framework.test import APIClient

from accounts.actions import lift_hold, place_hold
from accounts.models import CreditHold
from kam.clock import today
from kam.models import Notification, TrailEntry
from kam.notifications import text_of
from kam.phrases import Phrase, parts_of, told_of
from kam.wording import worded
from orders.actions.confirming import confirm_order
from orders.actions.expiring import expire_reservations
from orders.actions.payments import receive_payment
from orders.actions.shipping_stops import roll_stops
from orders.models import Reservation, ShippingStop
from orders.wording import CREDIT
from tests.factories import DAY, buyer, confirmed_order, overdue_invoice, stocked_product, submitted_order, system_user

D = Decimal
pytestmark = pytest.mark.django_db
RUSSIAN = "Просрочено больше чем на 30 дн.: 50 000,00 ₽, самый старый долг — 31 дн."
ENGLISH = "₽50,000.00 late by more than 30 days, the oldest by 31."
PAID = {"ru": "Просрочки сверх правила больше нет.", "en": "Nothing is late beyond the rule any more."}


def seen(user, language, address):
    user.language = language
    user.save(update_fields=["language"])
    browser = Browser()
    browser.force_login(user, backend="kam.sign_in.RoleBackend")
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode()).replace("\xa0", " ")


def api_of(user, language, address):
    user.language = language
    user.save(update_fields=["language"])
    client = APIClient()
    client.force_login(user, backend="kam.sign_in.RoleBackend")
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.json()


def stopped(manager, day=None):
    """A client that the night of a Russian program stopped."""
    client = buyer(manager)
    overdue_invoice(client, "50000.00", days=31, day=day or today())
    with translation.override("ru"):
        assert roll_stops(day=day or today()) == 1
    return client


def test_pages_tell_a_stop_to_each_reader(anna):
    client = stopped(anna)
    hold, stop = CreditHold.objects.get(), ShippingStop.objects.get()
    for address in (
        f"/holds/{hold.pk}/", "/holds/", f"/clients/{client.pk}/", f"/shipping-stops/{stop.pk}/",
        f"/collecting/{client.pk}/",
    ):  # fmt: skip
        russian, english = seen(anna, "ru", address), seen(anna, "en", address)
        assert RUSSIAN in russian, address
        assert ENGLISH not in russian, address
        assert ENGLISH in english, address
        assert "Просрочено больше" not in english, address


def test_the_api_tells_it_to_each_reader(anna):
    client = stopped(anna)
    for language, text in (("ru", RUSSIAN), ("en", ENGLISH)):
        for address in (
            f"/api/v1/holds/?client={client.pk}", f"/api/v1/shipping-stops/?client={client.pk}",
        ):  # fmt: skip
            (row,) = api_of(anna, language, address)["results"]
            assert text in row["reason"].replace("\xa0", " "), (address, language)
        trail = api_of(anna, language, f"/api/v1/trail/?document_kind=accounts.client&document_id={client.pk}")[
            "results"
        ]
        placed = next(row for row in trail if row["verb"] == "place_hold")
        assert text in placed["reason"].replace("\xa0", " ")


def test_notification_and_lifting_are_told_to_each_reader(anna, django_capture_on_commit_callbacks):
    client = stopped(anna)
    with translation.override("en"), django_capture_on_commit_callbacks(execute=True):
        receive_payment(client_id=client.pk, amount=D("50000.00"), received_on=today(), by=system_user())
    lifted, placed = Notification.objects.filter(user=anna, kind="hold").order_by("-pk")
    hold, entry = CreditHold.objects.get(), TrailEntry.objects.of(client).filter(verb="lift_hold").get()
    with translation.override("en"):
        assert ENGLISH in text_of(placed)
        assert (hold.why, hold.why_lifted, entry.why) == (ENGLISH, PAID["en"], PAID["en"])
        assert PAID["en"] in text_of(lifted)
    with translation.override("ru"):
        assert RUSSIAN in text_of(placed).replace("\xa0", " ")
        assert (hold.why_lifted, entry.why) == (PAID["ru"], PAID["ru"])
        assert PAID["ru"] in text_of(lifted)


def test_a_held_order_tells_it_to_each_reader(anna, fedor):
    client = stopped(anna, DAY)
    order = confirm_order(submitted_order(client, anna, {stocked_product(): 1}).pk, by=anna, day=DAY)
    order.refresh_from_db()
    (why,) = [each for each in order.credit["reasons"] if each["code"] == "automatic_stop"]
    with translation.override("en"):
        assert worded(why, CREDIT).endswith(ENGLISH)
    with translation.override("ru"):
        assert RUSSIAN in worded(why, CREDIT).replace("\xa0", " ")
    assert ENGLISH in seen(anna, "en", f"/orders/{order.pk}/")
    assert RUSSIAN in seen(anna, "ru", f"/orders/{order.pk}/")


def test_what_a_person_wrote_and_what_was_kept_before_stays_as_it_is(anna, fedor):
    client = stopped(anna)
    CreditHold.objects.update(reason="Было просрочено", reason_parts=None)
    by_person = place_hold(client.pk, by=fedor, reason="Спор о 100% суммы")
    lift_hold(by_person.pk, by=fedor, reason="Улажен %(client)s")
    for language in ("ru", "en"):
        with translation.override(language):
            assert [hold.why for hold in CreditHold.objects.order_by("pk")] == ["Было просрочено", "Спор о 100% суммы"]
            assert CreditHold.objects.get(pk=by_person.pk).why_lifted == "Улажен %(client)s"
    assert "Было просрочено" in seen(anna, "en", "/holds/")


def test_a_phrase_in_a_phrase():
    inner = Phrase("%(amount)s late by more than %(days)d days, the oldest by %(oldest)d.",
                   {"amount": (D("1234.50"), "USD"), "days": 1, "oldest": 2})  # fmt: skip
    outer = Phrase("%(client)s is on hold: %(reason)s", {"client": "Азимут", "reason": inner})
    with translation.override("en"):
        assert str(outer) == "Азимут is on hold: $1,234.50 late by more than 1 days, the oldest by 2."
        assert told_of(outer.parts(), "") == str(outer)
    assert (told_of(None, "как есть"), parts_of("как есть"), parts_of(outer)) == ("как есть", None, outer.parts())


def test_a_reservation_that_ran_out_tells_each_reader(anna):
    confirmed_order(buyer(anna), anna, {stocked_product(10): 4})
    with translation.override("ru"):
        expire_reservations(Reservation.objects.get().expires_on + dt.timedelta(days=1))
    pk = Reservation.objects.get().pk
    for language, words in (("ru", "срок истёк"), ("en", "expired")):
        assert words in seen(anna, language, f"/reservations/{pk}/")
        assert api_of(anna, language, f"/api/v1/reservations/{pk}/")["end_reason"] == words
