"""Work of the orders' floor in the background; the day is asked here, at the edge."""

from celery import shared_task

from kam.clock import today
from orders.actions import confirming, expiring, proving


@shared_task
def expire_reservations():
    """Release what was reserved until yesterday."""
    expiring.expire_reservations(today())


@shared_task
def warn_of_expiry():
    """Tell KAMs what expires by the next working day."""
    expiring.warn_of_expiry(today())


@shared_task
def prove_counters():
    """Compare counters with reservations and keep the result."""
    proving.prove_counters(today())


@shared_task
def re_evaluate_holds():
    """Ask again for every held order: what a payment did not trigger is found within the hour."""
    confirming.re_evaluate_all_holds(today())
