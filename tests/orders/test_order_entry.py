"""Order entry: what the grid asks and what it is told; the plain form of a browser without scripts."""

import json
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook

from kam import clock
from orders.actions.orders import set_lines
from orders.models import Order
from tests.factories import (
    DAY,
    OrderLineInput,
    buyer,
    catalogue,
    draft_order,
    product,
    stocked_product,
    submitted_order,
)
from tests.orders.visits import queries_of, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_day():
    """Pages ask the clock once; here it answers DAY."""
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def dealer(anna):
    return buyer(anna, credit_limit=Decimal("20000.00"))


@pytest.fixture
def goods(anna):
    return stocked_product(10, sku="NAV-700", name="Автонавигатор Маяк с ёлкой", ean="4600000000017")


@pytest.fixture
def order(anna, dealer, goods):
    return draft_order(dealer, anna, {goods: 2})


def url(order, part="", *args):
    return reverse(f"orders:order_entry{part and '_'}{part}", args=[order.pk, *args])


def patch(person, order, *rows, version=None):
    """Save these rows as the grid does; a row is (key, product or text, quantity) and further texts by name."""
    sent = []
    for key, what, quantity, *more in rows:
        row = {"key": key, "quantity": quantity, **(more[0] if more else {})}
        sent.append({**row, "text": what} if isinstance(what, str) else {**row, "product": what.pk})
    body = {"version": order.version if version is None else version, "rows": sent}
    return visitor(person).patch(url(order, "lines"), json.dumps(body), content_type="application/json")


class TestSearch:
    def found(self, person, order, text):
        answer = visitor(person).get(url(order, "products"), {"q": text})
        return [item["sku"] for item in answer.json()["items"]]

    @pytest.mark.parametrize("text", ["NAV-700", "nav-7", "маяк", "елкой", "автонав маяк", "4600000000017", "vfzr"])
    def test_by_article_words_and_the_wrong_layout(self, anna, order, text):
        assert self.found(anna, order, text) == ["NAV-700"]

    def test_the_exact_article_comes_first(self, anna, order):
        product(sku="NAV-7", name="Яркий")
        product(sku="NAV-7001", name="Абажур")
        assert self.found(anna, order, "nav-7") == ["NAV-7", "NAV-7001", "NAV-700"]

    def test_archived_products_are_not_offered(self, anna, order):
        product(sku="OLD-1", name="Старый", is_archived=True)
        assert self.found(anna, order, "OLD-1") == []

    def test_it_tells_price_and_what_is_free(self, anna, order):
        item = visitor(anna).get(url(order, "products"), {"q": "NAV-700"}).json()["items"][0]
        assert (item["price"], item["goods"], item["available"]) == ("₽1,000.00", "10 free", "10")

    def test_as_many_queries_for_twelve_products_as_for_one(self, anna, order):
        asked = visitor(anna)
        asked.get(url(order, "products"), {"q": "NAV-700"})
        once = queries_of(asked, url(order, "products"), q="NAV-700")
        catalogue(12)
        assert queries_of(asked, url(order, "products"), q="nav") == once


