"""The states of a client and the ways between them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Client
from kam.flows import Flow, Step
from kam.refusals import Refusal

Status = Client.Status


def _unknown_company(client: Client, user) -> Refusal | None:
    if client.inn:
        return None
    return Refusal("inn_missing", _("Enter the INN first: nothing can be invoiced without it."), field="inn")


CLIENT_FLOW = Flow(
    Client,
    (
        Step(
            "activate",
            gettext_lazy("Start selling"),
            (Status.PROSPECT,),
            Status.ACTIVE,
            "accounts.change_client",
            primary=True,
            limit=_unknown_company,
        ),
        Step(
            "pause", gettext_lazy("Pause"), (Status.ACTIVE,), Status.PAUSED, "accounts.change_client", needs_reason=True
        ),
        Step("resume", gettext_lazy("Resume"), (Status.PAUSED,), Status.ACTIVE, "accounts.change_client", primary=True),
        Step(
            "close",
            gettext_lazy("Close"),
            (Status.PROSPECT, Status.ACTIVE, Status.PAUSED),
            Status.CLOSED,
            "accounts.change_client",
            needs_reason=True,
            danger=True,
        ),
        Step("reopen", gettext_lazy("Reopen"), (Status.CLOSED,), Status.PROSPECT, "accounts.change_client"),
    ),
    manager="manager_id",
    colours={
        Status.PROSPECT: "grey",
        Status.ACTIVE: "green",
        Status.PAUSED: "amber",
        Status.CLOSED: "grey",
    },
)
