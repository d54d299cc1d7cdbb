"""What people say about lines of bank statements, refunds and our accounts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.pages import DayField, Form, ModelForm, MoneyField, RemoteChoiceField
from orders.models import BankAccount, BankStatementLine

APART = [("", "—")] + [
    (kind.value, kind.label) for kind in BankStatementLine.Kind if kind.value not in ("client", "refund")
]
MOST_SHARES = 4


class ProposeForm(Form):
    """Whose money it is; of several clients each gets a share, and the shares make the line."""

    client = RemoteChoiceField(
        queryset=Client.objects.all(), label=_("Client"), required=False,
        help_text=_("The whole sum, unless another client gets a share below."),
    )  # fmt: skip
    client_2 = RemoteChoiceField(queryset=Client.objects.all(), label=_("Second client"), required=False)
    amount_2 = MoneyField(label=_("Share of the second"), required=False)
    client_3 = RemoteChoiceField(queryset=Client.objects.all(), label=_("Third client"), required=False)
    amount_3 = MoneyField(label=_("Share of the third"), required=False)
    apart = forms.ChoiceField(
        label=_("Not a client's money"), choices=APART, required=False,
        help_text=_("A transfer of our own, interest, a fee: kept apart from the clients' accounts."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Who confirms will read it."),
    )  # fmt: skip

    groups = (
        (_("Client"), ("client",)),
        (_("Split"), ("client_2", "amount_2", "client_3", "amount_3")),
        (_("Or"), ("apart", "reason")),
    )

    @staticmethod
    def initial_for(document: BankStatementLine) -> dict:
        """The suggestion of the line."""
        return {"client": document.client_id}


class ChooseInvoicesForm(Form):
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"))
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Who confirms will read it."),
    )  # fmt: skip


class RefundForm(Form):
    amount = MoneyField(label=_("Amount"))
    refunded_on = DayField(label=_("Went on"))
    reason = forms.CharField(label=_("Why the money goes back"), max_length=300, widget=forms.Textarea({"rows": 2}))


class UndoRefundForm(Form):
    reason = forms.CharField(label=_("Why the refund is undone"), max_length=300, widget=forms.Textarea({"rows": 2}))


class BankAccountForm(ModelForm):
    class Meta:
        model = BankAccount
        fields = ("number", "bank_name", "bik", "currency", "is_active", "comment")
