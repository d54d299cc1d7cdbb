"""Tells KAMs in the morning which debts became overdue with the day that is over."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_noop

from kam.models import Notification
from kam.notifications import Message, notify_each
from kam.writing import writes
from orders.models import Invoice

KIND = "overdue"
BECAME = gettext_noop("Invoices overdue since %(day)s: %(count)s.")


@writes
def roll_overdue(*, day: date) -> int:
    """Tell each KAM once how many invoices were due on `day` and are open still; returns how many there are.

    They are overdue from the day after. Safe to run again: who was told of the day is not told twice.
    """
    rows = Invoice.objects.open().filter(due_on=day)
    found = list(rows.order_by().values_list("client__manager").annotate(count=Count("pk")).order_by("client__manager"))
    address = f"{reverse('orders:invoice_list')}?{urlencode({'open': 'true', 'due_from': day, 'due_to': day})}"
    told = set(Notification.objects.filter(kind=KIND, url=address).values_list("user", flat=True))
    since = day + timedelta(days=1)
    notify_each(
        Message(manager, KIND, BECAME, {"day": since, "count": count}, url=address)
        for manager, count in found
        if manager is not None and manager not in told
    )
    return sum(count for _manager, count in found)
