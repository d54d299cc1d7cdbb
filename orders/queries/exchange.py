"""What foreign money is worth in roubles on a day."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q

from accounts.models import Client
from kam.money import rounded
from orders.models import ExchangeRate, Invoice, Order, Payment, Shipment

ROUBLE = "RUB"
# In statements: the rate of a currency on %(day)s. Asked for documents in foreign currencies only. The currency is
# named with its table: a bare name would be the rate's own column, and the latest rate of any currency would do.
RATE_OF_DAY = """(SELECT x.rate FROM orders_exchangerate x
        WHERE x.currency = {currency} AND x.day <= %(day)s ORDER BY x.day DESC LIMIT 1)"""


def sum_in_roubles(document: str, amount: str, currency: str = "") -> str:
    """SQL of the sum of a column of the table `document` in roubles, each row rounded by itself.

    A row in a currency without a rate is left out. `currency` is the table that knows the currency, if another does.
    """
    amount, currency = f"{document}.{amount}", f"{currency or document}.currency"
    return f"""sum(CASE WHEN {currency} = 'RUB' THEN {amount}
        ELSE round({amount} * {RATE_OF_DAY.format(currency=currency)}, 2) END)"""


def rates_on(currencies: Iterable[str], day: date) -> dict[str, Decimal]:
    """Roubles for one unit of each of these currencies on a day; a currency without a rate by then is missing."""
    found = dict(ExchangeRate.objects.valid_on(day).filter(currency__in=currencies).values_list("currency", "rate"))
    return {ROUBLE: Decimal(1), **found}


def in_roubles(amount: Decimal, currency: str, rates: dict[str, Decimal]) -> Decimal | None:
    """The amount in roubles at these rates, in whole kopecks; None without a rate."""
    if currency == ROUBLE:
        return amount
    return rounded(amount * rates[currency]) if currency in rates else None


def in_currency(roubles: Decimal, currency: str, rates: dict[str, Decimal]) -> Decimal | None:
    """What roubles are in this currency at these rates, to the hundredth; None without a rate."""
    if currency == ROUBLE:
        return roubles
    return rounded(roubles / rates[currency]) if currency in rates else None


def held_payers_with(currency: str) -> set[int]:
    """Payers of held orders whom a rate of this currency touches: by the order itself, or by what is open of theirs or
    of a fellow of their group. Two questions, whatever the number of orders."""
    held = Order.objects.filter(status=Order.Status.HELD).order_by()
    orders = held.values_list("payer", "client_id", "distributor_id", "currency")
    payers = {((client if payer == "client" else other), unit) for payer, client, other, unit in orders}
    everybody = {payer for payer, _unit in payers}
    watched = Client.objects.filter(Q(pk__in=everybody) | Q(group__clients__in=everybody)).values("pk")
    found = Invoice.objects.filter(open_amount__gt=0, currency=currency, client__in=watched).order_by()
    found = found.values_list("client").union(
        Payment.objects.on_account().filter(currency=currency, client__in=watched).order_by().values_list("client"),
        Shipment.objects.filter(uninvoiced_total__gt=0, order__currency=currency, payer__in=watched)
        .order_by().values_list("payer"),
        Order.objects.filter(unshipped_total__gt=0, currency=currency, payer="client", client__in=watched)
        .order_by().values_list("client"),
        Order.objects.filter(unshipped_total__gt=0, currency=currency, payer="distributor", distributor__in=watched)
        .order_by().values_list("distributor"),
    )  # fmt: skip
    return {payer for payer, unit in payers if unit == currency} | {client for (client,) in found}
