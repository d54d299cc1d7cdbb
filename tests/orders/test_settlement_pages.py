import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from kam.clock import at
from kam.models import Run
from kam.runs import carry_out
from orders.actions.discrepancies import record_discrepancy
from orders.actions.lay_reconciliations import prepare_reconciliations
from orders.actions.reconciliations import draw_up_reconciliation, send_reconciliation
from orders.documents import act_of_discrepancies, act_of_reconciliation
from orders.models import DiscrepancyAct, Reconciliation
from orders.queries.receivables import Scope, ageing
from tests.factories import (
    DAY,
    buyer,
    client_of,
    open_invoice,
    our_company,
    payment_of,
    product,
    shipped_order,
    stocked_product,
)

D = Decimal
START = DAY - dt.timedelta(days=30)


@pytest.fixture
def debtor(anna):
    our_company()
    found = client_of(anna, name="Азимут")
    open_invoice(found, "1000.00", number="СЧ-1", shipped_on=DAY, due_on=DAY)
    payment_of(found, "300.00", DAY, number="ПЛ-1")
    return found


def sheet_of(client, by, sent=True):
    sheet = draw_up_reconciliation(client_id=client.pk, starts_on=START, ends_on=DAY, by=by, day=DAY)
    return send_reconciliation(sheet.pk, by=by, day=DAY) if sent else sheet


def test_the_account_opens_every_document_and_ties_to_the_ageing(debtor, anna, client):
    client.force_login(anna)
    with at(DAY):
        page = client.get(f"/clients/{debtor.pk}/account/")
        file = client.get(f"/clients/{debtor.pk}/account/", {"format": "xlsx"})
    total = ageing(anna, DAY, scope=Scope(client_id=debtor.pk)).total
    assert page.context["found"].closing == total.total - total.on_account == D("700.00")
    for item in page.context["rows"]:
        assert client.get(item["href"]).status_code == 200
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(file.streaming_content))).get_sheet_by_index(0).to_python()
    )
    assert rows[-1][3:] == [1000.0, 300.0, 700.0]
    assert rows[3][5] == 0.0


def test_a_long_account_opens_with_its_last_documents_and_shows_all_when_asked(debtor, anna, client):
    for number in range(51):
        payment_of(debtor, "1.00", DAY, number=f"М-{number}")
    client.force_login(anna)
    with at(DAY):
        page = client.get(f"/clients/{debtor.pk}/account/")
        whole = client.get(page.context["whole_href"])
    assert (len(page.context["rows"]), page.context["cut"], len(whole.context["rows"])) == (50, 3, 53)
    assert page.context["whole_href"].replace("&", "&amp;") in page.content.decode()
    assert page.context["found"].closing == whole.context["found"].closing == D("649.00")
    assert page.context["before"] == whole.context["rows"][2]["row"].balance
    assert whole.context["whole_href"] == ""


def test_whoever_looks_after_others_does_not_see_the_account(debtor, vera, client):
    client.force_login(vera)
    assert client.get(f"/clients/{debtor.pk}/account/").status_code == 404


def test_both_halves_of_the_paper(debtor, anna):
    sheet = sheet_of(debtor, anna)
    blank = act_of_reconciliation(sheet).extra
    assert [(row.ours.debit, row.ours.credit, row.theirs) for row in blank["rows"]] == [
        (D("1000.00"), None, None),
        (None, D("300.00"), None),
    ]
    line = sheet.lines.get(document_number="СЧ-1")
    record_discrepancy(sheet.pk, by=anna, day=DAY, line_id=line.pk, their_amount=D("900.00"), their_document="Т-9")
    sheet.refresh_from_db()
    filled = act_of_reconciliation(sheet)
    theirs = [(row.theirs.name, row.theirs.debit, row.theirs.credit) for row in filled.extra["rows"]]
    assert theirs[0] == ("Т-9", None, D("900.00"))
    assert theirs[1][1:] == (D("300.00"), None)
    assert filled.extra["their_closing"].credit == D("600.00")
    assert filled.words == "Семьсот рублей 00 копеек"


