"""Trainers, service engineers and marketing: no menu, page, route, list or figure of debts and credit leads to them."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from kam import clock
from kam.api.urls import VIEWSETS
from kam.grants import CREDIT_VIEW, RECEIVABLES_VIEW
from kam.models import SavedView, User
from kam.pages import PAGES, SCREENS
from kam.pages.menu import entries_for
from kam.roles import ROLES, is_granted
from orders.models import Invoice, Order, Return, Shipment
from tests.conftest import person
from tests.factories import (
    DAY,
    buyer,
    confirmed_order,
    our_company,
    overdue_invoice,
    shipped_order,
    stocked_product,
)
from tests.house.rows import make_row

pytestmark = pytest.mark.django_db
OUTSIDE = ("marketing", "trainer", "service")
THEIRS = CREDIT_VIEW | RECEIVABLES_VIEW
TRUSTED = ("kam", "sales_support", "head_of_sales", "finance_director", "general_director", "administrator")
MENU = {
    "kam.today", "kam.inbox", "kam.substitution", "kam.run",
    "accounts.client", "accounts.activity", "accounts.clientgroup", "accounts.outlet", "accounts.contact",
    "accounts.territory", "accounts.segment", "accounts.pricecolumn", "accounts.decreedday",
    "orders.order", "orders.intake", "orders.shipment", "orders.return", "orders.reservation", "orders.discrepancyact",
    "orders.correctiveaction", "orders.product", "orders.stocklevel", "orders.supply", "orders.price", "orders.quota",
    "orders.specialterm", "orders.company", "orders.brand", "orders.category", "orders.warehouse",
    "orders.exchangerate", "orders.vatrate", "reports.returns",
}  # fmt: skip
PRIVATE_PAGES = [page for page in PAGES if page.permission("view") in THEIRS]
PRIVATE_SCREENS = [s for s in SCREENS if s.permission in THEIRS and "<" not in s.path]
PRIVATE_ROUTES = [prefix for prefix, view in sorted(VIEWSETS.items()) if view.permission("view") in THEIRS]


@pytest.fixture(params=OUTSIDE)
def outsider(request, db):
    """One of each of the three roles."""
    return person(f"outside-{request.param}", "Посторонний", "Павел", request.param)


def visitor(user) -> Client:
    client = Client()
    client.force_login(user, backend="kam.sign_in.RoleBackend")
    return client


def api(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


@pytest.mark.parametrize("permission", sorted(THEIRS))
def test_who_may_see_them(permission):
    app = permission.partition(".")[0]
    assert not is_granted(frozenset({f"{app}.view_*"}), permission)
    assert [name for name, role in ROLES.items() if is_granted(role.grants, permission)] == [
        name for name in ROLES if name in TRUSTED
    ]


def test_the_menu(outsider):
    imports = {"kam.imports"} if "marketing" in outsider.roles else set()
    assert {entry.key for entry in entries_for(outsider)} == MENU | imports


def test_what_is_theirs_is_found():
    """So that the tests below ask something."""
    assert len(PRIVATE_PAGES) >= 24 and len(PRIVATE_ROUTES) >= 24
    assert {"ageing", "finance", "turnover"} <= {screen.name for screen in PRIVATE_SCREENS}


@pytest.mark.parametrize("page", PRIVATE_PAGES, ids=lambda page: page.key())
def test_a_page_refuses_them(outsider, page, anna):
    row, client = make_row(page.model, anna, 1), visitor(outsider)
    assert client.get(page.list_url()).status_code == 403
    assert client.get(page.detail_url(row.pk)).status_code == 404
    listed = api(outsider).post(f"/api/v1/lists/{page.key()}/export/", {"format": "csv"}, format="json")
    assert listed.status_code == 404
    view = SavedView.objects.create(user=outsider, page=page.key(), name="Было", query="sort=pk")
    assert client.get(page.list_url(), {"view": view.pk}).status_code == 403


@pytest.mark.parametrize("screen", PRIVATE_SCREENS, ids=lambda screen: f"{screen.app}.{screen.name}")
def test_a_screen_refuses_them(outsider, screen):
    assert visitor(outsider).get(screen.url()).status_code == 403


@pytest.mark.parametrize("prefix", PRIVATE_ROUTES)
def test_a_route_refuses_them(outsider, prefix, anna):
    row = make_row(VIEWSETS[prefix].model, anna, 1)
    name = prefix.replace("/", "-")
    assert api(outsider).get(reverse(f"api:{name}-list")).status_code == 403
    assert api(outsider).get(reverse(f"api:{name}-detail", args=[row.pk])).status_code == 403


def test_the_analysis_of_returns_stays_theirs(outsider):
    assert visitor(outsider).get(reverse("reports:returns")).status_code == 200
    assert api(outsider).get("/api/v1/key-figures/returns/").status_code == 200
    assert api(outsider).get("/api/v1/key-figures/finance/").status_code == 403
    assert api(outsider).get("/api/v1/invoices/ageing/").status_code == 403
    assert api(outsider).get("/api/v1/orders/held/").status_code == 403
    assert APIClient().get("/api/v1/key-figures/returns/").status_code == 401


class TestPagesTheyOpen:
    """A client that owes 7 654.32, of a limit of 8 888.00, on hold: none of it is told on pages that stay open."""

    SUMS = ("7,654.32", "8,888.00", "1,233.68", "7 654,32", "8 888,00", "1 233,68", "7654.32", "8888.00")

    @pytest.fixture(autouse=True)
    def on_day(self):
        with clock.at(DAY):
            yield

    @pytest.fixture
    def owing(self, anna, fedor):
        our_company()
        client = buyer(anna, credit_limit=Decimal("8888.00"))
        goods = stocked_product(10)
        shipped_order(client, anna, {goods: 1})
        overdue_invoice(client, "7654.32", days=40)
        held = confirmed_order(client, anna, {goods: 1})
        assert held.status == Order.Status.HELD
        from_api = api(fedor).post("/api/v1/holds/", {"client": client.pk, "reason": "Долг 7654.32"}, format="json")
        assert from_api.status_code == 201
        return client

    def texts(self, user, owing):
        """Every open page of what belongs to the client, with each tab it has."""
        client = visitor(user)
        rows = [("accounts:client", owing)]
        rows += [("orders:order", each) for each in Order.objects.filter(client=owing)]
        rows += [("orders:shipment", each) for each in Shipment.objects.filter(client=owing)]
        for name, row in rows:
            for tab in ("overview", "terms", "account", "invoices", "payments", "ageing", "collecting",
                        "reconciliations", "credit", "shipments", "orders"):  # fmt: skip
                answer = client.get(reverse(f"{name}_detail", args=[row.pk]), {"tab": tab})
                assert answer.status_code == 200
                yield answer.content.decode()
        for address in (reverse("kam:today"), reverse("accounts:client_list"), reverse("orders:order_list")):
            yield client.get(address).content.decode()

    def test_no_sum_of_debts(self, outsider, owing, fedor):
        told = " ".join(self.texts(outsider, owing)).replace("\xa0", " ").replace("\u202f", " ")
        assert [each for each in self.SUMS if each in told] == []
        assert "Долг" not in told  # why it is on hold
        seen = " ".join(self.texts(fedor, owing)).replace("\xa0", " ").replace("\u202f", " ")
        assert any(each in seen for each in self.SUMS[:1] + self.SUMS[3:4])

    def test_no_link_ends_in_a_refusal(self, outsider, owing):
        client, told = visitor(outsider), " ".join(self.texts(outsider, owing))
        links = set(re.findall(r'href="(/[^"#]*)', told)) - {""}
        assert len(links) > 60
        refused = {link: client.get(unescape(link)).status_code for link in links if not link.startswith("/static/")}
        assert {link: status for link, status in refused.items() if status in (403, 404)} == {}

    def test_the_order_over_the_api(self, outsider, owing, fedor):
        held = Order.objects.get(client=owing, status=Order.Status.HELD)
        assert api(outsider).get(f"/api/v1/orders/{held.pk}/").json()["credit"] is None
        assert api(fedor).get(f"/api/v1/orders/{held.pk}/").json()["credit"]["allowed"] is False

    def test_the_history_over_the_api(self, outsider, owing, fedor):
        asked = {"document_kind": "accounts.client", "document_id": owing.pk}
        address = reverse("api:trail")
        theirs, all_of_it = (
            [each["verb"] for each in api(user).get(address, asked).json()["results"]] for user in (outsider, fedor)
        )
        assert {"place_hold", "set_terms"} <= set(all_of_it)
        assert not {"place_hold", "set_terms", "lift_hold"} & set(theirs)

    def test_a_filter_finds_no_holds_out(self, outsider, owing, fedor):
        answer = api(outsider).get("/api/v1/clients/", {"on_hold": "true"})
        assert answer.status_code == 400 and api(fedor).get("/api/v1/clients/", {"on_hold": "true"}).status_code == 200
        page = visitor(outsider).get(reverse("accounts:client_list"), {"on_hold": "false"}).content.decode()
        assert owing.name in page and 'name="on_hold"' not in page

    def test_the_limit_of_a_group(self, outsider, fedor):
        made = {"name": "Холдинг", "credit_limit": "8888.00"}
        group = api(fedor).post("/api/v1/client-groups/", made, format="json").json()
        address = f"/api/v1/client-groups/{group['id']}/"
        assert api(fedor).patch(address, {"credit_limit": "7654.32"}, format="json").status_code == 200
        assert api(outsider).get(address).json()["credit_limit"] is None
        for where in ("accounts:clientgroup_list", "accounts:clientgroup_detail"):
            args = [group["id"]] if where.endswith("detail") else []
            told = visitor(outsider).get(reverse(where, args=args)).content.decode().replace("\xa0", " ")
            assert [each for each in self.SUMS if each in told] == []


class TestReturnsOfTheServiceEngineer:
    """Goods are taken back by who may ask for it, though what is paid of the invoice is not theirs to know."""

    @pytest.fixture(autouse=True)
    def on_day(self):
        with clock.at(DAY):
            yield

    @pytest.fixture
    def invoice(self, anna):
        order = shipped_order(buyer(anna), anna, {stocked_product(5): 3})
        return Invoice.objects.get(order=order)

    def test_from_the_page_of_the_shipment(self, sergey, invoice):
        client, line = visitor(sergey), invoice.lines.get()
        form = reverse("orders:invoice_return", args=[invoice.pk])
        shipment = reverse("orders:shipment_detail", args=[invoice.shipment_id])
        assert form in client.get(shipment).content.decode()
        assert client.get(form).status_code == 200
        answer = client.post(form, {"kind": "return", "reason": "defect", f"units_{line.pk}": "2"})
        asked = Return.objects.get()
        assert answer.headers["Location"] == (reverse("orders:return_detail", args=[asked.pk]))
        assert (asked.requested_by, asked.lines.get().quantity) == (sergey, 2)
        assert client.get(reverse("orders:invoice_detail", args=[invoice.pk])).status_code == 404

    def test_over_the_api(self, sergey, timur, invoice):
        lines = [{"invoice_line": invoice.lines.get().pk, "quantity": 1}]
        sent = {"invoice": invoice.pk, "reason": "defect", "lines": lines}
        assert api(timur).post("/api/v1/returns/", sent, format="json").status_code == 403
        assert not Return.objects.exists()
        assert api(sergey).post("/api/v1/returns/", sent, format="json").status_code == 201

    def test_a_strangers_invoice_is_not_there(self, vera, invoice):
        form = reverse("orders:invoice_return", args=[invoice.pk])
        assert visitor(vera).get(form).status_code == 404
        sent = {"invoice": invoice.pk, "reason": "defect", "lines": []}
        assert api(vera).post("/api/v1/returns/", sent, format="json").status_code == 400
        assert not Return.objects.exists()


def test_debts_to_collect_on_the_first_screen(anna, boris, fedor, galina, sonya, admin, marina, timur, sergey):
    with clock.at(DAY):
        owing = buyer(anna)
        overdue_invoice(owing, "7654.32", days=40)
        address = reverse("orders:debtor_detail", args=[owing.pk])
        shown = {user for user in (anna, boris, fedor, galina, sonya, admin, marina, timur, sergey)
                 if address in visitor(user).get(reverse("kam:today")).content.decode()}  # fmt: skip
    assert shown == {anna, boris, fedor, galina}
