"""Lists: scope, filters in the address, paging after the last row seen, totals, columns, views, exports."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kam.models import ColumnChoice, ExportLog, SavedView
from kam.pages import paging
from tests.pages.trial import TrialPage

LIST = "/trial/"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "list"}


def names(answer):
    return re.findall(r'<a class="cell-link"[^>]*>([^<]+)</a>', answer.content.decode())


def next_address(answer):
    found = re.search(r'<tr class="next-row">.*?href="([^"]+)"', answer.content.decode(), re.S)
    return found and found[1].replace("&amp;", "&")


class TestRows:
    def test_only_rows_in_reach(self, browser, anna, companies):
        answer = browser(anna).get(LIST + "?q=чужой")
        assert names(answer) == []
        assert "Nothing fits" in answer.content.decode() or "Ничего" in answer.content.decode()

    def test_paging_shows_every_row_once(self, browser, anna, companies):
        page = browser(anna)
        first = page.get(LIST)
        second = page.get(next_address(first))
        assert len(names(first)) == paging.PAGE_SIZE
        assert names(first) + names(second) == [f"Клиент {number:02}" for number in range(1, 61)]
        assert next_address(second) is None

    @pytest.mark.parametrize("sort", ["name", "-name", "city", "-city", "weight", "-weight", "status", "manager"])
    def test_paging_holds_with_ties_in_any_order(self, browser, anna, companies, sort, monkeypatch):
        monkeypatch.setattr("kam.pages.lists.PAGE_SIZE", 7)
        page, address, seen = browser(anna), f"{LIST}?sort={sort}", []
        while address:
            answer = page.get(address)
            seen += names(answer)
            address = next_address(answer)
        assert len(seen) == 60
        assert len(set(seen)) == 60

    def test_paging_with_empty_values(self, browser, anna, boris, companies, monkeypatch):
        monkeypatch.setattr("kam.pages.lists.PAGE_SIZE", 7)
        for company in companies[:20]:
            company.manager = None
            company.save()
        anna.groups.set([])
        anna.is_superuser = True
        anna.save()
        for sort in ("manager", "-manager"):
            page, address, seen = browser(anna), f"{LIST}?sort={sort}", []
            while address:
                answer = page.get(address)
                seen += names(answer)
                address = next_address(answer)
            assert len(seen) == len(set(seen)) == 61

    @pytest.mark.parametrize("token", ["garbage", "W10", "WyJhIiwiYiJd", "WzEsMl0", "WyJ4IiwiIl0"])
    def test_a_broken_token_starts_from_the_top(self, browser, anna, companies, token):
        answer = browser(anna).get(f"{LIST}?after={token}&sort=weight")
        assert answer.status_code == 200
        assert len(names(answer)) >= 50

    def test_more_is_only_rows_for_htmx(self, browser, anna, companies):
        page = browser(anna)
        answer = page.get(next_address(page.get(LIST)), **HTMX)
        text = answer.content.decode()
        assert text.startswith("<tr")
        assert "<html" not in text


class TestFilters:
    def test_from_the_address(self, browser, anna, companies):
        answer = browser(anna).get(LIST + "?status=active")
        assert len(names(answer)) == 30
        assert "filter-chip" in answer.content.decode()

    def test_search_by_the_beginning_of_a_word(self, browser, anna, companies):
        assert names(browser(anna).get(LIST + "?q=клиент 07")) == ["Клиент 07"]

    def test_an_unreadable_filter_shows_nothing_and_says_so(self, browser, anna, companies):
        answer = browser(anna).get(LIST + "?since=вчера")
        assert names(answer) == []
        assert "filter-error" in answer.content.decode()

    def test_choice_outside_reach_is_refused(self, browser, anna, companies):
        answer = browser(anna).get(LIST + "?manager=999999")
        assert names(answer) == []

    def test_region_only_for_htmx(self, browser, anna, companies):
        answer = browser(anna).get(LIST + "?status=active", **HTMX)
        assert "<html" not in answer.content.decode()
        assert len(names(answer)) == 30


class TestTotals:
    def test_over_all_filtered_rows(self, browser, anna, companies):
        text = browser(anna).get(LIST + "?status=active").content.decode()
        foot = re.search(r"<tfoot>.*</tfoot>", text, re.S)[0]
        assert "900" in foot  # 1 + 3 + … + 59

    def test_capped_and_said_so(self, browser, anna, companies, monkeypatch):
        monkeypatch.setattr(paging, "TOTALS_CAP", 10)
        anna.language = "en"
        anna.save()
        text = browser(anna).get(LIST).content.decode()
        assert "over 10 rows" in text
        assert "First 10 rows" in text


class TestColumns:
    def test_chosen_are_kept(self, browser, anna, companies):
        page = browser(anna)
        page.post(LIST + "columns/", {"column": ["name", "inn", "secret", "nonsense"], "query": "status=active"})
        assert ColumnChoice.objects.get(user=anna).columns == ["name", "inn"]
        text = page.get(LIST).content.decode()
        assert ">INN<" in text
        assert "Secret" not in text

    def test_a_column_needs_its_right(self, browser, anna, boris, companies):
        assert "Secret" not in browser(anna).get(LIST).content.decode()
        assert "Secret" in browser(boris).get(LIST).content.decode()


class TestViews:
    def test_kept_shown_and_removed(self, browser, anna, companies):
        page = browser(anna)
        page.post(LIST + "views/", {"name": "Живые", "query": "status=active"})
        view = SavedView.objects.get(user=anna, page="trial.trial")
        assert f"status=active&amp;view={view.pk}" in page.get(LIST).content.decode()
        page.post(LIST + "views/", {"remove": view.pk})
        assert not SavedView.objects.filter(pk=view.pk).exists()

    def test_of_another_person_stays(self, browser, anna, vera, companies):
        view = SavedView.objects.create(user=vera, page="trial.trial", name="Моё", query="")
        browser(anna).post(LIST + "views/", {"remove": view.pk})
        assert SavedView.objects.filter(pk=view.pk).exists()


class TestExports:
    def test_workbook_is_what_the_list_shows(self, browser, anna, companies):
        answer = browser(anna).get(LIST + "export/?format=xlsx&status=active&sort=-name")
        rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
        assert rows[0] == ("Name", "City", "Weight", "State", "KAM")
        assert len(rows) == 31
        assert rows[1][:3] == ("Клиент 59", "Москва", 59)
        log = ExportLog.objects.get()
        assert (log.by, log.page, log.format, log.rows) == (anna, "trial.trial", "xlsx", 30)

    def test_csv_defuses_formulas(self, browser, anna, companies):
        company = companies[0]
        company.city = "=HYPERLINK(1)"
        company.save()
        answer = browser(anna).get(LIST + "export/?format=csv")
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[1].startswith("Клиент 01;'=HYPERLINK(1);1;")

    def test_too_long_for_now(self, browser, anna, companies, monkeypatch):
        monkeypatch.setattr("kam.pages.exports.EXPORT_INLINE", 10)
        monkeypatch.setattr("kam.pages.exports._background", [])
        answer = browser(anna).get(LIST + "export/")
        assert answer.status_code == 303
        assert ExportLog.objects.count() == 0

    def test_needs_the_right(self, browser, timur, companies):
        assert browser(timur).get(LIST + "export/").status_code == 403


def test_queries_do_not_grow_with_rows(browser, anna, companies):
    page = browser(anna)
    page.get(LIST)
    counts = []
    for query in ("?q=клиент 07", ""):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page.get(LIST + query)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[1] <= 8, [q["sql"][:120] for q in seen.captured_queries]


def test_declared_addresses():
    assert TrialPage.key() == "trial.trial"
    assert TrialPage.url("step", 5, "pause") == "/trial/5/step/pause/"
