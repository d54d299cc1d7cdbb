import datetime as dt
import io
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from kam.clock import at
from orders.actions.discrepancy_acts import ActLineInput, accept_claim, record_act
from orders.actions.returns import reject_return, request_return
from orders.actions.settling_claims import settle_claim
from reports.queries.returns import Asked, facts_of, returns_by, sales_in
from tests.factories import DAY, buyer, shipped_order, stocked_product

D = Decimal
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def goods(db):
    return stocked_product(40, price="1000.00")


@pytest.fixture
def order(anna, goods):
    return shipped_order(buyer(anna), anna, {goods: 10})


def given_back(order, by, units=1, reason="defect", day=DAY):
    invoice = order.invoices.get()
    lines = [(invoice.lines.get().pk, units, True)]
    return request_return(invoice.pk, by=by, day=day, reason=reason, lines=lines)


def asked(by="reason", starts_on=DAY, ends_on=DAY, **fields):
    return Asked(starts_on, ends_on, by, **fields)


def told(user, **fields):
    rows = returns_by(user, asked(**fields))
    return {row.key: (row.units, row.returns, row.acts, row.pairs, row.repeated) for row in rows}


def test_by_reason_with_money_and_share_of_sales(order, anna):
    invoice = order.invoices.get()
    given_back(order, anna, 2)
    record_act(
        order.shipments.get().pk, by=anna, day=DAY,
        lines=[ActLineInput("shortage", order.shipments.get().lines.get().pk, actual=9)],
    )  # fmt: skip
    rows = {row.key: row for row in returns_by(anna, asked())}
    assert (rows["defect"].units, rows["defect"].money) == (2, invoice.amount / 5)
    assert (rows["shortage"].units, rows["shortage"].money) == (1, invoice.amount / 10)
    assert rows["defect"].sales == sales_in(anna, asked()) == invoice.amount
    assert rows["defect"].share == D(20)


def test_every_grouping_counts_the_same_units(order, anna, goods):
    given_back(order, anna, 2)
    given_back(order, anna, 1)
    for by, key in (
        ("reason", "defect"),
        ("product", str(goods.pk)),
        ("client", str(order.client_id)),
        ("carrier", ""),
        ("month", f"{DAY:%Y-%m}"),
    ):
        assert told(anna, by=by) == {key: (3, 2, 0, 1, 1)}
        assert len(facts_of(anna, asked(by=by), key)) == 2


def test_the_days_at_the_ends_belong_to_the_period(order, anna):
    given_back(order, anna, 1)
    given_back(order, anna, 2, day=DAY + ONE_DAY)
    assert told(anna) == {"defect": (1, 1, 0, 1, 0)}
    assert told(anna, ends_on=DAY + ONE_DAY) == {"defect": (3, 2, 0, 1, 1)}
    assert told(anna, starts_on=DAY - ONE_DAY, ends_on=DAY - ONE_DAY) == {}


def test_what_was_rejected_or_comes_back_by_an_act_is_not_counted_twice(order, anna, boris, sonya):
    reject_return(given_back(order, anna, 5).pk, by=boris, reason="Не наш товар")
    shipment = order.shipments.get()
    act = record_act(shipment.pk, by=anna, day=DAY, lines=[ActLineInput("damage", shipment.lines.get().pk, spoilt=2)])
    accept_claim(act.pk, by=boris)
    assert told(anna) == {"damage": (2, 0, 1, 1, 0)}
    settle_claim(act.pk, by=sonya, day=DAY, outcomes={act.lines.get().pk: "return"})
    assert told(anna) == {"damage": (2, 1, 0, 1, 0)}


def test_everybody_sees_only_their_clients(order, anna, vera, fedor):
    given_back(order, anna, 2)
    assert told(vera) == {}
    assert sales_in(vera, asked()) == D(0)
    assert told(fedor) == told(anna)
    assert told(fedor, manager_id=vera.pk) == {}
    assert told(fedor, narrowed={"reason": "damage"}) == {}
    assert told(fedor, narrowed={"client": order.client_id, "reason": "defect"}) == told(anna)


def test_the_page_opens_the_lines_and_exports(order, anna, client):
    given_back(order, anna, 2)
    client.force_login(anna)
    with at(DAY):
        page = client.get("/reports/returns/", {"by": "reason", "key": "defect"})
        file = client.get("/reports/returns/", {"by": "product", "format": "xlsx"})
    assert page.status_code == 200
    assert [item["fact"].units for item in page.context["facts"]] == [2]
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(file.streaming_content)))
    groups, lines = (book.get_sheet_by_index(index).to_python() for index in (0, 1))
    assert groups[1][1:3] == [2.0, float(order.invoices.get().amount / 5)]
    assert lines[1][5] == 2.0
