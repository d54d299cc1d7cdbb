"""What the API shows of an order while it is entered: prices, goods, margin, and what will stand in the way."""

from typing import Any

from rest_framework import serializers

from kam.models import User
from kam.reasons import as_stored
from orders.queries.entering import EnteredLine, Entry
from orders.wording import OF_MARGIN

MONEY = {"max_digits": 16, "decimal_places": 2, "allow_null": True}
PERCENT = {"max_digits": 12, "decimal_places": 2, "allow_null": True}


class ReasonOfRuleSerializer(serializers.Serializer):
    """A reason as a rule gives it: its code and its figures."""

    code = serializers.CharField()
    values = serializers.DictField(required=False)


class GoodsSerializer(serializers.Serializer):
    """A product found, with the price of the order's client and what may be promised of it for this order."""

    product = serializers.IntegerField(source="product.pk")
    sku = serializers.CharField(source="product.sku")
    name = serializers.CharField(source="product.name")
    ean = serializers.CharField(source="product.ean", allow_blank=True)
    list_price = serializers.DecimalField(source="quote.list_price", default=None, **MONEY)
    price = serializers.DecimalField(source="quote.price", default=None, **MONEY)
    available = serializers.IntegerField()
    arriving = serializers.IntegerField()
    arriving_on = serializers.DateField(allow_null=True)
    quota_left = serializers.IntegerField(allow_null=True, help_text="Null where the product is not scarce.")


class EnteredLineSerializer(serializers.Serializer):
    """A line of the draft, what confirming now would reserve of it, and what somebody above has to agree to."""

    position = serializers.IntegerField()
    product = serializers.IntegerField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()
    price = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)
    available = serializers.IntegerField(allow_null=True, help_text="Null in a distributor's warehouse.")
    arriving = serializers.IntegerField()
    arriving_on = serializers.DateField(allow_null=True)
    quota_left = serializers.IntegerField(allow_null=True)
    reserved = serializers.IntegerField(allow_null=True)
    short = serializers.IntegerField()
    rest_on = serializers.DateField(allow_null=True)
    margin_percent = serializers.DecimalField(**PERCENT)
    approval = ReasonOfRuleSerializer(many=True)


class EntrySerializer(serializers.Serializer):
    """A draft with everything that its entry shows; `reasons` are what confirming it would be held by today."""

    version = serializers.IntegerField()
    units = serializers.IntegerField()
    total = serializers.DecimalField(**MONEY)
    margin = serializers.DecimalField(**MONEY)
    margin_percent = serializers.DecimalField(**PERCENT)
    headroom_before = serializers.DecimalField(**MONEY)
    headroom_after = serializers.DecimalField(**MONEY)
    allowed = serializers.BooleanField()
    reasons = ReasonOfRuleSerializer(many=True)
    lines = EnteredLineSerializer(many=True)


def told_entry(entry: Entry, user: User) -> dict[str, Any]:
    """What the person may know of an entry: margins and the client's money each by their right."""
    order, credit = entry.order, entry.credit
    sees_margin, knows = user.has_perm("orders.view_margin"), order.shows_money_to(user)
    known = entry.margin.known if sees_margin else None
    reasons = as_stored(credit.reasons) if entry.lines else []
    return {
        "version": order.version, "units": entry.units, "total": order.total,
        "margin": known.amount if known and known.percent is not None else None,
        "margin_percent": known.percent if known else None,
        "headroom_before": credit.headroom_before if knows else None,
        "headroom_after": credit.headroom_after if knows else None,
        "allowed": credit.allowed,
        "reasons": reasons if knows else [{"code": each["code"]} for each in reasons],
        "lines": [told_line(each, entry, sees_margin) for each in entry.lines],
    }  # fmt: skip


def told_line(entered: EnteredLine, entry: Entry, sees_margin: bool) -> dict[str, Any]:
    """What the person may know of a line."""
    line, plan = entered.line, entered.plan
    return {
        "position": line.position, "product": line.product_id, "sku": line.product.sku, "quantity": line.quantity,
        "price": line.price, "total": line.total,
        "available": entered.available if entry.order.warehouse_id else None,
        "arriving": entered.arriving, "arriving_on": entered.arriving_on, "quota_left": entered.quota_left,
        "reserved": plan.reserved if plan else None, "short": plan.short if plan else 0,
        "rest_on": plan.rest_on if plan else None,
        "margin_percent": entered.margin_percent if sees_margin else None,
        "approval": as_stored([each for each in entered.approval if sees_margin or each.code not in OF_MARGIN]),
    }  # fmt: skip
