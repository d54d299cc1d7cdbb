"""What the analysis of returns is asked, read from an address, and the words of its groups."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.clock import today
from kam.models import User
from kam.pages import DayField, Form, RemoteChoiceField
from orders.models import DiscrepancyActLine, Product, Return
from reports.queries.returns import Asked

BY = {
    "reason": _("By reason"),
    "product": _("By product"),
    "client": _("By client"),
    "carrier": _("By carrier"),
    "month": _("By month"),
}
REASONS = {**dict(DiscrepancyActLine.Kind.choices), **dict(Return.Reason.choices)}


class ReturnsForm(Form):
    """What is asked, all of it in the address."""

    starts_on = DayField(label=_("From"), required=False)
    ends_on = DayField(label=_("To"), required=False)
    manager = RemoteChoiceField(queryset=User.objects.all(), label=_("KAM"), required=False)
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"), required=False)
    product = RemoteChoiceField(queryset=Product.objects.all(), label=_("Product"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *REASONS.items()], required=False)
    carrier = forms.CharField(label=_("Carrier"), max_length=150, required=False)


def read(form: ReturnsForm, params: Any) -> Asked:
    """What the address asks for; what cannot be read falls back to the last twelve months by reason."""
    values = form.cleaned_data if form.is_valid() else {}
    ends_on = values.get("ends_on") or today()
    starts_on = min(values.get("starts_on") or a_year_before(ends_on), ends_on)
    narrowed = {name: values[name].pk for name in ("client", "product") if values.get(name)}
    narrowed |= {name: values[name] for name in ("reason", "carrier") if values.get(name)}
    by = params.get("by") if params.get("by") in BY else "reason"
    manager = values.get("manager")
    return Asked(starts_on, ends_on, by, narrowed, manager.pk if manager else None)


def a_year_before(day: date) -> date:
    """The first day of twelve whole months that end with the month of the day."""
    return date(day.year - 1 + day.month // 12, day.month % 12 + 1, 1)


def query_of(asked: Asked) -> dict[str, str]:
    """The same as parameters of an address."""
    values = {
        "starts_on": asked.starts_on.isoformat(),
        "ends_on": asked.ends_on.isoformat(),
        "by": asked.by,
        "manager": asked.manager_id,
        **asked.narrowed,
    }
    return {name: str(value) for name, value in values.items() if value}


def labels_of(by: str, keys: list[str]) -> dict[str, Any]:
    """Words for the keys of the groups."""
    if by == "reason":
        return REASONS
    if by == "product":
        return {str(pk): f"{sku} {name}" for pk, sku, name in Product.objects.filter(pk__in=keys).values_list(
            "pk", "sku", "name"
        )}  # fmt: skip
    if by == "client":
        return {str(pk): name for pk, name in Client.objects.filter(pk__in=keys).values_list("pk", "name")}
    return {"": _("Not stated")}
