"""The first screen shows a person what is theirs to do, and a person with a week their week."""

import pytest

from tests.factories import buyer, stocked_product, submitted_order

pytestmark = pytest.mark.django_db


def panels_of(client, user):
    client.force_login(user)
    user.language = "en"
    user.save(update_fields=["language"])
    return client.get("/").content.decode()


def test_troubles_of_orders_are_shown_to_who_can_mend_them(client, anna, marina, timur):
    submitted_order(buyer(anna), anna, {stocked_product(5): 2})
    assert "To be confirmed" in panels_of(client, anna)
    for reader in (marina, timur):
        assert "To be confirmed" not in panels_of(client, reader)


def test_a_trainer_plans_the_week_from_the_first_screen(client, timur, marina):
    assert "My week" in panels_of(client, timur)
    assert "My week" not in panels_of(client, marina)
