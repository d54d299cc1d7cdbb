"""The states of a client and the ways between them."""

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.flows import Flow, Step
from kam.refusals import Refusal

Status = Client.Status


def _unknown_company(client: Client, user) -> Refusal | None:
    if client.inn:
        return None
    return Refusal("inn_missing", gettext("Enter the INN first: nothing can be invoiced without it."), field="inn")


CLIENT_FLOW = Flow(
    model=Client,
    manager="manager_id",
    colours={Status.PROSPECT: "grey", Status.ACTIVE: "green", Status.PAUSED: "amber", Status.CLOSED: "grey"},
    steps=(
        Step("activate", _("Start selling"), (Status.PROSPECT,), Status.ACTIVE, "accounts.change_client",
             done=pgettext_lazy("in the history", "Sales started"), primary=True, limit=_unknown_company),
        Step("pause", _("Pause"), (Status.ACTIVE,), Status.PAUSED, "accounts.change_client",
             done=pgettext_lazy("in the history", "Paused"), needs_reason=True),
        Step("resume", _("Resume"), (Status.PAUSED,), Status.ACTIVE, "accounts.change_client",
             done=pgettext_lazy("in the history", "Resumed"), primary=True),
        Step("close", _("Close"), (Status.PROSPECT, Status.ACTIVE, Status.PAUSED), Status.CLOSED,
             "accounts.change_client", done=pgettext_lazy("in the history", "Closed"), needs_reason=True,
             danger=True),
        Step("reopen", _("Reopen"), (Status.CLOSED,), Status.PROSPECT, "accounts.change_client",
             done=_("Reopened")),
    ),
)  # fmt: skip
