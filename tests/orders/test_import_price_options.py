"""A price list that does not say whose prices it brings: the person says it beside the file."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kam import runs
from kam.models import Run
from orders.models import Price
from tests.factories import price_column, product

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(client, marina, settings, tmp_path, monkeypatch, django_capture_on_commit_callbacks):
    """Send a form and let the worker do what it started; returns the answer."""
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(runs, "_sent", runs.carry_out)
    client.force_login(marina, backend="kam.sign_in.RoleBackend")

    def post(name, *args, **data):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse(f"kam:{name}", args=args), data)

    return post


def price_list(sku):
    return SimpleUploadedFile("прайс.csv", f"Артикул;Цена\n{sku};1 234,50\n".encode())


def test_the_column_and_the_day_are_said_beside_the_file(sent):
    dealer, chain = price_column("DEALER"), price_column("CHAIN")
    one = product(price=None)
    sent("import_new", "prices", files=price_list(one.sku), price_column="CHAIN", starts_on="01.12.2026")
    sent("import_commit", Run.objects.get().pk)
    found = Price.objects.get(product=one)
    assert (found.column, found.amount, found.starts_on) == (chain, Decimal("1234.50"), dt.date(2026, 12, 1))
    assert not Price.objects.filter(column=dealer).exists()


def test_a_day_that_is_none_and_a_column_that_is_unknown_are_refused_before_the_file_is_kept(sent):
    price_column("DEALER")
    for wrong in ({"starts_on": "31.02.2026"}, {"price_column": "NONE"}):
        assert sent("import_new", "prices", files=price_list("A-1"), **wrong).status_code == 422
    assert not Run.objects.exists()


def test_without_a_choice_the_list_says_what_is_missing(sent):
    price_column("DEALER"), price_column("CHAIN")
    sent("import_new", "prices", files=price_list(product(price=None).sku))
    run = Run.objects.get()
    assert run.status == Run.Status.FAILED
    assert "для какой колонки эти цены" in run.error


def test_the_choice_is_made_up_for_without_sending_the_file_again(sent, client):
    price_column("DEALER")
    chain, one = price_column("CHAIN"), product(price=None)
    sent("import_new", "prices", files=price_list(one.sku))
    run = Run.objects.get()
    page = client.get(reverse("kam:run_detail", args=[run.pk])).content.decode()
    assert 'name="price_column"' in page and "Выберите, чего не хватает" in page
    wrong = sent("import_check", run.pk, price_column="NONE")
    assert wrong.status_code == 303 and Run.objects.get().status == Run.Status.FAILED
    sent("import_check", run.pk, price_column="CHAIN")
    run.refresh_from_db()
    assert (run.status, run.error, run.parameters["options"]) == (Run.Status.CHECKED, "", {"price_column": "CHAIN"})
    page = client.get(reverse("kam:run_detail", args=[run.pk])).content.decode()
    assert '<option value="CHAIN" selected' in page, "what was chosen stays chosen while columns are changed"
    sent("import_commit", run.pk)
    assert Price.objects.get(product=one).column == chain
