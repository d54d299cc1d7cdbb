"""The papers of this floor's documents in the browser."""

from kam.pages import PaperScreen
from orders.documents import kinds


class OrderBillScreen(PaperScreen):
    """The bill of an order paid ahead."""

    kind = kinds.ORDER_BILL
    app, path = "orders", "orders/<int:pk>/bill.pdf"


class OrderOfferScreen(PaperScreen):
    """A commercial offer from a draft."""

    kind = kinds.ORDER_OFFER
    app, path = "orders", "orders/<int:pk>/offer.pdf"


class InvoiceBillScreen(PaperScreen):
    """The bill of what was shipped."""

    kind = kinds.INVOICE_BILL
    app, path = "orders", "invoices/<int:pk>/bill.pdf"


class ShipmentNoteScreen(PaperScreen):
    """The note that goes with the goods."""

    kind = kinds.SHIPMENT_NOTE
    app, path = "orders", "shipments/<int:pk>/note.pdf"


class ReconciliationActScreen(PaperScreen):
    """Акт сверки."""

    kind = kinds.RECONCILIATION_ACT
    app, path = "orders", "reconciliations/<int:pk>/act.pdf"


class Torg2Screen(PaperScreen):
    """Акт ТОРГ-2."""

    kind = kinds.TORG_2
    app, path = "orders", "discrepancy-acts/<int:pk>/torg-2.pdf"


class ClaimScreen(PaperScreen):
    """Претензия: the paper of a letter about debts."""

    kind = kinds.LETTER_CLAIM
    app, path = "orders", "letters/<int:pk>/claim.pdf"
