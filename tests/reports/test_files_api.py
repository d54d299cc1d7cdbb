"""The dashboard and the analysis of returns as files over the API."""

import io
import subprocess

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook
from rest_framework.test import APIClient

from kam import clock
from kam.models import ExportLog, Run, User
from kam.runs import carry_out
from orders.actions.old_days import keep_days
from tests.factories import (
    DAY,
    buyer,
    client_of,
    our_company,
    overdue_invoice,
    return_of,
    shipped_order,
    stocked_product,
    warehouse,
)

pytestmark = pytest.mark.django_db
BOOK, PAPER = "/api/v1/key-figures/finance.xlsx/", "/api/v1/key-figures/finance.pdf/"


@pytest.fixture(autouse=True)
def on_day():
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def books(anna, vera):
    """Two debts of Anna's client, one of Vera's."""
    our_company()
    client = client_of(anna, name="Азимут")
    overdue_invoice(client, "20000.00", days=40)
    overdue_invoice(client, "500.00", days=5)
    overdue_invoice(client_of(vera, name="Глобус"), "7000.00", days=10)
    return DAY.isoformat()


def api(user) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"})
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def sheets_of(content: bytes) -> list[list[list]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def debts_in(answer) -> float:
    """All that is owed, as the first sheet of the workbook sums it up."""
    (found,) = [row[1] for row in sheets_of(answer.getvalue())[0] if row[0] == "Receivables"]
    return found


def test_the_workbook_of_the_dashboard(books, anna, fedor):
    assert debts_in(api(fedor).get(BOOK, {"on": books})) == 27500.0
    assert debts_in(api(anna).get(BOOK, {"on": books})) == 20500.0
    assert [(each.by, each.page, each.rows) for each in ExportLog.objects.order_by("pk")] == [
        (fedor, "reports.finance", 3),
        (anna, "reports.finance", 2),
    ]
    assert api(fedor).get(BOOK, {"on": "someday"}).status_code == 400


def test_a_long_workbook_is_made_by_a_worker(books, fedor, monkeypatch):
    monkeypatch.setattr("reports.actions.finance_book.EXPORT_INLINE", 2)
    User.objects.filter(pk=fedor.pk).update(language="en")
    answer = api(fedor).get(BOOK, {"on": books})
    run = Run.objects.get(kind="finance_book")
    assert (answer.status_code, answer.json()["id"]) == (202, run.pk)
    assert api(fedor).get(BOOK, {"on": books}).json()["id"] == run.pk
    assert not ExportLog.objects.exists()
    assert carry_out(run.pk)
    file = api(fedor).get(api(fedor).get(answer["Location"]).json()["result"])
    assert debts_in(file) == 27500.0
    assert ExportLog.objects.get().rows == 3


def test_the_paper_for_the_board(books, anna, sergey):
    keep_days(DAY, DAY)
    answer = api(anna).get(PAPER, {"on": books}, headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True)
    text = read.stdout.decode().replace("\u00a0", " ")
    assert "20.11.2026" in text and "Азимут" in text and "20 500,00" in text
    assert "Глобус" not in text
    assert api(sergey).get(PAPER).status_code == 403


def test_returns(anna, sonya, sergey, vera):
    warehouse()
    order = shipped_order(buyer(anna), anna, {stocked_product(5, price="1000.00"): 3})
    found = return_of(order.invoices.get(), anna)
    asked = {"starts_on": DAY.isoformat(), "ends_on": DAY.isoformat()}
    groups, lines = sheets_of(api(anna).get("/api/v1/key-figures/returns.xlsx/", asked).getvalue())
    assert [row[1] for row in groups[1:]] == [1.0]
    assert [row[1] for row in lines[1:]] == [found.number]
    groups, lines = sheets_of(api(vera).get("/api/v1/key-figures/returns.xlsx/", asked).getvalue())
    assert (len(groups), len(lines)) == (1, 1)
    assert ExportLog.objects.count() == 2
