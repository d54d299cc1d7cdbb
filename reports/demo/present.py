"""What lies on everybody's desk on the last day: work to do, to approve, to release; so that no screen is empty."""

import datetime as dt
import random
from decimal import Decimal

from accounts.actions.activities import complete_activity, create_activity
from accounts.actions.holds import place_hold
from kam import clock
from kam.actions.substitutions import arrange_substitution
from orders.actions.intakes import IntakeLineInput, create_intake
from orders.actions.order_steps import move_order
from orders.actions.orders import OrderLineInput, create_order
from orders.actions.quotas import set_quota
from orders.actions.special_terms import agree_special_term
from orders.models import Order
from reports.demo.history import Cast, History

VISIT_SUBJECTS = ("Выкладка и остатки", "План на квартал", "Обучение продавцов", "Новинки сезона")
CALL_SUBJECTS = ("Напомнить о заявке", "Согласовать график отгрузок", "Сверка задолженности", "Просрочка: когда оплата")


def set_quotas(history: History, *, heads, kams, start: dt.date, end: dt.date) -> None:
    """Quarterly quotas of the scarce products for every KAM, large enough to sell and small enough to feel."""
    scarce = [article for article in history.articles if article.product.is_scarce]
    first = dt.date(start.year, (start.month - 1) // 3 * 3 + 1, 1)
    while first <= end:
        last = (first + dt.timedelta(days=95)).replace(day=1) - dt.timedelta(days=1)
        with clock.at(max(first, start)):
            for article in scarce:
                for manager in kams:
                    head = next(head for head in heads if head.pk == manager.manager_id)
                    units = max(40, int(article.weight * 12))
                    set_quota(
                        by=head, product_id=article.product.pk, manager_id=manager.pk,
                        starts_on=first, ends_on=last, units=units,
                    )  # fmt: skip
        first = last + dt.timedelta(days=1)


def agree_terms(history: History, *, heads, rng: random.Random) -> None:
    """Special terms of a tenth of the clients: a discount on a brand, or a price of one product."""
    for partner in history.partners[::10]:
        if partner.client.status != "active":
            continue
        head = next(head for head in heads if head.pk == partner.manager.manager_id)
        article = rng.choice(partner.taste or history.articles)
        subject = (
            {"brand_id": article.product.brand_id, "discount_percent": Decimal(rng.choice((2, 3)))}
            if rng.random() < 0.7
            else {"product_id": article.product.pk, "price": Decimal(int(article.retail * Decimal("0.66")))}
        )
        agree_special_term(
            by=head, client_id=partner.client.pk, starts_on=history.start,
            reason="Годовой объём закупок", **subject,
        )  # fmt: skip


def fill_desks(history: History, cast: Cast, *, kams, day: dt.date, rng: random.Random) -> None:
    """Drafts, approvals, rough orders, visits and calls around the last day."""
    active = [partner for partner in history.partners if partner.client.status == "active"]
    by_manager = {kam.pk: [p for p in active if p.manager.pk == kam.pk] for kam in kams}
    for kam in kams:
        mine = by_manager[kam.pk]
        if not mine:
            continue
        for partner in rng.sample(mine, min(len(mine), 8)):
            _plan(partner, kam, day, rng)
        one, another, third, fourth, fifth = (rng.choice(mine) for _each in range(5))
        _order(history, one, day, rng, discount=None)
        _order(history, another, day, rng, discount=Decimal(12), step="submit")
        _order(history, third, day, rng, discount=None, step="submit")
        _rough_order(history, fourth, kam, day, rng)
        # Promised lately, so that there are reservations to look after; one that credit holds waits for finance.
        promised = _order(history, fifth, day, rng, discount=None, step="submit")
        history.confirm(promised.pk, cast.support[0], day)
    for partner in active[3:60:19]:
        place_hold(client_id=partner.client.pk, by=cast.finance, reason="Нарушен график погашения")
    arrange_substitution(
        by=cast.heads[0], day=day, absent=kams[3], deputy=kams[0], starts_on=day,
        ends_on=day + dt.timedelta(days=9), reason="Отпуск",
    )  # fmt: skip


def _plan(partner, kam, day, rng):
    """A step done lately and the next one around the last day, some of them late."""
    past = create_activity(
        by=kam, client=partner.client, owner=kam, kind="call",
        subject=rng.choice(CALL_SUBJECTS), due_on=day - dt.timedelta(days=rng.randint(5, 20)),
    )  # fmt: skip
    complete_activity(pk=past.pk, by=kam, result="Договорились о следующей заявке")
    kind, subjects = rng.choice((("visit", VISIT_SUBJECTS), ("call", CALL_SUBJECTS)))
    create_activity(
        by=kam, client=partner.client, owner=kam, kind=kind,
        subject=rng.choice(subjects), due_on=day + dt.timedelta(days=rng.randint(-3, 10)),
    )  # fmt: skip


def _lines(history, partner, day, rng, discount):
    on_sale = [a for a in partner.taste if a.product.launched_on <= day and not a.product.ends_on]
    chosen = {article.product.pk for article in rng.sample(on_sale, min(len(on_sale), 6))}
    return [
        OrderLineInput(product_id=pk, quantity=rng.randint(*partner.habit.units), discount_percent=discount)
        for pk in sorted(chosen)
    ]


def _order(history, partner, day, rng, *, discount, step="") -> Order:
    order = create_order(
        by=partner.manager, day=day, client_id=partner.client.pk, warehouse_id=history.warehouses[0].pk,
        lines=_lines(history, partner, day, rng, discount),
    )  # fmt: skip
    return move_order(pk=order.pk, step=step, by=partner.manager, day=day) if step else order


def _rough_order(history, partner, kam, day, rng):
    lines = [
        IntakeLineInput(product_id=line.product_id, quantity=line.quantity)
        for line in _lines(history, partner, day, rng, None)
    ]
    create_intake(
        by=kam, day=day, client_id=partner.client.pk, wanted_on=day + dt.timedelta(days=5),
        text="Как в прошлый раз, плюс новинки. Доставка до среды.", lines=lines,
    )  # fmt: skip
