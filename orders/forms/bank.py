"""What people say about lines of bank statements, refunds and our accounts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.pages import DayField, Form, ModelForm, MoneyField, RemoteChoiceField
from orders.models import BankAccount, BankStatementLine

APART = [("", "—")] + [
    (kind.value, kind.label) for kind in BankStatementLine.Kind if kind.value not in ("client", "refund")
]
SHARES_ASKED, MORE_SHARES, MOST_SHARES = 2, 5, 100


class ProposeForm(Form):
    """Whose money it is; of several clients each gets a share, and the shares make the line."""

    client = RemoteChoiceField(
        queryset=Client.objects.all(), label=_("Client"), required=False,
        help_text=_("The whole sum, unless another client gets a share below."),
    )  # fmt: skip
    more = forms.BooleanField(
        label=_("There are more clients"), required=False, help_text=_("The form comes back with rows for them.")
    )
    apart = forms.ChoiceField(
        label=_("Not a client's money"), choices=APART, required=False,
        help_text=_("A transfer of our own, interest, a fee: kept apart from the clients' accounts."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Who confirms will read it."),
    )  # fmt: skip

    def __init__(self, data=None, *args, **kwargs) -> None:
        self.wants_more = bool(data and data.get("more"))
        if self.wants_more:
            data = data.copy()
            del data["more"]  # the rows are there now; the box asks for further ones
        super().__init__(data, *args, **kwargs)
        last = 1 + SHARES_ASKED
        for name in data or ():
            number = name.removeprefix("client_")
            last = max(last, min(int(number), MOST_SHARES)) if number.isdecimal() else last
        last += MORE_SHARES if self.wants_more else 0
        for place in range(2, last + 1):
            self.fields[f"client_{place}"] = RemoteChoiceField(
                queryset=Client.objects.all(), label=_("Client %(place)s") % {"place": place}, required=False
            )
            self.fields[f"amount_{place}"] = MoneyField(
                label=_("Share of client %(place)s") % {"place": place}, required=False
            )
        split = [f"{kind}_{place}" for place in range(2, last + 1) for kind in ("client", "amount")]
        self.order_fields(["client", *split, "more", "apart", "reason"])

    def clean(self) -> dict:
        values = super().clean()
        if self.wants_more:
            raise forms.ValidationError(_("Nothing is proposed yet: name the other clients and their shares."))
        return values

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
