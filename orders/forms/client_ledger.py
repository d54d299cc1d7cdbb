"""What a client's account is asked, read from an address."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Contract
from kam.clock import today
from kam.pages import DayField, Form, RemoteChoiceField
from orders.forms.ageing import CURRENCIES
from orders.queries.client_ledger import Ledger, ledger


class LedgerForm(Form):
    """What is asked, all of it in the address."""

    starts_on = DayField(label=_("From"), required=False)
    ends_on = DayField(label=_("To"), required=False)
    contract = RemoteChoiceField(queryset=Contract.objects.all(), label=_("Contract"), required=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """The address read; what cannot be read falls back to the year so far, all contracts, roubles."""

    client: Client
    starts_on: date
    ends_on: date
    contract: Contract | None
    currency: str

    @property
    def query(self) -> dict[str, str]:
        """The same as parameters of an address."""
        values = {
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "contract": self.contract.pk if self.contract else "",
            "currency": self.currency,
        }
        return {name: str(value) for name, value in values.items() if value}

    def found(self) -> Ledger:
        """The account that was asked for."""
        contract_id = self.contract.pk if self.contract else None
        return ledger(self.client.pk, self.starts_on, self.ends_on, contract_id=contract_id, currency=self.currency)


def read(client: Client, form: LedgerForm, params: Any) -> Asked:
    """What the address asks of the client's account."""
    values = form.cleaned_data if form.is_valid() else {}
    ends_on = min(values.get("ends_on") or today(), today())
    starts_on = min(values.get("starts_on") or ends_on.replace(month=1, day=1), ends_on)
    contract = values.get("contract")
    return Asked(
        client=client,
        starts_on=starts_on,
        ends_on=ends_on,
        contract=contract if contract is not None and contract.client_id == client.pk else None,
        currency=params.get("currency") if params.get("currency") in CURRENCIES else "RUB",
    )
