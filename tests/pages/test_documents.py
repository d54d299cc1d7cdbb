"""Detail, form and steps: what is shown, what an action refuses and where the reason stands, edit conflicts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Client
from kam.models import TrailEntry
from kam.pages.filters import found_by
from kam.pages.registry import page_named
from orders.models import Invoice
from tests.factories import client_of, overdue_invoice
from tests.pages.trial import TrialPage

INN = "7707083893"


@pytest.fixture
def company(anna):
    return Client.objects.create(name="Ромашка", channel="dealer", manager=anna, inn=INN, kpp="773601001")


def text_of(answer):
    return answer.content.decode()


class TestDetail:
    def test_shown(self, browser, anna, company):
        text = text_of(browser(anna).get(f"/trial/{company.pk}/"))
        assert "<h1>Ромашка</h1>" in text
        assert f"/trial/{company.pk}/step/activate/" in text
        assert "chip-draft" in text

    def test_unseen_is_404(self, browser, vera, company):
        page = browser(vera)
        for address in ("", "edit/", "step/activate/"):
            assert page.get(f"/trial/{company.pk}/{address}").status_code == 404
        assert page.post(f"/trial/{company.pk}/step/activate/").status_code == 404
        company.refresh_from_db()
        assert company.status == "prospect"

    def test_tab_by_address_and_by_htmx(self, browser, anna, company):
        company.phone = "+7 495 000-00-01"
        company.save()
        page = browser(anna)
        assert "+7 495 000-00-01" not in text_of(page.get(f"/trial/{company.pk}/"))
        assert "+7 495 000-00-01" in text_of(page.get(f"/trial/{company.pk}/?tab=contacts"))
        part = text_of(page.get(f"/trial/{company.pk}/?tab=contacts", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="tab"))
        assert "+7 495 000-00-01" in part
        assert "<html" not in part

    def test_what_is_typed_is_escaped(self, browser, anna, company):
        company.legal_name = "<script>alert(1)</script>"
        company.name = "<b>x</b>"
        company.save()
        page = browser(anna)
        for address in ("/trial/", f"/trial/{company.pk}/", "/search/?q=b"):
            text = text_of(page.get(address))
            assert "<script>alert" not in text
            assert "<b>x</b>" not in text


class TestNew:
    FIELDS = {"name": "Василёк", "channel": "dealer", "inn": INN, "kpp": "773601001"}

    def test_created_by_the_action(self, browser, anna):
        answer = browser(anna).post("/trial/new/", self.FIELDS)
        made = Client.objects.get()
        assert (answer.status_code, answer["Location"]) == (303, TrialPage.detail_url(made.pk))
        assert (made.name, made.manager) == ("Василёк", anna)
        assert TrailEntry.objects.of(made).get().verb == "create"

    def test_refusals_stand_beside_their_fields(self, browser, anna):
        answer = browser(anna).post("/trial/new/", {**self.FIELDS, "inn": "7707083894"})
        assert answer.status_code == 422
        assert 'id="id_inn_error"' in text_of(answer)
        assert 'value="Василёк"' in text_of(answer)
        assert not Client.objects.exists()

    def test_missing_fields_are_counted(self, browser, anna):
        anna.language = "en"
        anna.save()
        answer = browser(anna).post("/trial/new/", {})
        assert answer.status_code == 422
        assert "2 things to mend" in text_of(answer)

    def test_a_warning_is_confirmed(self, browser, anna, company):
        page = browser(anna)
        asked = page.post("/trial/new/", self.FIELDS)
        assert asked.status_code == 409
        assert 'name="confirmed_warning" value="duplicate"' in text_of(asked)
        assert Client.objects.count() == 1
        done = page.post("/trial/new/", {**self.FIELDS, "confirmed_warning": "duplicate"})
        assert done.status_code == 303
        assert Client.objects.count() == 2

    def test_without_the_right(self, browser, marina):
        assert browser(marina).post("/trial/new/", self.FIELDS).status_code == 403
        assert not Client.objects.exists()


class TestEdit:
    def fields(self, company, **changes):
        return {"name": company.name, "channel": "dealer", "inn": INN, "kpp": "773601001",
                "version": company.version, "seen": 0, **changes}  # fmt: skip

    def test_saved(self, browser, anna, company):
        answer = browser(anna).post(f"/trial/{company.pk}/edit/", self.fields(company, city="Тула"))
        company.refresh_from_db()
        assert answer.status_code == 303
        assert (company.city, company.version) == ("Тула", 2)

    def test_conflict_shows_what_changed_and_keeps_the_text(self, browser, anna, company):
        page = browser(anna)
        old = self.fields(company, phone="111")
        page.post(f"/trial/{company.pk}/edit/", self.fields(company, city="Тула"))
        answer = page.post(f"/trial/{company.pk}/edit/", old)
        company.refresh_from_db()
        assert answer.status_code == 409
        assert (company.phone, company.version) == ("", 2)
        assert "Тула" in text_of(answer)
        assert 'value="111"' in text_of(answer)
        assert 'name="version" value="2"' in text_of(answer)

    def test_first_values(self, browser, anna, company):
        text = text_of(browser(anna).get(f"/trial/{company.pk}/edit/"))
        assert 'value="Ромашка"' in text
        assert 'name="version" value="1"' in text


class TestSteps:
    def test_taken(self, browser, anna, company):
        answer = browser(anna).post(f"/trial/{company.pk}/step/activate/")
        company.refresh_from_db()
        assert (answer.status_code, company.status) == (303, "active")

    def test_by_htmx_the_browser_is_sent_on(self, browser, anna, company):
        answer = browser(anna).post(f"/trial/{company.pk}/step/activate/", HTTP_HX_REQUEST="true")
        assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/trial/{company.pk}/")

    def test_refused_in_place(self, browser, anna, company):
        company.inn = ""
        company.save()
        page = browser(anna)
        plain = page.post(f"/trial/{company.pk}/step/activate/")
        assert plain.status_code == 409
        assert "notice-wrong" in text_of(plain)
        part = page.post(f"/trial/{company.pk}/step/activate/", HTTP_HX_REQUEST="true")
        assert part.status_code == 409
        assert "<html" not in text_of(part)
        company.refresh_from_db()
        assert company.status == "prospect"

    def test_reason_is_asked_for(self, browser, anna, company):
        page = browser(anna)
        assert page.get(f"/trial/{company.pk}/step/close/").status_code == 200
        assert page.post(f"/trial/{company.pk}/step/close/", {"reason": ""}).status_code == 422
        company.refresh_from_db()
        assert company.status == "prospect"
        assert page.post(f"/trial/{company.pk}/step/close/", {"reason": "Разорились"}).status_code == 303
        company.refresh_from_db()
        assert company.status == "closed"
        assert TrailEntry.objects.of(company).first().reason == "Разорились"

    def test_unknown_step(self, browser, anna, company):
        assert browser(anna).post(f"/trial/{company.pk}/step/explode/").status_code == 404

    def test_without_the_right(self, browser, marina, company):
        assert browser(marina).get(f"/trial/{company.pk}/step/close/").status_code == 403
        assert browser(marina).post(f"/trial/{company.pk}/step/activate/").status_code == 403


class TestBulk:
    def test_a_result_for_each_row(self, browser, anna, company):
        bare = Client.objects.create(name="Без ИНН", channel="dealer", manager=anna)
        answer = browser(anna).post("/trial/bulk/", {"step": "activate", "pk": [company.pk, bare.pk]})
        company.refresh_from_db()
        bare.refresh_from_db()
        assert (company.status, bare.status) == ("active", "prospect")
        assert text_of(answer).count("chip-done") == 1
        assert text_of(answer).count("chip-wrong") == 1

    def test_rows_out_of_sight_are_left_out(self, browser, vera, company):
        browser(vera).post("/trial/bulk/", {"step": "activate", "pk": [company.pk]})
        company.refresh_from_db()
        assert company.status == "prospect"

    def test_reason_is_asked_once_for_all(self, browser, anna, company):
        page = browser(anna)
        assert 'name="reason"' in text_of(page.post("/trial/bulk/", {"step": "close", "pk": [company.pk]}))
        company.refresh_from_db()
        assert company.status == "prospect"
        page.post("/trial/bulk/", {"step": "close", "pk": [company.pk], "sure": "1", "reason": "Хватит"})
        company.refresh_from_db()
        assert company.status == "closed"


class TestSearch:
    def test_choices_only_in_reach(self, browser, anna, vera, company):
        page = browser(anna)
        found = page.get("/choices/accounts.client/?q=ромаш").json()["items"]
        assert [(item["value"], item["text"]) for item in found] == [(str(company.pk), "Ромашка")]
        assert browser(vera).get("/choices/accounts.client/?q=ромаш").json()["items"] == []

    def test_choices_in_the_wrong_layout(self, browser, anna, company):
        assert browser(anna).get("/choices/accounts.client/?q=hjvfi").json()["items"][0]["text"] == "Ромашка"

    def test_palette(self, browser, anna, vera, company):
        def labels(user, text):
            groups = browser(user).get("/search/", {"q": text, "format": "json"}).json()["groups"]
            return [item["label"] for group in groups for item in group["items"]]

        assert "Ромашка" in labels(anna, "ромаш")
        assert "Ромашка" in labels(anna, "hjvfi")
        assert "Ромашка" not in labels(vera, "ромаш")

    def test_palette_asks_once_for_each_kind_that_people_name(self, browser, anna, company):
        invoice = overdue_invoice(company)
        page = browser(anna)
        page.get("/search/", {"q": "zz"})

        def tables(text):
            with CaptureQueriesContext(connection) as seen:
                groups = page.get("/search/", {"q": text, "format": "json"}).json()["groups"]
            asked = [query["sql"] for query in seen if "matches" in query["sql"] or "@@" in query["sql"]]
            return groups, asked

        groups, asked = tables(invoice.number)
        assert [item["label"] for item in groups[0]["items"]] == [invoice.number]
        assert [item["hint"] for item in groups[0]["items"]] == ["Ромашка"]
        assert len(asked) == 4, "clients, articles, orders, invoices"
        assert all("array_to_tsvector" in sql for sql in asked), "each by the index of its words"

    def test_unknown_kind(self, browser, anna):
        assert browser(anna).get("/choices/accounts.nothing/?q=a").status_code == 404

    def test_by_words_of_a_related_row_and_by_number(self, anna, boris, company):
        overdue_invoice(company)
        other = overdue_invoice(client_of(anna, name="Лютик"))
        page = type("Found", (), {"model": Invoice, "search": ("number__startswith", "client__search")})
        rows = Invoice.objects.visible_to(anna)
        assert [invoice.client for invoice in found_by(page, rows, "ромаш")] == [company]
        assert list(found_by(page, rows, other.number)) == [other]
        assert list(found_by(page, rows, f"{other.number} лют")) == [other]
        assert list(found_by(page, rows, f"{other.number} ромаш")) == []


def test_a_step_that_needs_facts_is_not_offered_for_many():
    """Its button would ask for nothing and the writer would lack what it needs."""
    for key, step in (
        ("orders.discrepancy", "resolve"), ("orders.correctiveaction", "finish"), ("orders.discrepancyact", "close"),
    ):  # fmt: skip
        page = page_named(key)
        assert page.flow.step(step).listed
        assert step not in {each.name for each in page.bulk_steps()}
    assert "deliver" in {each.name for each in page_named("orders.shipment").bulk_steps()}
