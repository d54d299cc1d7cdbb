"""The people of every test: two teams, and everybody around the KAMs."""

import pytest
from django.contrib.auth.models import Group

from kam.models import User
from tests.browser import browser, window  # noqa: F401
from tests.engines import django_db_modify_db_settings  # noqa: F401


def pytest_collection_modifyitems(items):
    """Give every test that commits the rows of the migrations back: without them the next one finds no VAT rates.

    One that left them out would also leave content types behind, which the next one brings again. A story in a browser
    that fails is told once more: it hangs on a machine's load too, and a true fault fails twice. A test that asks the
    database is marked, so that only those are run once more on another server.
    """
    for item in items:
        if item.get_closest_marker("django_db") or "django_db_setup" in item.fixturenames:
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
        for marker in item.iter_markers("django_db"):
            if marker.kwargs.get("transaction"):
                marker.kwargs["serialized_rollback"] = True


def person(email, last_name, first_name, *roles, manager=None, **fields):
    """A user with roles, as the administrator would add them."""
    user = User.objects.create_user(
        f"{email}@dcm.example",
        "correct horse battery",
        last_name=last_name,
        first_name=first_name,
        manager=manager,
        **fields,
    )
    # A test with transactions of its own empties the tables after it, the seeded roles too.
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user


@pytest.fixture
def boris(db):
    """Head of sales of the first team."""
    return person("boris", "Борисов", "Борис", "head_of_sales")


@pytest.fixture
def anna(boris):
    """KAM in the team of Boris."""
    return person("anna", "Аннина", "Анна", "kam", manager=boris, discount_limit=5)


@pytest.fixture
def dasha(boris):
    """Another KAM in the team of Boris."""
    return person("dasha", "Дарьина", "Дарья", "kam", manager=boris, discount_limit=5)


@pytest.fixture
def gleb(db):
    """Head of sales of the second team."""
    return person("gleb", "Глебов", "Глеб", "head_of_sales")


@pytest.fixture
def vera(gleb):
    """KAM in the team of Gleb."""
    return person("vera", "Верина", "Вера", "kam", manager=gleb, discount_limit=5)


@pytest.fixture
def sonya(db):
    """Sales support."""
    return person("sonya", "Сонина", "Софья", "sales_support")


@pytest.fixture
def fedor(db):
    """Finance director."""
    return person("fedor", "Фёдоров", "Фёдор", "finance_director")


@pytest.fixture
def galina(db):
    """General director."""
    return person("galina", "Галинина", "Галина", "general_director")


@pytest.fixture
def marina(db):
    """Marketing."""
    return person("marina", "Маринина", "Марина", "marketing")


@pytest.fixture
def timur(db):
    """Trainer."""
    return person("timur", "Тимуров", "Тимур", "trainer")


@pytest.fixture
def sergey(db):
    """Service engineer."""
    return person("sergey", "Сергеев", "Сергей", "service")


@pytest.fixture
def admin(db):
    """Administrator."""
    return person("admin", "Админов", "Адам", "administrator")
