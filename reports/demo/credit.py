"""What is known of clients' credit, and reviews in every state: drafted, proposed, decided, due again, refused."""

import datetime as dt
import random
from decimal import Decimal

from accounts.actions import create_credit_cover, create_credit_fact
from accounts.models import Client, CreditCover, CreditFact
from accounts.queries import terms_on
from kam import clock
from orders.actions.discipline import measure_discipline
from orders.actions.exchange import set_exchange_rate
from orders.actions.invoices import enter_open_invoice
from orders.actions.order_steps import move_order
from orders.actions.orders import copy_order
from orders.actions.payments import receive_payment
from orders.actions.reviews import create_review, decide_review, propose_review, refuse_review, return_review
from orders.models import CreditReview, Order
from orders.queries.credit import credit_facts
from reports.demo.history import Cast, History
from reports.demo.moments import midday

INSURERS = ("СК «Гарант-Кредит»", "СК «Северное страхование»")
RATES = {"USD": Decimal("88.5"), "EUR": Decimal("96.2"), "CNY": Decimal("12.3")}
REVIEWED = 24
HELD = 4
WEEK = dt.timedelta(days=7)


def tell_credit(history: History, cast: Cast, *, day: dt.date, rng: random.Random) -> None:
    """Facts, covers and rates of the last weeks, measured discipline of the last months, and reviews."""
    active = [partner for partner in history.partners if partner.client.status == "active"]
    for partner in active:
        _find_out(partner, cast, day, rng)
    for weeks in (*range(52, 12, -4), *range(12, -1, -1)):
        for currency, rate in RATES.items():
            moved = rate * Decimal(rng.randint(970, 1030)) / 1000
            set_exchange_rate(by=cast.finance, currency=currency, day=day - weeks * WEEK, rate=moved)
    _owe_abroad([partner for partner in active if partner.habit.segment == "A"][:3], cast, day)
    for month in range(5, -1, -1):
        measure_discipline(day=day - dt.timedelta(days=30 * month))
    for number, partner in enumerate(rng.sample(active, min(len(active), REVIEWED))):
        _review(partner, cast, number, day, rng, since=history.start)
    hold_orders([partner.client for partner in active], by=cast.support[0], day=day)


def hold_orders(clients: list[Client], *, by, day: dt.date, most: int = HELD) -> int:
    """Let clients in arrears or on hold order once more what they ordered last; returns how many orders are held."""
    standing = credit_facts([client.pk for client in clients], day)
    late = [client for client in clients if standing[client.pk].overdue or standing[client.pk].facts.holds]
    late.sort(key=lambda client: (-standing[client.pk].overdue, client.pk))
    held = 0
    for client in late[: most * 2]:
        last = Order.objects.filter(client=client, status__in=("shipped", "closed")).order_by("-pk").first()
        if last is None or held == most:
            continue
        order = copy_order(last.pk, by=client.manager, day=day)
        order = move_order(order.pk, "submit", by=client.manager, day=day)
        if order.status == Order.Status.SUBMITTED:
            held += move_order(order.pk, "confirm", by=by, day=day).status == Order.Status.HELD
    return held


def _owe_abroad(partners: list, cast: Cast, day: dt.date) -> None:
    """Debts in foreign money from before the program: not due, late, and paid in part."""
    for number, (partner, currency) in enumerate(zip(partners, ("CNY", "USD", "CNY"), strict=False)):
        shipped = day - dt.timedelta(days=(20, 75, 130)[number])
        with clock.at(midday(shipped)):
            invoice = enter_open_invoice(
                client_id=partner.client.pk, number=f"INV-{shipped:%y%m}-{number + 1}", currency=currency,
                amount=Decimal((486_200, 31_450, 268_900)[number]), shipped_on=shipped,
                due_on=shipped + dt.timedelta(days=45), by=cast.finance, comment="Прямая поставка, договор в валюте",
            )  # fmt: skip
        if number == 1:
            paid = day - dt.timedelta(days=8)
            with clock.at(midday(paid)):
                receive_payment(
                    client_id=partner.client.pk, amount=invoice.amount / 2, currency=currency, received_on=paid,
                    by=cast.finance, number="71", purpose=f"Payment for invoice {invoice.number}",
                )  # fmt: skip


def _find_out(partner, cast: Cast, day: dt.date, rng: random.Random) -> None:
    client, by = partner.client, partner.manager
    if rng.random() < 0.8:
        born = day - dt.timedelta(days=rng.randint(200, 9000))
        create_credit_fact(by=by, day=day, client=client, kind="registered", happened_on=born, source="ЕГРЮЛ")
    if rng.random() < 0.08:
        kind = rng.choice((CreditFact.Kind.COURT_CLAIM, CreditFact.Kind.ENFORCEMENT, CreditFact.Kind.TAX_DEBT))
        create_credit_fact(
            by=by, day=day, client=client, kind=kind, happened_on=day - dt.timedelta(days=rng.randint(5, 300)),
            amount=Decimal(rng.randint(2, 90) * 50_000), number=f"А40-{rng.randint(1000, 99999)}/{day:%Y}",
            source="kad.arbitr.ru",
        )  # fmt: skip
    if rng.random() < 0.15:
        kind = rng.choice(CreditCover.Kind.values)
        create_credit_cover(
            by=cast.finance, client=client, kind=kind, provider=rng.choice(INSURERS),
            number=f"{rng.randint(100, 999)}/К", amount=Decimal(rng.randint(5, 60) * 100_000),
            starts_on=day - dt.timedelta(days=200),
            ends_on=day + dt.timedelta(days=rng.randint(-20, 300)),
        )  # fmt: skip


def _review(partner, cast: Cast, number: int, day: dt.date, rng: random.Random, *, since: dt.date) -> None:
    """One review as far as its number says: a fifth stays a draft, a fifth waits, the others are decided."""
    kam, client = partner.manager, partner.client
    head = next(head for head in cast.heads if head.pk == kam.manager_id)
    terms = terms_on([client.pk], day)[client.pk]
    asked = (terms.credit_limit * Decimal(rng.choice((8, 10, 12, 13))) / 10).quantize(Decimal("1.00"))
    state = number % 5
    told = day if state < 3 else day - dt.timedelta(days=rng.randint(20, 60))
    told = max(told, since)
    with clock.at(midday(told)):
        review = create_review(
            by=kam, day=told, client=client, asked_limit=asked, asked_days=terms.days,
            comment="Рост продаж, просят увеличить лимит под сезон",
        )  # fmt: skip
        if state == 0:
            return
        propose_review(review.pk, by=kam, day=told)
        decider = cast.finance if asked > 5_000_000 else head
        if state == 2:
            send = return_review if number % 2 else refuse_review
            send(review.pk, by=decider, reason="Сначала закрыть просрочку и приложить отчётность")
        elif state > 2:
            limit = min(asked, max(CreditReview.objects.get(pk=review.pk).recommended_limit, asked / 2))
            due = day - dt.timedelta(days=3) if state == 4 else None
            decide_review(
                review.pk, by=decider, day=told, credit_limit=limit.quantize(Decimal("1.00")), recheck_on=due,
                valid_until=day + dt.timedelta(days=30) if due else None, reason="По заявке и истории платежей",
            )  # fmt: skip
