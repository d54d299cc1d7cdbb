"""Papers for clients as PDF: at once where they are short, else by a worker."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam.clock import today
from kam.models import Run
from kam.pages import Button, Screen, address_of
from kam.pages.registry import page_named
from kam.pages.views import gone_to
from kam.pdf import is_long, pdf_response
from kam.refusals import Forbidden, Refused
from kam.runs import start_run, work
from orders.documents import (
    Paper,
    act_of_discrepancies,
    act_of_reconciliation,
    bill_of_invoice,
    bill_of_order,
    note_of_shipment,
    offer_of_order,
    pdf,
)
from orders.models import DiscrepancyAct, Invoice, Order, Reconciliation, Shipment

PRINT = "orders.print_document"
# name of the screen -> kind of document, and how its paper is gathered
PAPERS: dict[str, tuple[Any, Callable[[Any], Paper]]] = {
    "order_bill": (Order, lambda order: bill_of_order(order, today())),
    "order_offer": (Order, lambda order: offer_of_order(order, today())),
    "invoice_bill": (Invoice, bill_of_invoice),
    "shipment_note": (Shipment, note_of_shipment),
    "reconciliation_act": (Reconciliation, act_of_reconciliation),
    "act_torg2": (DiscrepancyAct, act_of_discrepancies),
}
RELATED = {
    Order: ("client__manager", "distributor", "contract", "price_column"),
    Invoice: ("client", "order__client", "order__contract", "order__price_column"),
    Shipment: ("order__client", "order__contract", "payer", "distributor"),
    Reconciliation: ("client", "contract"),
    DiscrepancyAct: (
        "client", "shipment__invoice", "shipment__order__client", "shipment__order__contract", "shipment__payer",
        "shipment__distributor",
    ),
}  # fmt: skip


def seen(name: str, pk: int, user: Any) -> Any:
    """The document of a paper, if this person may see it; else None."""
    model = PAPERS[name][0]
    return model._default_manager.visible_to(user).select_related(*RELATED[model]).filter(pk=pk).first()


class PaperScreen(Screen):
    """A paper in the browser."""

    app, title, permission = "orders", _("Document"), PRINT

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and seen(self.name, kwargs["pk"], request.user) is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = seen(self.name, kwargs["pk"], request.user)
        try:
            if is_long(document.lines.count()):
                return self.later(request, document)
            paper = PAPERS[self.name][1](document)
        except Refused as refused:
            for refusal in refused.refusals:
                messages.error(request, str(refusal.text))
            return gone_to(request, address_of(document) or reverse("kam:today"))
        return pdf_response(pdf(paper), f"{paper.name}.pdf")

    def later(self, request: HttpRequest, document: Any) -> HttpResponse:
        """Have a worker make the paper; the person watches it there."""
        parameters = {"paper": self.name, "document": document.pk}
        title = gettext("Document: %(number)s") % {"number": document.number}
        run = start_run("paper", title, by=request.user, parameters=parameters)
        return gone_to(request, page_named("kam.run").detail_url(run.pk))


@work("paper")
def make_paper(run: Run, watch) -> None:
    """Make a long paper as its person may see it now."""
    name = run.parameters["paper"]
    document = seen(name, run.parameters["document"], run.by)
    if document is None or not run.by.has_perm(PRINT):
        raise Forbidden(gettext("You have no right to print this document."))
    paper = PAPERS[name][1](document)
    run.report.save(f"{paper.name}.pdf", ContentFile(pdf(paper)), save=False)
    watch.tell(1, 1)


class OrderBillScreen(PaperScreen):
    """The bill of an order paid ahead."""

    name, path = "order_bill", "orders/<int:pk>/bill.pdf"


class OrderOfferScreen(PaperScreen):
    """A commercial offer from a draft."""

    name, path = "order_offer", "orders/<int:pk>/offer.pdf"


class InvoiceBillScreen(PaperScreen):
    """The bill of what was shipped."""

    name, path = "invoice_bill", "invoices/<int:pk>/bill.pdf"


class ShipmentNoteScreen(PaperScreen):
    """The note that goes with the goods."""

    name, path = "shipment_note", "shipments/<int:pk>/note.pdf"


class ReconciliationActScreen(PaperScreen):
    """Акт сверки."""

    name, path = "reconciliation_act", "reconciliations/<int:pk>/act.pdf"


class Torg2Screen(PaperScreen):
    """Акт ТОРГ-2."""

    name, path = "act_torg2", "discrepancy-acts/<int:pk>/torg-2.pdf"


def paper_button(label: Any, name: str, shown: Any = None) -> Button:
    """The button that opens a paper of a document."""
    return Button(
        label,
        lambda document, user: reverse(f"orders:{name}", args=[document.pk]),
        icon="printer",
        permission=PRINT,
        new_tab=True,
        shown=shown,
    )


order_buttons = (
    paper_button(_("Bill"), "order_bill", shown=lambda order, user: order.status not in ("draft", "cancelled")),
    paper_button(_("Commercial offer"), "order_offer", shown=lambda order, user: order.status == "draft"),
)
