"""What the order entry tells its script: figures already written for the reader, so that the script only shows them."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kam import formats
from kam.refusals import Refusal
from kam.wording import worded
from orders.queries.entering import EnteredLine, Entry, Hit
from orders.wording import OF_MARGIN, PRICES, RESERVATION, credit_texts


def entry_shape(entry: Entry, user: Any, keys: dict[int, str] | None = None) -> dict[str, Any]:
    """The whole entry; `keys` are the script's own names of the lines by position."""
    keys = keys or {}
    margin = user.has_perm("orders.view_margin")
    knows = entry.order.shows_money_to(user)
    lines = [line_shape(each, entry, margin, keys.get(each.line.position, "")) for each in entry.lines]
    return {
        "version": entry.order.version,
        "lines": lines,
        "figures": figures(entry, margin, knows),
        "hold": [{"text": worded(why, credit_texts(knows))} for why in entry.credit.reasons] if entry.lines else [],
        "approval": [_told(each, approval_texts(each, margin)) for each in entry.needs_approval],
        "short": [_told(each, [_short_text(each)]) for each in entry.short],
    }


def figures(entry: Entry, margin: bool, knows_money: bool) -> dict[str, str]:
    """The totals and the headroom, by the names of their places on the page."""
    order, currency = entry.order, entry.order.currency
    known = entry.margin.known
    found = {
        "lines": formats.quantity(len(entry.lines)),
        "units": formats.quantity(entry.units),
        "net": formats.money(order.net, currency),
        "vat": formats.money(order.vat, currency),
        "total": formats.money(order.total, currency),
        "before": _room(entry.credit.headroom_before) if knows_money else formats.UNKNOWN,
        "after": _room(entry.credit.headroom_after) if knows_money else formats.UNKNOWN,
    }
    if margin:
        found["margin"] = formats.percent(known.percent) if known.percent is not None else formats.UNKNOWN
        found["margin_sum"] = formats.money(known.amount, currency) if known.percent is not None else ""
    return found


def _room(amount: Decimal | None) -> str:
    return _("no limit set") if amount is None else formats.money(amount)


def line_shape(entered: EnteredLine, entry: Entry, margin: bool, key: str) -> dict[str, Any]:
    """One line: what stands in its fields, its figures, and the sentences that explain them."""
    line, product = entered.line, entered.line.product
    source = line.price_source
    return {
        "key": key or f"l{line.position}",
        "position": line.position,
        "product": product.pk,
        "sku": product.sku,
        "name": product.name,
        "quantity": formats.quantity(line.quantity),
        "list": _amount(line.list_price),
        "discount": _plain(line.discount_percent),
        "price": _amount(line.price),
        "given_price": _amount(Decimal(source["given_price"])) if source.get("given_price") else "",
        "given_discount": _plain(Decimal(source["given_discount"])) if source.get("given_discount") else "",
        "total": _amount(line.total),
        "available": formats.quantity(entered.available) if entry.order.warehouse_id else None,
        "arriving_text": _arriving(entered.arriving, entered.arriving_on),
        "quota": None if entered.quota_left is None else formats.quantity(entered.quota_left),
        "margin": formats.percent(entered.margin_percent) if margin else None,
        "short": entered.plan.short if entered.plan else 0,
        "why": price_story(entered, entry, margin),
        "goods": goods_story(entered),
        "notes": [_short_text(entered)] if entered.plan and entered.plan.short else [],
        "pack_hint": pack_hint(product.pack, product.unit, line.quantity),
    }


def _amount(value: Decimal | None) -> str:
    """An amount as it stands in a field: unknown is empty."""
    return "" if value is None else formats.sum_of_money(value)


def _plain(value: Decimal) -> str:
    return formats.quantity(value) if value else ""


def _arriving(units: int, day: Any) -> str:
    if not units:
        return ""
    return f"{formats.quantity(units)} · {formats.day(day)}" if day else formats.quantity(units)


