"""What people fill in about payments, credit notes and our own company."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.pages import DayField, Form, ModelForm, MoneyField, RemoteChoiceField
from orders.models import Company


class PaymentForm(Form):
    """Money that came in."""

    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"))
    received_on = DayField(label=_("Received on"))
    amount = MoneyField(label=_("Amount"))
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in ("RUB", "USD", "EUR", "CNY")], initial="RUB"
    )
    number = forms.CharField(
        label=_("Number"), max_length=40, required=False, help_text=_("Of the payment order; empty: our own number.")
    )
    purpose = forms.CharField(
        label=_("Purpose"), max_length=400, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Invoices named here are paid first."),
    )  # fmt: skip
    allocate = forms.BooleanField(
        label=_("Pay invoices at once"), required=False, initial=True,
        help_text=_("Those named in the purpose, else the earliest due. Unticked: all stays on account."),
    )  # fmt: skip


class AllocateForm(Form):
    """Nothing but the amounts, which are asked invoice by invoice."""


class UndoForm(Form):
    reason = forms.CharField(
        label=_("Why the allocation is undone"), max_length=300, widget=forms.Textarea({"rows": 2})
    )


class CreditForm(Form):
    amount = MoneyField(label=_("Amount with VAT"))
    reason = forms.CharField(label=_("What for"), max_length=300, widget=forms.Textarea({"rows": 2}))


class CompanyForm(ModelForm):
    class Meta:
        model = Company
        fields = (
            "name", "inn", "kpp", "ogrn", "legal_address", "phone", "email", "bank_name", "bik", "account",
            "correspondent_account", "director_post", "director", "accountant", "storekeeper",
        )  # fmt: skip

    groups = (
        (_("Company"), ("name", "inn", "kpp", "ogrn", "legal_address", "phone", "email")),
        (_("Bank"), ("bik", "bank_name", "account", "correspondent_account")),
        (_("Who signs"), ("director_post", "director", "accountant", "storekeeper")),
    )
