"""What nobody types: every address that reads something from its query answers, and never with a fault of ours."""

from decimal import Decimal
from urllib.parse import urlencode

import pytest

from kam.api.views import VIEWSETS
from kam.pages import PAGES
from kam.pages.fields import day_of, number_of
from kam.pages.registry import SCREENS
from kam.refusals import Refused
from orders.actions.amending import LineChange, amend_order
from orders.actions.order_steps import submit_order
from orders.actions.orders import OrderLineInput, create_order
from orders.models import Order, Supply
from orders.queries.pasting import read_pasted
from tests.factories import DAY, buyer, confirmed_order, stocked_product, system_user, warehouse

pytestmark = pytest.mark.django_db
HOSTILE = ("\x00", "²", "1e200000", "9" * 30, "01.01.0001", "31.12.9999", "<img src=x onerror=1>", "-1", "NaN")
ASKED = ("on", "as_of", "by", "client", "group", "manager", "currency", "before", "q", "scope", "sort", "after", "view")
BOOKS = ("invoices/ageing.xlsx", "reconciliations/ledger.xlsx", "key-figures/finance.xlsx", "key-figures/returns.xlsx")


@pytest.fixture
def root(client):
    client.force_login(system_user(), backend="kam.sign_in.RoleBackend")
    return client


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_lists_answer(root, value):
    for page in PAGES:
        names = page.filterset.base_filters if page.filterset else ()
        for asked in (("q",), ("sort", "after", "view"), tuple(names)):
            answer = root.get(f"{page.list_url()}?{urlencode(dict.fromkeys(asked, value))}")
            assert answer.status_code in (200, 400), (page.key(), asked)
            if value.startswith("<"):
                assert "<img src=x" not in answer.content.decode(), page.key()


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_screens_answer(root, value):
    for screen in SCREENS:
        if "<" in screen.path:
            continue
        answer = root.get(f"{screen.url()}?{urlencode(dict.fromkeys(ASKED, value))}")
        assert answer.status_code in (200, 303, 400, 405), screen.name


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_the_api_answers(root, value):
    for prefix, view in VIEWSETS.items():
        filters = getattr(view.filterset_class, "base_filters", {}) if hasattr(view, "filterset_class") else {}
        for name in ("cursor", "limit", "ordering", *filters):
            answer = root.get(f"/api/v1/{prefix}/?{urlencode({name: value})}")
            assert answer.status_code in (200, 400), (prefix, name)
    for name in ("as_of", "client", "manager"):
        assert root.get(f"/api/v1/invoices/ageing/?{urlencode({name: value})}").status_code in (200, 400)
    for book in BOOKS:
        for name in ASKED:
            assert root.get(f"/api/v1/{book}/?{urlencode({name: value})}").status_code in (200, 400, 404), (book, name)


@pytest.mark.parametrize("text", ["01.01.0001", "31.12.9999", "01.01.1899", "01.01.2200", "²"])
def test_days_beyond_our_times_are_none(text):
    with pytest.raises(ValueError):
        day_of(text)


@pytest.mark.parametrize(("text", "number"), [("17", 17), ("²", None), ("٣", None), ("-1", None), ("9" * 19, None)])
def test_a_key_is_written_in_plain_digits(text, number):
    assert number_of(text) == number


def test_a_huge_exponent_is_no_quantity():
    stocked_product(sku="NAV-1")
    assert [len(read_pasted(f"NAV-1\t{text}").errors) for text in ("1e999999999999999", "NaN", "1e2")] == [1, 1, 0]


def test_sums_that_no_column_holds_are_refused(anna):
    client, goods = buyer(anna), stocked_product(10)
    lines = [OrderLineInput(goods.pk, 10_000_000, Decimal("9999999999.99"))]
    with pytest.raises(Refused) as caught:
        create_order(by=anna, day=DAY, client_id=client.pk, lines=lines, warehouse_id=warehouse().pk)
    assert [each.code for each in caught.value.refusals] == ["sum_too_large"]
    assert not Order.objects.exists()
    order = confirmed_order(client, anna, {goods: 1})
    with pytest.raises(Refused) as caught:
        amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(2**40, line_id=order.lines.get().pk)])
    assert [each.code for each in caught.value.refusals] == ["sum_too_large"]
    assert order.lines.get().quantity == 1


@pytest.mark.parametrize(
    ("prefix", "body", "told"),
    [
        ("supplies", {"expected_on": "9999-12-31"}, "expected_on"),
        ("supplies", {"expected_on": "0001-01-01"}, "expected_on"),
        ("supplies", {"lines": [{"product": 1, "quantity": 10**12}]}, "lines"),
        ("payments", {"received_on": "0001-01-01"}, "received_on"),
        ("payments", {"amount": "1e20"}, "amount"),
        ("payments", {"amount": "NaN"}, "amount"),
        ("payments", {"purpose": "a\x00b"}, "purpose"),
        ("invoices", {"shipped_on": "9999-12-31"}, "shipped_on"),
    ],
)
def test_the_api_refuses_what_cannot_be_kept(root, anna, prefix, body, told):
    client, goods = buyer(anna), stocked_product()
    before = Supply.objects.count()
    right = {
        "supplies": {"number": "П-1", "warehouse": warehouse().pk, "expected_on": str(DAY),
                     "lines": [{"product": goods.pk, "quantity": 1}]},
        "payments": {"client": client.pk, "amount": "100.00", "received_on": str(DAY)},
        "invoices": {"client": client.pk, "number": "1", "amount": "10.00", "shipped_on": str(DAY)},
    }  # fmt: skip
    answer = root.post(f"/api/v1/{prefix}/", {**right[prefix], **body}, content_type="application/json")
    assert answer.status_code == 400
    assert any(error["pointer"].startswith(f"/{told}") for error in answer.json()["errors"])
    assert Supply.objects.count() == before


def test_unseen_signs_in_the_grid_are_dropped(root, anna):
    goods = stocked_product(sku="NAV-1")
    order = create_order(by=anna, day=DAY, client_id=buyer(anna).pk, warehouse_id=warehouse().pk)
    row = {"key": "a", "text": "NAV-\x001\ud800", "quantity": "1"}
    answer = root.patch(
        f"/orders/{order.pk}/entry/lines/", {"rows": [row], "version": order.version}, content_type="application/json"
    )
    assert answer.status_code == 200
    assert order.lines.get().product == goods
    for version in ("Infinity", "NaN"):
        body = f'{{"rows": [], "version": {version}}}'
        assert root.patch(f"/orders/{order.pk}/entry/lines/", body, content_type="application/json").status_code == 404
    assert submit_order(order.pk, by=anna, day=DAY).status == "submitted"