def approval_texts(entered: EnteredLine, margin: bool) -> list[str]:
    """Why somebody above must agree to the price; a margin is named only to those who may see it."""
    told = [worded(why, PRICES) for why in entered.approval if margin or why.code not in OF_MARGIN]
    return told if len(told) == len(entered.approval) else [*told, _("The price is below what is usual.")]


def price_story(entered: EnteredLine, entry: Entry, margin: bool) -> list[str]:
    """Where the price is from, step by step, and what it needs."""
    reasons = [worded(why, PRICES) for why in entered.line.price_source.get("reasons", [])]
    column = _("Price column: %(column)s.") % {"column": entry.order.price_column}
    vat = _("VAT %(rate)s.") % {"rate": formats.percent(entered.line.vat_rate)}
    return [column, *reasons, vat, *approval_texts(entered, margin)]


def goods_story(entered: EnteredLine) -> list[str]:
    """What confirming would reserve and from where; what is missing and when it comes."""
    if entered.plan is None:
        return []
    told = []
    here = sum(take.quantity for take in entered.plan.takes if take.ready_on is None)
    if here:
        told.append(_("From the warehouse: %(units)s.") % {"units": formats.quantity(here)})
    for take in entered.plan.takes:
        if take.ready_on is not None:
            values = {"units": formats.quantity(take.quantity), "day": formats.day(take.ready_on)}
            told.append(_("From the supply of %(day)s: %(units)s.") % values)
    if entered.quota_left is not None:
        told.append(_("Left of the quota: %(units)s.") % {"units": formats.quantity(entered.quota_left)})
    return told + [worded(why, RESERVATION) for why in entered.plan.reasons]


def _short_text(entered: EnteredLine) -> str:
    plan = entered.plan
    text = " ".join(worded(why, RESERVATION) for why in plan.reasons)
    if plan.rest_on:
        return text + " " + _("The rest arrives on %(day)s.") % {"day": formats.day(plan.rest_on)}
    if entered.arriving_on and not plan.takes:
        return text + " " + _("Expected on %(day)s.") % {"day": formats.day(entered.arriving_on)}
    return text


def pack_hint(pack: int, unit: str, quantity: int) -> dict[str, str] | None:
    """Advice to order whole packs: the next quantity that is; None where it is already."""
    if pack <= 1 or quantity % pack == 0:
        return None
    rounded = formats.quantity((quantity // pack + 1) * pack)
    values = {"pack": formats.quantity(pack), "unit": unit, "quantity": rounded}
    return {
        "quantity": rounded,
        "short": _("→ %(quantity)s") % values,
        "text": _("Packs of %(pack)s %(unit)s: %(quantity)s would be whole packs.") % values,
    }


def _told(entered: EnteredLine, texts: list[str]) -> dict[str, str]:
    return {"sku": entered.line.product.sku, "text": " ".join(texts)}


def hit_shape(hit: Hit, currency: str) -> dict[str, Any]:
    """A product found, as the list under the field shows it."""
    price = hit.quote.price if hit.quote else None
    return {
        "product": hit.product.pk,
        "sku": hit.product.sku,
        "name": hit.product.name,
        "ean": hit.product.ean,
        "available": formats.quantity(hit.available),
        "goods": _goods_of(hit),
        "price": formats.money(price, currency) if price is not None else _("no price"),
    }


def _goods_of(hit: Hit) -> str:
    parts = [_("%(units)s free") % {"units": formats.quantity(hit.available)}]
    if hit.arriving:
        parts.append(f"+{_arriving(hit.arriving, hit.arriving_on)}")
    if hit.quota_left is not None:
        parts.append(_("quota %(units)s") % {"units": formats.quantity(hit.quota_left)})
    return ", ".join(parts)


def refusal_shape(refusal: Refusal) -> dict[str, Any]:
    """A refusal for the script: its code, its words, and the field and line it belongs to."""
    return {"code": refusal.code, "text": str(refusal.text), "field": FIELDS.get(refusal.field, refusal.field),
            "line": refusal.line}  # fmt: skip


FIELDS = {"discount_percent": "discount", "product_id": "product"}
