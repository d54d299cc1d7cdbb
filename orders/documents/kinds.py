"""Which papers the documents of this floor have, who may print them, and when."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.papers import paper_kind
from kam.refusals import Refusal
from orders.documents.letters import claim_of_letter
from orders.documents.papers import bill_of_invoice, bill_of_order, note_of_shipment, offer_of_order
from orders.documents.settlements import act_of_discrepancies, act_of_reconciliation
from orders.models import CollectionLetter, DiscrepancyAct, Invoice, LetterLevel, Order, Reconciliation, Shipment

PRINT = "orders.print_document"
OF_ORDER = ("client__manager", "distributor", "contract", "price_column")


def no_bill(order: Order) -> Refusal | None:
    """Nobody is asked to pay for what is not ordered, nor at prices that nobody has approved yet."""
    if order.status == Order.Status.DRAFT:
        return Refusal("no_bill", _("A draft has no bill: submit the order first, or print the commercial offer."))
    if order.status == Order.Status.APPROVAL:
        return Refusal("no_bill", _("The prices wait for approval: the bill is there as soon as they are approved."))
    if order.status == Order.Status.CANCELLED:
        return Refusal("no_bill", _("The order is cancelled: there is nothing to pay for."))
    return None


def no_offer(order: Order) -> Refusal | None:
    """An offer speaks of what is not ordered yet."""
    if order.status != Order.Status.DRAFT:
        return Refusal("no_offer", _("A commercial offer is made from a draft: this order is no draft any more."))
    return None


def no_claim(letter: CollectionLetter) -> Refusal | None:
    """Reminders and letters by e-mail have no paper."""
    if letter.channel != LetterLevel.Channel.CLAIM:
        return Refusal("no_claim", _("This letter is no claim: it has no paper."))
    return None


ORDER_BILL = paper_kind(
    "order_bill", "bill", gettext_lazy("Bill"), Order, PRINT, gathered=bill_of_order, related=OF_ORDER, refusal=no_bill
)
ORDER_OFFER = paper_kind(
    "order_offer", "offer", gettext_lazy("Commercial offer"), Order, PRINT,
    gathered=offer_of_order, related=OF_ORDER, refusal=no_offer,
)  # fmt: skip
INVOICE_BILL = paper_kind(
    "invoice_bill", "bill", gettext_lazy("Bill"), Invoice, PRINT,
    gathered=lambda invoice, day: bill_of_invoice(invoice),
    related=("client", "order__client", "order__contract", "order__price_column"),
)  # fmt: skip
SHIPMENT_NOTE = paper_kind(
    "shipment_note", "note", gettext_lazy("Delivery note"), Shipment, PRINT,
    gathered=lambda shipment, day: note_of_shipment(shipment),
    related=("order__client", "order__contract", "payer", "distributor"),
)  # fmt: skip
RECONCILIATION_ACT = paper_kind(
    "reconciliation_act", "act", gettext_lazy("Reconciliation act"), Reconciliation, PRINT,
    gathered=lambda sheet, day: act_of_reconciliation(sheet),
    related=("client", "contract"),
)  # fmt: skip
TORG_2 = paper_kind(
    "act_torg2", "torg-2", gettext_lazy("TORG-2"), DiscrepancyAct, PRINT,
    gathered=lambda act, day: act_of_discrepancies(act),
    related=(
        "client", "shipment__invoice", "shipment__order__client", "shipment__order__contract", "shipment__payer",
        "shipment__distributor",
    ),
)  # fmt: skip
LETTER_CLAIM = paper_kind(
    "letter_claim", "claim", gettext_lazy("Claim (PDF)"), CollectionLetter, "orders.view_collectionletter",
    gathered=lambda letter, day: claim_of_letter(letter),
    related=("client__manager",),
    refusal=no_claim,
)  # fmt: skip
