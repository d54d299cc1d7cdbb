"""Writers of dated prices and costs: a new one closes the one before, so that periods never overlap."""

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import PriceColumn
from kam import trail
from kam.access import authority
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.models import Price, Product, ProductCost


def set_price(*, product_id, column_id, amount, starts_on, by) -> Price:
    """Let the product cost `amount` in the column from this day on; returns the price that stands then."""
    set_prices(column_id=column_id, amounts={product_id: amount}, starts_on=starts_on, by=by)
    return Price.objects.filter(product_id=product_id, column_id=column_id).valid_on(starts_on).get()


def set_cost(*, product_id, amount, starts_on, by) -> ProductCost:
    """Let the product cost us `amount` from this day on; returns the cost that stands then."""
    set_costs(amounts={product_id: amount}, starts_on=starts_on, by=by)
    return ProductCost.objects.filter(product_id=product_id).valid_on(starts_on).get()


@writes
def set_prices(*, column_id: int, amounts: dict[int, Decimal], starts_on, by) -> int:
    """Let products (ids) cost these amounts in the column from this day on; returns how many prices changed.

    The price valid before ends the day before; a price of the same day is replaced; a later price
    stands, and the new one ends before it. An equal price changes nothing. Raises Refused where an
    amount is not positive.
    """
    who = authority(by, "orders.change_price")
    _refuse_amounts(amounts, lowest=Decimal("0.01"))
    column = PriceColumn.objects.select_for_update().get(pk=column_id)
    changed = _lay_periods(Price, amounts, starts_on, column_id=column_id)
    if changed:
        trail.record(
            column, "set_prices", by=who, changes={"starts_on": [None, str(starts_on)], "prices": [0, changed]}
        )
    return changed


@writes
def set_costs(*, amounts: dict[int, Decimal], starts_on, by) -> int:
    """Let products (ids) cost us these amounts, without VAT, from this day on; as `set_prices` otherwise."""
    authority(by, "orders.set_cost")
    _refuse_amounts(amounts, lowest=Decimal("0"))
    list(Product.objects.select_for_update().filter(pk__in=amounts).order_by("pk").values_list("pk"))
    return _lay_periods(ProductCost, amounts, starts_on)


def _refuse_amounts(amounts, lowest):
    wrong = [pk for pk, amount in amounts.items() if amount < lowest]
    if wrong:
        text = _("Prices must be positive; %(count)d of them are not.") % {"count": len(wrong)}
        raise Refused(Refusal("price_not_positive", text, field="amount"))


def _lay_periods(model, amounts, starts_on, **column) -> int:
    """Put one row for each product into its place among the periods of the same product and column."""
    rows = model.objects.filter(product_id__in=amounts, **column).order_by("product_id", "starts_on")
    standing, later = {}, {}
    for row in rows:
        if row.starts_on > starts_on:
            later.setdefault(row.product_id, row.starts_on)
        elif row.ends_on is None or row.ends_on >= starts_on:
            standing[row.product_id] = row
    closed, replaced, new = [], [], []
    for product_id, amount in amounts.items():
        row = standing.get(product_id)
        if row is not None and row.amount == amount:
            continue
        if row is not None and row.starts_on == starts_on:
            row.amount = amount
            replaced.append(row)
            continue
        if row is not None:
            row.ends_on = starts_on - timedelta(days=1)
            closed.append(row)
        follows = later.get(product_id)
        ends_on = follows - timedelta(days=1) if follows else None
        new.append(model(product_id=product_id, starts_on=starts_on, ends_on=ends_on, amount=amount, **column))
    model.objects.bulk_update(closed, ["ends_on"], batch_size=1000)
    model.objects.bulk_update(replaced, ["amount"], batch_size=1000)
    model.objects.bulk_create(new, batch_size=1000)
    return len(replaced) + len(new)
