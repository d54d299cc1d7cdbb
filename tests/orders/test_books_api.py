"""Workbooks and archives over the API: as in the browser, for who may export, written to the log of exports."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from python_calamine import CalamineWorkbook
from rest_framework.test import APIClient

from kam import clock
from kam.models import ExportLog, Run, User
from kam.runs import carry_out, create_run
from orders.models import Reconciliation
from tests.conftest import person
from tests.factories import DAY, client_of, open_invoice, our_company, payment_of

pytestmark = pytest.mark.django_db
START = DAY - dt.timedelta(days=30)


@pytest.fixture(autouse=True)
def on_day():
    with clock.at(DAY):
        yield


@pytest.fixture
def debtor(anna):
    our_company()
    found = client_of(anna, name="Азимут")
    open_invoice(found, "1000.00", number="СЧ-1", shipped_on=DAY, due_on=DAY)
    payment_of(found, "300.00", DAY, number="ПЛ-1")
    return found


def api(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def rows_of(answer) -> list[list]:
    """The rows of the first sheet of an answer."""
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()


def test_the_ageing(debtor, anna, vera):
    rows = rows_of(api(anna).get("/api/v1/invoices/ageing.xlsx/", {"as_of": f"{DAY:%Y-%m-%d}"}))
    assert rows[1] == ["Азимут", 1000.0, 0.0, 0.0, 0.0, 0.0, 1000.0, 300.0]
    assert rows[2][1:] == rows[1][1:] and len(rows) == 3
    kept = ExportLog.objects.get()
    assert (kept.by, kept.page, kept.rows) == (anna, "orders.ageing", 1)
    assert len(rows_of(api(vera).get("/api/v1/invoices/ageing.xlsx/"))) == 2


def test_what_cannot_be_read_is_told(debtor, anna):
    answer = api(anna).get("/api/v1/invoices/ageing.xlsx/", {"as_of": "soon"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/as_of")
    assert not ExportLog.objects.exists()


def test_who_may_not_export_gets_no_workbook(debtor):
    reader = person("reader", "Читалов", "Чад", "administrator")
    may = [User.objects.get(pk=reader.pk).has_perm(code) for code in ("orders.view_invoice", "kam.export_rows")]
    answer = api(reader).get("/api/v1/invoices/ageing.xlsx/")
    assert answer.status_code == (200 if all(may) else 403)


def test_the_account_is_that_of_the_page(debtor, anna, vera, client):
    asked = {"client": debtor.pk, "starts_on": START.isoformat(), "ends_on": DAY.isoformat()}
    answer = api(anna).get("/api/v1/reconciliations/ledger.xlsx/", asked)
    client.force_login(anna, backend="kam.sign_in.RoleBackend")
    page = client.get(f"/clients/{debtor.pk}/account/", {**asked, "format": "xlsx"})
    rows = rows_of(answer)
    assert rows == rows_of(page)
    assert rows[-1][3:] == [1000.0, 300.0, 700.0]
    assert answer["Content-Disposition"] == page["Content-Disposition"]
    first, second = ExportLog.objects.order_by("pk").values("page", "query", "rows")
    assert first == second
    assert first["rows"] == 2
    assert api(vera).get("/api/v1/reconciliations/ledger.xlsx/", asked).status_code == 404


def test_an_account_from_the_beginning_of_the_books(debtor, anna):
    answer = api(anna).get("/api/v1/reconciliations/ledger.xlsx/", {"client": debtor.pk})
    assert rows_of(answer)[-1][3:] == [1000.0, 300.0, 700.0]
    assert f"account-{debtor.pk}-2026-11-20.xlsx" in answer["Content-Disposition"]


def test_reconciliations_of_many_clients(debtor, anna, vera):
    open_invoice(client_of(vera), "5.00", shipped_on=DAY, due_on=DAY)
    asked = {"starts_on": START.isoformat(), "ends_on": DAY.isoformat()}
    answer = api(anna).post("/api/v1/reconciliations/prepare/", asked, format="json")
    run = Run.objects.get(kind="reconciliations")
    assert (answer.status_code, answer.json()["id"]) == (202, run.pk)
    assert carry_out(run.pk)
    assert Reconciliation.objects.get().client == debtor
    file = api(anna).get(api(anna).get(answer["Location"]).json()["result"])
    with zipfile.ZipFile(io.BytesIO(file.getvalue())) as archive:
        assert archive.read(archive.namelist()[0])[:5] == b"%PDF-"


def test_reconciliations_of_many_clients_are_refused(debtor, anna, vera, sergey):
    later = {"starts_on": START.isoformat(), "ends_on": (DAY + dt.timedelta(days=1)).isoformat()}
    refused = api(anna).post("/api/v1/reconciliations/prepare/", later, format="json")
    assert (refused.status_code, refused.json()["refusals"][0]["code"]) == (409, "in_the_future")
    period = {"starts_on": START.isoformat(), "ends_on": DAY.isoformat()}
    assert api(sergey).post("/api/v1/reconciliations/prepare/", period, format="json").status_code == 403
    assert api(anna).post("/api/v1/reconciliations/prepare/", {"ends_on": "x"}, format="json").status_code == 400
    assert not Run.objects.exists()


def test_a_run_gives_back_the_file_it_was_given(anna, vera):
    run = create_run("paper", "Файл", by=anna, source=ContentFile(b"sku;qty", "lines.csv"))
    answer = api(anna).get(f"/api/v1/runs/{run.pk}/source/")
    assert (answer.status_code, answer.getvalue()) == (200, b"sku;qty")
    assert api(vera).get(f"/api/v1/runs/{run.pk}/source/").status_code == 404
    run.source.delete(save=False)
    assert api(anna).get(f"/api/v1/runs/{run.pk}/source/").status_code == 404
    assert api(anna).get(f"/api/v1/runs/{run.pk}/result/").status_code == 404
