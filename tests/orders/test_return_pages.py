"""A return on its page and in the inbox, from the day it is asked for."""

import pytest
from django.urls import reverse
from django.utils import translation

from kam import clock, formats
from kam.inbox import trays_for
from kam.pages import details
from orders.actions.returns import request_return
from orders.pages.shipping import ReturnPage
from tests.factories import DAY, buyer, shipped_order, stocked_product
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_day():
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def asked(anna):
    """Three units that come back, one of them broken; nobody has agreed yet, so there is no credit note."""
    goods, cases = (
        stocked_product(10, sku="NAV-1", price="1000.00"),
        stocked_product(10, sku="CASE-1", price="100.00", cost="50.00"),
    )
    invoice = shipped_order(buyer(anna), anna, {goods: 4, cases: 2}).invoices.get()
    lines = {line.product.sku: line.pk for line in invoice.lines.select_related("product")}
    units = [(lines["NAV-1"], 2, True), (lines["CASE-1"], 1, False)]
    return request_return(invoice.pk, by=anna, day=DAY, reason="defect", lines=units, comment="does not switch on")


def test_its_page_shows_goods_facts_and_history_before_there_is_a_credit_note(asked, boris):
    page = visitor(boris).get(reverse("orders:return_detail", args=[asked.pk])).content.decode()
    for shown in ("NAV-1", "CASE-1", asked.invoice.number, "does not switch on", "History"):
        assert shown in page
    assert ">Credit note<" not in page


def test_who_decides_sees_what_comes_back(asked, boris):
    (item,) = [item for tray in trays_for(boris) for item in tray.items if item.document == asked]
    assert {str(effect.label): effect.value for effect in item.effects} == {
        "Total": asked.total, "Units": 3, "Not sellable": 1,
        "Invoice": f"{asked.invoice.number}, {formats.day(asked.invoice.issued_on)}", "Comment": "does not switch on",
    }  # fmt: skip
    assert asked.total == 2100


def test_a_panel_that_misses_a_document_is_a_fault_and_no_empty_page(asked, boris, rf):
    class Broken(ReturnPage.panels[0].__class__):
        def context(self, document, request):
            return {"note": document.credit_note}

    request = rf.get("/")
    request.user = boris
    showing = details.Showing(ReturnPage, asked, request)
    showing.page = type("Page", (), {"key": ReturnPage.key, "tabs": (), "overview": lambda: (Broken("lines"),)})
    with pytest.raises(RuntimeError, match="credit_note"):
        assert showing.content
