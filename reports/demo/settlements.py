"""What is settled with clients: reconciliations and differences, offsets, discrepancy acts, corrective actions."""

import datetime as dt
import random
from decimal import Decimal

from kam import clock
from orders.actions.corrective_actions import finish_action, plan_action
from orders.actions.discrepancies import record_discrepancy, resolve_discrepancy
from orders.actions.discrepancy_acts import ActLineInput, accept_claim, close_act, decline_claim, record_act
from orders.actions.offsets import approve_offset, decline_offset, propose_offset
from orders.actions.reconciliations import agree_reconciliation, draw_up_reconciliation, send_reconciliation
from orders.actions.settling_claims import settle_claim
from orders.models import Discrepancy, DiscrepancyAct, Return, Shipment
from orders.rules.claims import outcomes_for
from reports.demo.history import Cast, History
from reports.demo.moments import midday

COMMISSION = "Заведующий складом, Котов Н. П., клиент\nКладовщик, Белова Т. А., клиент"


def tell_settlements(history: History, cast: Cast, *, day: dt.date, rng: random.Random) -> None:
    """Papers of the last quarter, each state of each kind at least once."""
    active = [partner for partner in history.partners if partner.client.status == "active"]
    for number, partner in enumerate(rng.sample(active, min(len(active), 10))):
        _reconcile(partner, cast, number, day)
    for number, partner in enumerate(rng.sample(active, min(len(active), 4))):
        _set_off(partner, cast, number, day, rng)
    recent = Shipment.objects.filter(status=Shipment.Status.DELIVERED, shipped_on__gte=day - dt.timedelta(days=40))
    recent = recent.select_related("order__client__manager").order_by("pk")
    for number, shipment in enumerate(rng.sample(list(recent), min(recent.count(), 8))):
        _differ(shipment, cast, number, day, rng)
    for number, returned in enumerate(Return.objects.order_by("-requested_on", "-pk").select_related("client")[:5]):
        _act_on(returned, cast, number, day)


def _reconcile(partner, cast: Cast, number: int, day: dt.date) -> None:
    """A sheet of the last whole quarter: a fifth drafts, the others sent, agreed or with a difference."""
    ends_on = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1) - dt.timedelta(days=1)
    starts_on = dt.date(ends_on.year, ends_on.month - 2, 1)
    drawn = draw_up_reconciliation(
        client_id=partner.client.pk, starts_on=starts_on, ends_on=ends_on, by=cast.finance, day=day
    )
    state = number % 5
    if state == 0:
        return
    send_reconciliation(drawn.pk, by=cast.finance, day=day)
    if state in (1, 2):
        agree_reconciliation(drawn.pk, by=cast.finance, day=day, signed_by="Главный бухгалтер клиента")
        return
    line = drawn.lines.order_by("pk").last()
    if state == 3 or line is None:
        return
    found = record_discrepancy(
        drawn.pk, by=cast.finance, day=day, line_id=line.pk, their_amount=Decimal(0),
        comment="Накладная до клиента не дошла", owner_id=partner.manager.pk, due_on=day + dt.timedelta(days=7),
    )  # fmt: skip
    if number > 5:
        resolve_discrepancy(
            found.pk, by=cast.finance, day=day, cause=Discrepancy.Cause.MISSING_PAPER,
            result="Копия отправлена, клиент принял к учёту",
        )  # fmt: skip


def _set_off(partner, cast: Cast, number: int, day: dt.date, rng: random.Random) -> None:
    told = day - dt.timedelta(days=rng.randint(2, 25))
    with clock.at(midday(told)):
        offset = propose_offset(
            client_id=partner.client.pk, amount=Decimal(rng.randint(20, 150) * 1000), offset_on=told,
            basis=f"Соглашение о зачёте № {number + 1}", their_claim="Услуги по продвижению, УПД клиента",
            by=partner.manager, day=told,
        )  # fmt: skip
        if number in (0, 1):
            approve_offset(offset.pk, by=cast.finance, day=told)
        elif number == 2:
            decline_offset(offset.pk, by=cast.finance, reason="Нет подписанного акта клиента")


def _differ(shipment: Shipment, cast: Cast, number: int, day: dt.date, rng: random.Random) -> None:
    """An act of one line, as far as its number says: recorded, accepted, declined, settled, closed."""
    line = shipment.lines.filter(quantity__gt=1).order_by("pk").first()
    if line is None or line.quantity < 3:
        return
    kind = ("shortage", "damage")[number % 2]
    wanted = ActLineInput(
        kind=kind, shipment_line_id=line.pk, actual=line.quantity - 1 if kind == "shortage" else line.quantity,
        spoilt=1 if kind == "damage" else 0, note="Обнаружено при приёмке",
    )  # fmt: skip
    kam = shipment.order.client.manager
    act = record_act(
        shipment.pk, by=kam, day=day, lines=[wanted], accepted_on=min(day, shipment.shipped_on + dt.timedelta(days=5)),
        commission=COMMISSION, packaging="Короб вскрыт, лента перевозчика нарушена",
    )  # fmt: skip
    head = next(head for head in cast.heads if head.pk == kam.manager_id)
    state = number % 5
    if state == 2:
        decline_claim(act.pk, by=head, reason="Акт составлен позже срока по договору")
    if state not in (1, 3, 4):
        return
    accept_claim(act.pk, by=head, reason="Подтверждено фотографиями")
    if state == 1:
        return
    outcomes = {each.pk: outcomes_for(each.kind)[0].value for each in act.lines.all()}
    settle_claim(act.pk, by=head, day=day, outcomes=outcomes)
    plan_action(
        what="Разобрать с перевозчиком вскрытие коробов", owner_id=head.pk, due_on=day + dt.timedelta(days=10),
        by=head, day=day, act_id=act.pk, client_id=act.client_id,
    )  # fmt: skip
    if state == 4:
        close_act(act.pk, by=head, day=day, cause=DiscrepancyAct.Cause.CARRIER, cause_found="Претензия перевозчику")


def _act_on(returned: Return, cast: Cast, number: int, day: dt.date) -> None:
    planned = day - dt.timedelta(days=12)
    with clock.at(midday(planned)):
        action = plan_action(
            what="Проверить упаковку партии и рассказать складу", owner_id=cast.service.pk,
            due_on=planned + dt.timedelta(days=5 + number * 4), by=cast.heads[0], day=planned,
            client_id=returned.client_id,
        )  # fmt: skip
    if number == 0:
        finish_action(action.pk, by=cast.service, day=day, result="Партия проверена, добавлены уголки в короб")
