"""Work of the orders' floor in the background; the day is asked here, at the edge."""

from celery import shared_task

from kam.clock import today
from orders.actions import collecting_policy, confirming, expiring, letter_steps, old_days, proving, reviews

# Work that no task starts: a worker that takes such a run up has to know its kind.
TAKEN_UP = (old_days.KIND,)


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


@shared_task
def send_letter(pk):
    """Send one letter about debts."""
    letter_steps.deliver_letter(pk)


@shared_task
def send_letters():
    """Send the letters about debts that a broker or a worker lost."""
    letter_steps.deliver_waiting()


@shared_task
def remind_rechecks():
    """Tell whose credit is to be checked again."""
    reviews.remind_rechecks(day=today())


@shared_task
def remind_of_key_rates():
    """Tell who keeps the key rates that the last one is old."""
    collecting_policy.remind_of_key_rates(day=today())