def test_papers_come_as_pdf(debtor, anna, client):
    sheet = sheet_of(debtor, anna)
    client.force_login(anna)
    answer = client.get(f"/reconciliations/{sheet.pk}/act.pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_differences_are_recorded_from_the_page(debtor, anna, client):
    sheet = sheet_of(debtor, anna)
    line = sheet.lines.get(document_number="СЧ-1")
    client.force_login(anna)
    address = f"/reconciliations/{sheet.pk}/differences/"
    with at(DAY):
        same = client.post(address, {"their_side": "debit", f"theirs_{line.pk}": "1000,00"})
        assert same.status_code == 422
        assert sheet.discrepancies.count() == 0
        client.post(address, {"their_side": "debit", f"theirs_{line.pk}": "900,00", f"document_{line.pk}": "Т-9"})
    assert sheet.discrepancies.get().their_amount == D("900.00")


def test_every_row_of_a_long_sheet_can_be_reached(debtor, anna, client, monkeypatch):
    monkeypatch.setattr("orders.pages.settlements.ROWS_ASKED", 1)
    sheet = sheet_of(debtor, anna)
    rows = list(sheet.lines.order_by("position"))
    assert len(rows) > 1
    client.force_login(anna)
    address = f"/reconciliations/{sheet.pk}/differences/"
    for part, row in enumerate(rows):
        shown = client.get(address, {"part": part}).context
        assert [line.key for line in shown["lines"]] == [row.pk]
        assert [each[2] for each in shown["parts"]] == [number == part for number in range(len(rows))]
    found = client.get(address, {"q": rows[-1].document_number}).context
    assert [line.key for line in found["lines"]] == [rows[-1].pk]
    last = f"{address}?part={len(rows) - 1}"
    with at(DAY):
        client.post(last, {"their_side": "debit", f"theirs_{rows[-1].pk}": "1,11"})
    assert sheet.discrepancies.get().line == rows[-1]


def test_sheets_of_many_clients_come_in_one_archive(debtor, anna, vera):
    quiet = client_of(anna, name="Тихий")
    open_invoice(client_of(vera), "5.00", shipped_on=DAY, due_on=DAY)
    for _again in range(2):
        with at(DAY):
            run = prepare_reconciliations(by=anna, starts_on=START, ends_on=DAY, day=DAY)
            assert carry_out(run.pk)
    assert Reconciliation.objects.get().client == debtor
    assert not quiet.reconciliations.exists()
    run = Run.objects.get(pk=run.pk)
    assert run.counts == {"documents_created": 0, "documents_unchanged": 1, "documents_skipped": 0}
    with zipfile.ZipFile(run.report.open()) as archive:
        assert archive.read(archive.namelist()[0])[:5] == b"%PDF-"


def test_an_act_is_recorded_and_settled_from_pages(anna, boris, sonya, client):
    our_company()
    goods, other = stocked_product(10, price="1000.00"), product(price="700.00")
    order = shipped_order(buyer(anna), anna, {goods: 6})
    shipment = order.shipments.get()
    line = shipment.lines.get()
    client.force_login(anna)
    with at(DAY):
        client.post(f"/shipments/{shipment.pk}/act/", {
            "accepted_on": f"{DAY:%d.%m.%Y}", f"actual_{line.pk}": "4", f"damaged_{line.pk}": "1",
            f"other_{line.pk}": "1", f"instead_{line.pk}": other.pk, "extra_product": "",
        })  # fmt: skip
        act = DiscrepancyAct.objects.get()
        assert sorted(act.lines.values_list("kind", "quantity")) == [("damage", 1), ("mis_sort", 1), ("shortage", 1)]
        rows = act_of_discrepancies(act).extra["lines"]
        assert [(row.expected, row.actual, row.damaged, row.missing, row.surplus) for row in rows] == [
            (6, 4, 1, 2, 0),
            (0, 1, 0, 0, 1),
        ]
        client.force_login(boris)
        client.post(f"/discrepancy-acts/{act.pk}/step/accept/", {"decision": "Верно"})
        client.force_login(sonya)
        outcomes = {"shortage": "credit", "damage": "return", "mis_sort": "redeliver"}
        client.post(
            f"/discrepancy-acts/{act.pk}/settle/",
            {f"outcome_{each.pk}": outcomes[each.kind] for each in act.lines.all()},
        )
    act.refresh_from_db()
    assert act.status == "settled"
    assert (act.credit_note.amount, act.order.lines.get().quantity) == (order.invoices.get().amount / 3, 1)
    assert act.returned.lines.get().quantity == 1


def test_the_api_tells_the_account_and_takes_an_act(anna, client):
    goods = stocked_product(10, price="1000.00")
    order = shipped_order(buyer(anna), anna, {goods: 2})
    shipment = order.shipments.get()
    client.force_login(anna)
    found = client.get("/api/v1/reconciliations/ledger/", {"client": order.client_id}).json()
    assert D(found["closing"]) == order.invoices.get().amount
    body = {"shipment": shipment.pk, "lines": [
        {"kind": "shortage", "shipment_line": shipment.lines.get().pk, "actual": 1}
    ]}  # fmt: skip
    made = client.post("/api/v1/discrepancy-acts/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["lines"][0]["quantity"] == 1
    twice = client.post("/api/v1/discrepancy-acts/", {**body, "lines": [
        {"kind": "damage", "shipment_line": shipment.lines.get().pk, "spoilt": 2}
    ]}, content_type="application/json")  # fmt: skip
    assert twice.status_code == 409
