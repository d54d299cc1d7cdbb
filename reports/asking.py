"""What a finance page is asked, read from its address; what cannot be read falls back."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, ClientGroup
from kam.clock import today
from kam.models import User
from kam.pages import DayField, Form, RemoteChoiceField
from orders.forms.ageing import CURRENCIES, aged
from orders.queries.receivables import NOBODY, Scope
from orders.rules.aging import Bucket
from reports.queries.finance import Asked, closed_day

BY = {
    "client": _("Top debtors"),
    "manager": _("By KAM"),
    "channel": _("By channel"),
    "brand": _("By brand"),
    "group": _("By group"),
    "late": _("Late against expected"),
}
MONTHS = {1: _("This month"), 3: _("Three months"), 12: _("Twelve months")}
LATE = tuple(bucket for bucket in Bucket if bucket is not Bucket.NOT_DUE)


class FinanceForm(Form):
    """The day, the part of the clients, the currency and the period."""

    on = DayField(label=_("As of"), required=False)
    manager = RemoteChoiceField(queryset=User.objects.all(), label=_("KAM"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", "—"), *Client.Channel.choices])
    group = RemoteChoiceField(queryset=ClientGroup.objects.all(), label=_("Group"), required=False)
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"), required=False)
    months = forms.TypedChoiceField(label=_("Period"), required=False, coerce=int, choices=list(MONTHS.items()))
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=[(code, code) for code in CURRENCIES])


@dataclass(frozen=True, slots=True)
class Address:
    """The address read: what is asked, and how the table is grouped."""

    asked: Asked
    by: str = "client"

    @property
    def query(self) -> dict[str, str]:
        """The same as parameters of an address."""
        asked, scope = self.asked, self.asked.scope
        values = {
            "on": asked.day.isoformat(),
            "manager": scope.manager_id,
            "channel": scope.channel,
            "group": scope.group_id,
            "client": scope.client_id,
            "months": asked.months,
            "currency": asked.currency,
            "by": self.by,
        }
        return {name: str(value) for name, value in values.items() if value}

    def href(self, screen: str = "reports:finance", **changes: Any) -> str:
        """The address of a screen asked the same, but for some parameters; None takes one away."""
        query = {name: str(value) for name, value in {**self.query, **changes}.items() if value is not None}
        return f"{reverse(screen)}?{urlencode(query)}"

    def on(self, day: Any) -> "Address":
        """The same asked as of another day."""
        return replace(self, asked=replace(self.asked, day=day))

    def invoices(self, *buckets: Bucket, **more: Any) -> str:
        """The invoices behind a figure: open on the day, of these ages, narrowed further."""
        scope = {**self.scope, "currency": self.asked.currency}
        values: list[tuple[str, str]] = [("as_of", self.asked.day.isoformat())]
        values += [(name, str(value)) for name, value in {**scope, **more}.items()]
        values += aged(buckets)
        return f"{reverse('orders:invoice_list')}?{urlencode(values)}"

    def rows_of(self, key: str, *buckets: Bucket) -> str:
        """The invoices of one row of the table."""
        if key == str(NOBODY):
            return self.invoices(*buckets, **{f"no_{self.by}": "true"})
        return self.invoices(*buckets, **{self.by: key})

    def on_account(self, key: str) -> str:
        """The payments with money on account at the end of the day behind one row of the table."""
        row = {f"no_{self.by}": "true"} if key == str(NOBODY) else {self.by: key}
        return self.payments(as_of=self.asked.day.isoformat(), **row)

    @property
    def scope(self) -> dict[str, str]:
        """The part of the clients, as parameters of lists."""
        return {name: value for name, value in self.query.items() if name in ("manager", "channel", "group", "client")}

    def payments(self, **more: Any) -> str:
        """The payments behind a figure."""
        values = {**self.scope, "currency": self.asked.currency, **more}
        return f"{reverse('orders:payment_list')}?{urlencode(values)}"

    def kept(self, page: str, day: Any, **more: Any) -> str:
        """What a night left of the clients in this scope, in a list of this floor; nothing where no night did."""
        if day is None:
            return ""
        return f"{reverse(f'reports:{page}_list')}?{urlencode({**self.scope, 'day': day.isoformat(), **more})}"


def read(request: Any) -> tuple[FinanceForm, Address]:
    """The form showing what was found in the address, and the address."""
    address = read_params(request.GET, request.user)
    return FinanceForm(user=request.user, initial={**address.query, "on": address.asked.day}), address


def read_params(params: Any, user: Any) -> Address:
    """The address from its parameters, as this person may ask it."""
    form = FinanceForm(params, user=user)
    form.is_valid()
    values = getattr(form, "cleaned_data", {})
    pk = {name: values[name].pk if values.get(name) else None for name in ("manager", "group", "client")}
    scope = Scope(pk["manager"], pk["group"], pk["client"], values.get("channel") or None)
    day = min(values.get("on") or closed_day(today()), today())
    asked = Asked(day, scope, values.get("currency") or "RUB", values.get("months") or 3)
    by = params.get("by")
    return Address(asked, by if by in BY else "client")


def narrowed(address: Address, key: str) -> str:
    """The dashboard of one row of the table alone; nothing for rows of nobody."""
    if address.by not in ("manager", "channel", "group", "client") or key == str(NOBODY):
        return ""
    name = {"manager": "manager_id", "group": "group_id", "client": "client_id"}.get(address.by, address.by)
    value = key if address.by == "channel" else int(key)
    scope = replace(address.asked.scope, **{name: value})
    return Address(replace(address.asked, scope=scope), "client").href()
