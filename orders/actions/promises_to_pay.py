"""Promises to pay: taken with the note of the call, withdrawn, and told kept or broken by the job."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions.rows import check_belongs
from accounts.models import Activity, Contact
from kam import clock, trail
from kam.access import Authority, authority
from kam.flows import take_step
from kam.models import TrailEntry
from kam.money import rounded
from kam.notifications import Message, notify_each
from kam.records import written
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.calls import note_call
from orders.actions.ledger import lock_client
from orders.flow import PROMISE_FLOW
from orders.models import PaymentPromise

BROKEN = gettext_noop("%(client)s broke its word: %(amount)s were promised by %(day)s, %(received)s came.")

# Money of the client that came from the day of the promise to the last day of grace, day by day, less what of it was
# given back by then; the word is kept on the first day on which it comes to the threshold, and broken on the day after
# the last one. An offset is no money.
SETTLE = """
WITH asked AS (
    SELECT id, client_id, promised_on, due_on + grace_days AS last_on,
        round(amount * threshold_percent / 100, 2) AS enough
    FROM orders_paymentpromise WHERE status = 'open' AND promised_on <= %(day)s
), paid AS (
    SELECT a.id, coalesce(m.paid_on, m.received_on) AS paid_on, sum(sum(m.amount - coalesce(r.amount, 0)))
        OVER (PARTITION BY a.id ORDER BY coalesce(m.paid_on, m.received_on)) AS so_far
    FROM asked a JOIN orders_payment m ON m.client_id = a.client_id AND m.currency = 'RUB' AND m.kind = 'money'
        AND coalesce(m.paid_on, m.received_on) BETWEEN a.promised_on AND least(a.last_on, %(day)s)
        AND m.received_on <= %(day)s
    LEFT JOIN LATERAL (
        SELECT sum(amount) AS amount FROM orders_refund
        WHERE payment_id = m.id AND refunded_on <= least(a.last_on, %(day)s)
            AND (undone_on IS NULL OR undone_on > least(a.last_on, %(day)s))
    ) r ON true
    GROUP BY a.id, coalesce(m.paid_on, m.received_on)
), told AS (
    SELECT a.id, a.last_on, min(p.paid_on) FILTER (WHERE p.so_far >= a.enough) AS kept_on,
        coalesce(min(p.so_far) FILTER (WHERE p.so_far >= a.enough), max(p.so_far), 0) AS received
    FROM asked a LEFT JOIN paid p ON p.id = a.id GROUP BY a.id, a.last_on
)
UPDATE orders_paymentpromise p SET
    status = CASE WHEN t.kept_on IS NULL THEN 'broken' ELSE 'kept' END, kept_on = t.kept_on,
    broken_on = CASE WHEN t.kept_on IS NULL THEN t.last_on + 1 END, received = t.received,
    version = p.version + 1, updated_at = %(now)s
FROM told t WHERE t.id = p.id AND p.status = 'open' AND (t.kept_on IS NOT NULL OR t.last_on < %(day)s)
RETURNING p.id, p.status"""


@writes
def take_promise(
    *,
    by,
    day: date,
    client_id: int,
    amount: Decimal,
    due_on: date,
    note: str = "",
    contact_id: int | None = None,
    grace_days: int = 1,
    threshold_percent: Decimal = Decimal(100),
    next_subject: str = "",
    next_due_on: date | None = None,
) -> PaymentPromise:
    """Write down what the client promised to pay (roubles) by a day, with the note of the call it was given in.

    The promise is kept by money received from `day` to `due_on` + `grace_days`, from `threshold_percent` of the
    amount on. A client has one open promise at a time. Raises Forbidden, Refused.
    """
    client = lock_client(client_id)
    who = authority(by, "orders.add_paymentpromise", client.manager_id)
    contact = Contact.objects.filter(pk=contact_id).first()
    check_belongs(client.pk, contact=contact)
    _check(day, amount, due_on, grace_days)
    call = {"client_id": client.pk, "contact_id": contact_id, "by": by, "day": day}
    promise = PaymentPromise(
        client=client,
        contact=contact,
        activity=_note_of_call(note, next_subject, next_due_on, **call),
        amount=amount,
        promised_on=day,
        due_on=due_on,
        grace_days=grace_days,
        threshold_percent=threshold_percent,
        note=note.strip(),
        taken_by=who.by,
    )
    written(promise)
    trail.record(promise, "create", by=who)
    return promise


def _note_of_call(note: str, next_subject: str, next_due_on: date | None, **call) -> Activity | None:
    """The call in which it was promised, as the KAM's week keeps it; None where nothing is said of one."""
    if not note.strip() and not next_subject:
        return None
    result = note or _("Promised to pay.")
    return note_call(result=result, next_subject=next_subject, next_due_on=next_due_on, **call)


def withdraw_promise(pk: int, *, by, reason: str) -> PaymentPromise:
    """Take back a promise written down wrongly; one that is kept or broken stays. Raises Forbidden, Refused."""
    return take_step(PROMISE_FLOW, pk, "withdraw", by=by, reason=reason)


def move_promise(pk: int, step: str, *, by, reason: str = "") -> PaymentPromise:
    """Take a step on a promise by its name; the job's own steps are nobody's. Raises Forbidden, Refused."""
    assert PROMISE_FLOW.step(step).listed, step
    return take_step(PROMISE_FLOW, pk, step, by=by, reason=reason)


@writes
def settle_promises(*, day: date) -> int:
    """Tell which open promises are kept or broken as of the end of a day; returns how many.

    One statement for all of them. What is told follows from the money and its days alone, so a run for a past day, or
    after nights that were missed, tells the same; what is told once is never opened again, and a second run finds
    nothing. The KAM of a broken promise is told.
    """
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"day": day, "now": clock.now()})
        told = dict(cursor.fetchall())
    if not told:
        return 0
    promises = list(PaymentPromise.objects.filter(pk__in=told).select_related("client").order_by("pk"))
    program = Authority(None)
    TrailEntry.objects.bulk_create(
        [
            trail.entry_of(
                each, "keep" if each.status == "kept" else "break", program, {"status": ["open", each.status]}
            )
            for each in promises
        ],
        batch_size=500,
    )
    notify_each(_message(each) for each in promises if each.status == "broken" and each.client.manager_id)
    return len(told)


def _message(promise: PaymentPromise) -> Message:
    values = {
        "client": promise.client.name,
        "amount": (promise.amount, "RUB"),
        "received": (promise.received, "RUB"),
        "day": promise.due_on,
    }
    return Message(promise.client.manager_id, "promise_broken", BROKEN, values, document=promise, urgent=True)


def _check(day: date, amount: Decimal, due_on: date, grace_days: int) -> None:
    found = []
    if amount <= 0 or amount != rounded(amount):
        found.append(
            Refusal("amount_not_positive", _("A promise is a positive amount in whole kopecks."), field="amount")
        )
    if due_on < day:
        found.append(Refusal("in_the_past", _("A promise is for today or a later day."), field="due_on"))
    if not 0 <= grace_days <= 30:
        found.append(Refusal("grace_too_long", _("Grace is 30 days at most."), field="grace_days"))
    if found:
        raise Refused(*found)
