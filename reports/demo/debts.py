"""Debts of the last weeks: calls, promises in every state, letters, stop lists, stops of shipping."""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min, Sum

from accounts.models import Client
from kam import clock
from kam.refusals import Refused
from orders.actions.calls import note_call
from orders.actions.letter_steps import post_letter, skip_letter
from orders.actions.letters import prepare_letters
from orders.actions.promises_to_pay import take_promise, withdraw_promise
from orders.actions.stop_list import stop_letters
from orders.models import Allocation, CollectionLetter, Invoice
from reports.demo.moments import midday

TALKS = (
    "Обещали оплатить после закрытия месяца",
    "Директор в командировке, подпишет платёжку на неделе",
    "Просят акт сверки, прислали запрос бухгалтерии",
    "Ждут поступлений от сети, готовы платить частями",
)
WEEKS_BACK = (5, 3, 1)
KEPT_WITHIN, KEPT = 5, 4  # days in which money came as promised; so many promises a day were kept
LETTERS_BACK = 21  # days before the last one when letters were prepared once


@dataclass(frozen=True)
class Debtor:
    """A client with overdue invoices on a day."""

    client: Client
    overdue: Decimal


def tell_debts(*, finance, day: dt.date, rng: random.Random) -> None:
    """What was said, promised and written about debts in the last weeks; the nights decide what came of it."""
    _write_letters(finance, day - dt.timedelta(days=LETTERS_BACK), rng)
    for weeks in WEEKS_BACK:
        talked = day - dt.timedelta(weeks=weeks)
        with clock.at(midday(talked)):
            for debtor in debtors_on(talked)[::2][:6]:
                _promise(debtor, talked, rng.randint(3, 9), rng)
            for debtor in payers_after(talked):
                _promise(debtor, talked, KEPT_WITHIN, rng)
    late = debtors_on(day)
    for debtor in late[:16]:
        _talk(debtor, day, rng)
    for number, debtor in enumerate(late[1::2][:6]):
        promise = _promise(debtor, day, rng.randint(1, 8), rng)
        if promise is not None and number == 5:
            withdraw_promise(promise.pk, by=debtor.client.manager, reason="Записано не тому клиенту")
    for debtor in late[-2:]:
        stop_letters(
            client_id=debtor.client.pk, by=finance, day=day, reason="Идёт сверка, письма не отправляем",
            ends_on=day + dt.timedelta(days=14),
        )  # fmt: skip


def debtors_on(day: dt.date) -> list[Debtor]:
    """Clients with overdue invoices that are open now, the largest debt first."""
    late = Invoice.objects.filter(due_on__lt=day, open_amount__gt=0, issued_on__lte=day, currency="RUB")
    sums = dict(late.order_by().values_list("client").annotate(Sum("open_amount")))
    oldest = dict(late.order_by().values_list("client").annotate(Min("due_on")))
    clients = Client.objects.filter(pk__in=sums).select_related("manager")
    return sorted(
        (Debtor(client, sums[client.pk]) for client in clients),
        key=lambda each: (-each.overdue, oldest[each.client.pk], each.client.pk),
    )


def _talk(debtor: Debtor, day: dt.date, rng: random.Random) -> None:
    talked = day - dt.timedelta(days=rng.randint(1, 12))
    with clock.at(midday(talked)):
        note_call(
            client_id=debtor.client.pk, by=debtor.client.manager, day=talked, result=rng.choice(TALKS),
            next_subject="Проверить оплату", next_due_on=day + dt.timedelta(days=rng.randint(-2, 5)),
        )  # fmt: skip


def payers_after(day: dt.date) -> list[Debtor]:
    """Clients who paid what they owed late within the days after this one, and how much: they kept their word."""
    until = day + dt.timedelta(days=KEPT_WITHIN)
    late = Allocation.objects.filter(
        payment__received_on__gt=day, payment__received_on__lte=until, payment__currency="RUB",
        invoice__due_on__lt=day, undone_on=None,
    ).order_by()  # fmt: skip
    paid = dict(late.values_list("payment__client").annotate(Sum("amount")))
    clients = Client.objects.filter(pk__in=paid).select_related("manager").order_by("pk")
    return [Debtor(client, paid[client.pk]) for client in clients[:KEPT]]


def _promise(debtor: Debtor, day: dt.date, days: int, rng: random.Random):
    """A promise of the whole debt or of half of it; None where the client has an open one already."""
    amount = debtor.overdue if rng.random() < 0.6 else (debtor.overdue / 2).quantize(Decimal("1.00"))
    try:
        return take_promise(
            by=debtor.client.manager, day=day, client_id=debtor.client.pk, amount=amount,
            due_on=day + dt.timedelta(days=days), note=rng.choice(TALKS), threshold_percent=Decimal(95),
        )  # fmt: skip
    except Refused:
        return None


def _write_letters(finance, day: dt.date, rng: random.Random) -> None:
    """Letters of an earlier day: most went by post, one was skipped."""
    with clock.at(midday(day)):
        prepare_letters(day=day)
        proposed = CollectionLetter.objects.filter(status=CollectionLetter.Status.PROPOSED).order_by("pk")
        for number, letter in enumerate(proposed):
            if number % 6 == 5:
                skip_letter(letter.pk, by=finance, reason="Клиент оплатил в тот же день")
            else:
                tracking = f"8010{rng.randint(10**9, 10**10 - 1)}"
                post_letter(letter.pk, by=finance, reason="Отправлено заказным письмом", tracking=tracking)
