"""Where clients stand at first sight: their credit today, for those who may know it, and their orders in work."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import Client
from kam.models import User
from orders.models import Order
from orders.queries.credit import ClientCredit, credit_facts


@dataclass(frozen=True, slots=True)
class Standing:
    """One client on a day; `credit` is None where the person may not know what it owes and may."""

    credit: ClientCredit | None
    orders_in_work: int


def standings_of(clients: Sequence[Client], user: User, day) -> dict[int, Standing]:
    """The standing of each of these clients, by its key, in a constant number of queries."""
    keys = [client.pk for client in clients]
    open_to = [client.pk for client in clients if client.shows_money_to(user)]
    credit = credit_facts(open_to, day) if open_to else {}
    rows = Order.objects.visible_to(user).in_work().filter(client__in=keys).order_by()
    counts = dict(rows.values_list("client").annotate(Count("pk")))
    return {key: Standing(credit.get(key), counts.get(key, 0)) for key in keys}
