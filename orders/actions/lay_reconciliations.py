"""Draws up reconciliations of many clients in the background, and puts their papers into one archive."""

import tempfile
import zipfile
from datetime import date

from django.core.files.base import File
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from accounts.models import Client
from kam.clock import today
from kam.models import Run, User
from kam.papers import pdf
from kam.refusals import Forbidden, Refusal, Refused
from kam.runs import start_run, work
from orders.actions.reconciliations import draw_up_reconciliation
from orders.documents import act_of_reconciliation, own_company
from orders.models import Reconciliation
from orders.queries.client_ledger import clients_to_reconcile

KIND = "reconciliations"
IN_MEMORY = 32 * 1024 * 1024


def prepare_reconciliations(
    *, by: User, starts_on: date, ends_on: date, day: date, manager_id: int | None = None, currency: str = "RUB"
) -> Run:
    """Start drawing up a sheet for each client of the person with documents or a balance; returns the run.

    Safe to start twice: the same period of a client has one sheet. Raises Forbidden, and Refused for a period that is
    not one or not over, and where nobody entered our own company yet.
    """
    if not by.has_perm("orders.add_reconciliation"):
        raise Forbidden(_("You have no right to do this: %(permission)s.") % {"permission": "add_reconciliation"})
    if starts_on > ends_on:
        raise Refused(Refusal("period_ends_early", _("The period ends before it begins."), field="ends_on"))
    if ends_on > day:
        text = _("The period is not over: a sheet states what has happened.")
        raise Refused(Refusal("in_the_future", text, field="ends_on"))
    own_company()
    title = _("Reconciliations %(from)s – %(to)s")
    values = {"from": f"{starts_on:%d.%m.%Y}", "to": f"{ends_on:%d.%m.%Y}"}
    parameters = {
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "manager": manager_id,
        "currency": currency,
    }
    return start_run(KIND, title % values, by=by, parameters=parameters)


@work(KIND)
def lay_reconciliations(run: Run, watch) -> None:
    """Draw up each client's sheet and add its paper to the archive; what cannot be drawn up is told as a finding."""
    asked = run.parameters
    starts_on, ends_on = date.fromisoformat(asked["starts_on"]), date.fromisoformat(asked["ends_on"])
    clients = list(clients_to_reconcile(run.by, starts_on, ends_on, asked["manager"], asked["currency"]))
    counts, findings = {"documents_created": 0, "documents_unchanged": 0, "documents_skipped": 0}, []
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            # Each client's sheet is a document of its own, committed by itself, so a run cut off goes on where it was.
            for done, client in enumerate(clients):
                watch.tell(done, len(clients))
                try:
                    counts[_lay_one(archive, client, run.by, starts_on, ends_on, asked["currency"])] += 1
                except (Refused, Forbidden) as refused:
                    counts["documents_skipped"] += 1
                    findings.append({"value": client.name, "text": str(refused)})
        watch.tell(len(clients), len(clients))
        file.seek(0)
        run.counts, run.findings = counts, findings
        run.report.save(f"{KIND}-{ends_on.isoformat()}.zip", File(file), save=False)


def _lay_one(archive: zipfile.ZipFile, client: Client, by: User, starts_on, ends_on, currency: str) -> str:
    """Draw up one sheet and add its paper; returns what it counts as."""
    period = {"client_id": client.pk, "starts_on": starts_on, "ends_on": ends_on, "currency": currency}
    live = Reconciliation.objects.exclude(status=Reconciliation.Status.CANCELLED)
    known = live.filter(**period, contract=None).exists()
    made = draw_up_reconciliation(**period, by=by, day=today())
    sheet = Reconciliation.objects.select_related("client", "contract").get(pk=made.pk)
    name = get_valid_filename(f"{sheet.number} {client.name}")[:120]
    archive.writestr(f"{name}.pdf", pdf(act_of_reconciliation(sheet)))
    return "documents_unchanged" if known else "documents_created"
