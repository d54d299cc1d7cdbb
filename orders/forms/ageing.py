"""What the ageing is asked, read from an address: never wrong, what cannot be read falls back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, ClientGroup
from kam.clock import today
from kam.models import User
from kam.pages import DayField, Form, RemoteChoiceField
from orders.queries.receivables import Scope
from orders.rules.aging import Bucket

BY = {"client": _("By client"), "group": _("By group"), "manager": _("By KAM"), "channel": _("By channel")}
CURRENCIES = ("RUB", "USD", "EUR", "CNY")


class AgeingForm(Form):
    """What is asked: the day and the part of the clients; all in the address."""

    as_of = DayField(label=_("As of"), required=False)
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"), required=False)
    group = RemoteChoiceField(queryset=ClientGroup.objects.all(), label=_("Group"), required=False)
    manager = RemoteChoiceField(queryset=User.objects.all(), label=_("KAM"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", "—"), *Client.Channel.choices])


@dataclass(frozen=True, slots=True)
class Asked:
    """The address read."""

    as_of: date
    by: str
    currency: str
    scope: Scope

    @property
    def query(self) -> dict[str, str]:
        """The same as parameters of an address."""
        values = {"as_of": self.as_of.isoformat(), "by": self.by, "currency": self.currency, **self.part}
        return {name: str(value) for name, value in values.items() if value}

    @property
    def part(self) -> dict[str, str]:
        """The part of the clients, as parameters of lists."""
        scope = self.scope
        found = {
            "client": scope.client_id,
            "group": scope.group_id,
            "manager": scope.manager_id,
            "channel": scope.channel,
        }
        return {name: str(value) for name, value in found.items() if value}


def read(form: AgeingForm, params: Any) -> Asked:
    """What the address asks for."""
    values = form.cleaned_data if form.is_valid() else {}
    pk = {name: values[name].pk if values.get(name) else None for name in ("client", "group", "manager")}
    return Asked(
        as_of=min(values.get("as_of") or today(), today()),
        by=params.get("by") if params.get("by") in BY else "client",
        currency=params.get("currency") if params.get("currency") in CURRENCIES else "RUB",
        scope=Scope(pk["manager"], pk["group"], pk["client"], values.get("channel") or None),
    )


def aged(buckets: Iterable[Bucket]) -> list[tuple[str, str]]:
    """These ages as parameters of the list of invoices, the longest due first: in this order an index finds them."""
    found = [("bucket", bucket.value) for bucket in buckets]
    return [*found, ("sort", "due_on")] if found else []
