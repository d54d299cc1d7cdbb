"""Pages of refunds: money that went back to clients, entered by hand or with a statement."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.screens import FormScreen
from kam import formats
from kam.clock import today
from kam.pages import Button, Fact, Facts, Figure, Page, Rows, Trail
from orders.actions.refunds import refund_payment, undo_refund
from orders.filters.bank import RefundFilter
from orders.forms.bank import RefundForm, UndoRefundForm
from orders.models import Payment, Refund
from orders.pages.money import PaymentPage
from orders.tables.bank import RefundTable


class RefundPage(Page):
    """Money that went back to clients."""

    model, table, filterset = Refund, RefundTable, RefundFilter
    icon, menu, menu_order = "cash-banknote-off", "receivables", 36
    search = ("payment__number__istartswith", "payment__client__search")
    empty = _("No refund fits.")
    figures = (Figure(_("Amount"), "amount"),)
    panels = (
        Facts(
            Fact("payment.client", _("Client")), "payment", "kind", "refunded_on", "reason", "by",
            Fact("bank_line", hide_empty=True, permission="orders.view_bankstatementline"),
            Fact("undone_on", hide_empty=True), Fact("undone_by", hide_empty=True),
            Fact("undo_reason", hide_empty=True), title=_("Refund"),
        ),
        Trail(),
    )  # fmt: skip
    actions = (
        Button(
            _("Undo the refund"), lambda doc, user: reverse("orders:refund_undo", args=[doc.pk]), icon="arrow-back-up",
            permission="orders.undo_refund",
            shown=lambda doc, user: doc.undone_on is None and doc.kind == Refund.Kind.RETURNED,
        ),
    )  # fmt: skip

    @classmethod
    def heading(cls, document):
        return gettext("Refund of %(day)s") % {"day": formats.day(document.refunded_on)}

    @classmethod
    def subheading(cls, document):
        return f"{document.payment.client} · {document.payment}"


class RefundScreen(FormScreen):
    """Give money on account back."""

    app, name, path = "orders", "payment_refund", "payments/<int:pk>/refund/"
    title, permission, submit = _("Refund"), "orders.add_refund", _("Enter the refund")
    form, model = RefundForm, Payment

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        document = self.found(kwargs)
        first = {"amount": document.unallocated, "refunded_on": today()}
        return self.asked(document, self.form(user=request.user, initial=first))

    def act(self, document: Payment, values: dict[str, Any]) -> str:
        refund_payment(document.pk, by=self.request.user, day=today(), **values)
        return gettext("The refund is entered.")

    def back(self, document: Payment) -> str:
        return PaymentPage.detail_url(document.pk)


class UndoRefundScreen(FormScreen):
    """Take a refund back."""

    app, name, path = "orders", "refund_undo", "refunds/<int:pk>/undo/"
    title, permission, submit = _("Undo the refund"), "orders.undo_refund", _("Undo the refund")
    form, model = UndoRefundForm, Refund

    def named(self, document: Refund) -> str:
        return f"{document.payment.number}, {formats.day(document.refunded_on)}"

    def act(self, document: Refund, values: dict[str, Any]) -> str:
        undo_refund(document.pk, by=self.request.user, day=today(), **values)
        return gettext("The money stands on account again.")

    def back(self, document: Refund) -> str:
        return RefundPage.detail_url(document.pk)


PaymentPage.add_action(
    Button(
        _("Refund"), lambda doc, user: reverse("orders:payment_refund", args=[doc.pk]), icon="cash-banknote-off",
        permission="orders.add_refund", shown=lambda doc, user: bool(doc.unallocated),
    )
)  # fmt: skip
PaymentPage.add_panel(Rows("refunds", RefundTable, _("Refunds"), empty=_("None.")))
