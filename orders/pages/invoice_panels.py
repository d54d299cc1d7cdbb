"""Parts of the pages of invoices and payments: how the due date came about, what a payment paid."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.panels import allowed
from accounts.wording import DUE_DATES
from kam.pages import Panel
from kam.wording import worded
from orders.models import Allocation
from orders.tables.money import RULES

COUNTED = {
    "calendar": _("%(days)s calendar days after shipment on %(shipped_on)s: %(reached_on)s."),
    "working": _("%(days)s working days after shipment on %(shipped_on)s: %(reached_on)s."),
}


class DueExplained(Panel):
    """How the due date follows from the terms that held on the day of shipment."""

    template = "orders/panels/due_explained.html"
    title = _("Why due then")
    side = True

    def context(self, document, request):
        steps = document.terms.get("steps")
        if not steps:
            return None
        texts = {**DUE_DATES, "counted": COUNTED.get(document.terms.get("kind"), COUNTED["calendar"])}
        counted_from = document.terms.get("counted_from")
        return {
            "steps": [worded(step, texts) for step in steps],
            "counted_from": date.fromisoformat(counted_from) if counted_from else None,
        }


class PaymentParts(Panel):
    """The invoices a payment paid; a wrong part can be undone."""

    template = "orders/panels/payment_parts.html"
    title = _("Where the money went")

    def context(self, document, request):
        rows = Allocation.objects.visible_to(request.user).filter(payment=document)
        parts = list(rows.select_related("invoice", "by", "undone_by").order_by("allocated_on", "pk"))
        for part in parts:
            part.rule_label = RULES.get(part.rule, part.rule)
        return {
            "parts": parts,
            "may_undo": allowed(request.user, "orders.undo_allocation", document.client.manager_id),
        }