class TestSaving:
    def test_lines_are_priced_and_explained(self, anna, order, goods):
        answer = patch(anna, order, ("a", goods, "3"))
        state = answer.json()
        line = state["lines"][0]
        assert (line["key"], line["price"], line["total"], line["margin"]) == ("a", "1,000.00", "3,000.00", "26.8%")
        assert line["why"] == [
            "Price column: Колонка dealer.",
            "Price of the column since 1\u00a0Jan\u00a02024: ₽1,000.00",
            "VAT 22%.",
        ]
        assert state["figures"]["total"] == "₽3,000.00"
        assert (state["figures"]["before"], state["figures"]["after"]) == ("₽20,000.00", "₽17,000.00")
        assert (state["hold"], state["approval"], state["short"], state["refusals"]) == ([], [], [], {})
        order.refresh_from_db()
        assert (order.total, state["version"]) == (Decimal("3000.00"), order.version)

    def test_typed_articles_and_figures_are_read(self, anna, order, goods):
        state = patch(anna, order, ("a", "nav-700", "1 200", {"price": "950,50"})).json()
        assert state["refusals"] == {}
        line = order.lines.get()
        assert (line.product, line.quantity, line.price) == (goods, 1200, Decimal("950.50"))

    def test_what_cannot_stand_is_told_and_the_rest_is_saved(self, anna, order, goods):
        unpriced = product(price=None, sku="NEW-1")
        state = patch(
            anna, order, ("a", "NO-SUCH", "1"), ("b", goods, "4"), ("c", goods, "many"), ("d", unpriced, "1"),
            ("e", goods, ""), ("f", goods, "-1"),
        ).json()  # fmt: skip
        codes = {key: [each["code"] for each in found] for key, found in state["refusals"].items()}
        assert codes == {
            "a": ["unknown_product"], "c": ["bad_quantity"], "d": ["no_price"], "e": ["no_quantity"],
            "f": ["bad_quantity"],
        }  # fmt: skip
        assert [line["key"] for line in state["lines"]] == ["b"]
        assert list(order.lines.values_list("quantity", flat=True)) == [4]

    def test_a_price_given_by_hand_stays_and_may_need_approval(self, anna, order, goods):
        state = patch(anna, order, ("a", goods, "1", {"discount": "10"})).json()
        line = state["lines"][0]
        assert (line["price"], line["given_discount"], line["given_price"]) == ("900.00", "10", "")
        assert [each["sku"] for each in state["approval"]] == ["NAV-700"]
        assert "10%" in state["approval"][0]["text"] and "5%" in state["approval"][0]["text"]

    def test_shortage_hold_and_packs_are_foretold(self, anna, dealer):
        scanty = stocked_product(5, pack=12)
        order = draft_order(dealer, anna, {scanty: 1})
        state = patch(anna, order, ("a", scanty, "30")).json()
        assert state["short"][0]["text"].startswith("Short of 25: 5 of 30 are free.")
        assert state["hold"][0]["text"].startswith("Over the credit limit by ₽10,000.00")
        assert state["lines"][0]["pack_hint"]["quantity"] == "36"
        assert state["figures"]["after"] == "−₽10,000.00"

    def test_a_second_persons_change_is_a_conflict_and_nothing_is_lost(self, anna, boris, order, goods):
        set_lines(order.pk, by=boris, day=DAY, lines=[OrderLineInput(goods.pk, 7)], version=order.version)
        answer = patch(anna, order, ("a", goods, "3"))
        assert answer.status_code == 409
        data = answer.json()
        assert [line["quantity"] for line in data["state"]["lines"]] == ["7"]
        assert "Борисов" in data["changes"][0]
        assert order.lines.get().quantity == 7
        assert patch(anna, order, ("a", goods, "3"), version=data["version"]).status_code == 200
        assert order.lines.get().quantity == 3

    def test_margin_is_not_told_to_those_who_may_not(self, sonya, order, goods):
        answer = patch(sonya, order, ("a", goods, "3", {"price": "700"}))
        state = answer.json()
        assert state["lines"][0]["margin"] is None
        assert "margin" not in state["figures"]
        assert "The price is below what is usual." in state["approval"][0]["text"]
        assert "argin" not in answer.content.decode().replace('"margin": null', "")

    def test_a_stranger_and_a_submitted_order(self, anna, vera, dealer, order, goods):
        assert patch(vera, order, ("a", goods, "3")).status_code == 404
        assert order.lines.get().quantity == 2
        done = submitted_order(dealer, anna, {goods: 1})
        answer = patch(anna, done, ("a", goods, "3"))
        assert (answer.status_code, done.lines.get().quantity) == (422, 1)

    def test_who_may_not_change_orders_is_forbidden(self, fedor, order, goods):
        assert patch(fedor, order, ("a", goods, "3")).status_code == 403

    @pytest.mark.parametrize("body", ["", "[]", "{}", '{"rows": [1], "version": 0}', '{"rows": [], "version": "x"}'])
    def test_nonsense_is_no_error_of_ours(self, anna, order, body):
        answer = visitor(anna).patch(url(order, "lines"), body, content_type="application/json")
        assert answer.status_code == 404
        assert order.lines.count() == 1

    def test_as_many_queries_for_forty_lines_as_for_two(self, anna, dealer, django_assert_num_queries):
        products = catalogue(40)
        order = draft_order(dealer, anna, dict.fromkeys(products, 1))
        small = draft_order(dealer, anna, dict.fromkeys(products[:2], 1))
        asked = visitor(anna)
        asked.get(url(order))
        assert queries_of(asked, url(order)) == queries_of(asked, url(small))


class TestManyLines:
    def test_a_workbook(self, anna, order):
        book = Workbook()
        for row in (["Заказ на ноябрь"], ["Артикул", "Кол-во"], ["NAV-700", 4], ["NO-SUCH", 2]):
            book.active.append(row)
        kept = BytesIO()
        book.save(kept)
        sent = SimpleUploadedFile("order.xlsx", kept.getvalue())
        answer = visitor(anna).post(url(order, "file"), {"file": sent})
        assert answer.json()["rows"] == [
            {"text": "NAV-700", "quantity": "4", "price": ""}, {"text": "NO-SUCH", "quantity": "2", "price": ""},
        ]  # fmt: skip

    def test_a_file_of_another_kind_is_refused_in_words(self, anna, order):
        sent = SimpleUploadedFile("order.xlsx", b"%PDF-1.4 not a list")
        answer = visitor(anna).post(url(order, "file"), {"file": sent})
        assert answer.status_code == 422 and answer.json()["error"]

    def test_an_earlier_order_of_the_same_client_only(self, anna, dealer, order, goods):
        earlier = submitted_order(dealer, anna, {goods: 9})
        foreign = submitted_order(buyer(anna), anna, {goods: 9})
        asked = visitor(anna)
        rows = asked.get(url(order, "earlier", earlier.pk)).json()["rows"]
        assert [(row["sku"], row["quantity"]) for row in rows] == [("NAV-700", "9")]
        assert asked.get(url(order, "earlier", foreign.pk)).status_code == 404


class TestSubmitting:
    def test_it_leads_to_the_order(self, anna, order):
        answer = visitor(anna).post(url(order, "submit"))
        assert answer.json()["url"] == reverse("orders:order_detail", args=[order.pk])
        order.refresh_from_db()
        assert order.status == "submitted"

    def test_reasons_come_back(self, anna, dealer, order):
        set_lines(order.pk, by=anna, day=DAY, lines=[])
        answer = visitor(anna).post(url(order, "submit"))
        assert (answer.status_code, answer.json()["refusals"][0]["code"]) == (409, "no_lines")
        order.refresh_from_db()
        assert order.status == "draft"

    def test_a_submitted_order_has_no_entry(self, anna, dealer, goods):
        done = submitted_order(dealer, anna, {goods: 1})
        answer = visitor(anna).get(url(done))
        assert answer["Location"] == reverse("orders:order_detail", args=[done.pk])


class TestPlainForm:
    def data(self, order, *lines, many=""):
        data = {"version": order.version, "many": many, "lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0}
        for index, line in enumerate(lines):
            for name, value in zip(("text", "quantity", "discount", "price"), (*line, "", ""), strict=False):
                data[f"lines-{index}-{name}"] = value
        return data

    def test_lines_and_pasted_rows_are_saved(self, anna, order, goods):
        other = stocked_product(3, sku="CAB-1")
        answer = visitor(anna).post(url(order), self.data(order, ("NAV-700", "5"), many="CAB-1\t2"))
        assert (answer.status_code, answer["Location"]) == (303, f"{url(order)}?plain=1")
        assert list(order.lines.values_list("product", "quantity")) == [(goods.pk, 5), (other.pk, 2)]

    def test_a_browser_without_scripts_is_led_to_it(self, anna, order):
        asked = visitor(anna)
        page = asked.get(url(order)).content.decode()
        assert '<noscript><meta http-equiv="refresh" content="0; url=?plain=1"></noscript>' in page
        assert "lines-0-text" not in page
        assert 'name="lines-0-text" value="NAV-700"' in asked.get(url(order), {"plain": "1"}).content.decode()

    def test_errors_stand_in_place_and_what_was_typed_stays(self, anna, order):
        answer = visitor(anna).post(url(order), self.data(order, ("NAV-700", "x"), ("WHAT", "1"), many="NO\t1"))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "“x” is not a quantity." in page and 'value="WHAT"' in page and "NO" in page
        assert order.lines.get().quantity == 2

    def test_an_edit_conflict(self, anna, order):
        version = order.version
        set_lines(order.pk, by=anna, day=DAY, lines=[])
        data = {**self.data(order, ("NAV-700", "5")), "version": version}
        assert visitor(anna).post(url(order), data).status_code == 409
        assert not Order.objects.get().lines.exists()
