"""What people fill in about offsets, reconciliations, differences, discrepancy acts and corrective actions."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Client, Contract
from kam.models import User
from kam.pages import DayField, Form, ModelForm, MoneyField, QuantityField, RemoteChoiceField
from orders.models import Discrepancy, DiscrepancyAct, Product, Return, Warehouse
from orders.wording import CURRENCIES


def text_field(label, **kwargs) -> forms.CharField:
    """A few lines of text."""
    return forms.CharField(label=label, widget=forms.Textarea({"rows": 2}), **{"max_length": 500, **kwargs})


class OffsetForm(Form):
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"))
    offset_on = DayField(label=_("Of the day"))
    amount = MoneyField(label=_("Amount"))
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, initial="RUB")
    basis = forms.CharField(
        label=_("Basis document"), max_length=300, help_text=_("The act or agreement both sides signed: number, day.")
    )
    their_claim = forms.CharField(
        label=_("What we owe the client"),
        max_length=300,
        help_text=_("A bonus, a service, a supply: with its document."),
    )
    comment = text_field(_("Comment"), required=False)


class ReconciliationForm(Form):
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"))
    contract = RemoteChoiceField(
        queryset=Contract.objects.all(), label=_("Contract"), required=False, help_text=_("Empty: all contracts.")
    )
    starts_on = DayField(label=_("Period from"))
    ends_on = DayField(label=_("Period to"))
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, initial="RUB")


class ManyReconciliationsForm(Form):
    """Sheets for many clients at once."""

    starts_on = DayField(label=_("Period from"))
    ends_on = DayField(label=_("Period to"))
    manager = RemoteChoiceField(
        queryset=User.objects.all(), label=_("KAM"), required=False, help_text=_("Empty: all clients you see.")
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, initial="RUB")


class AgreeForm(Form):
    their_closing = MoneyField(
        label=_("Closing balance of the client"),
        required=False,
        help_text=_("As the client's half says; empty: as ours."),
    )
    signed_by = forms.CharField(label=_("Signed for the client by"), max_length=150, required=False)


class DifferencesForm(Form):
    """A document that our books do not have; the rows of the sheet are asked one by one beside it."""

    their_document = forms.CharField(label=_("The client's document"), max_length=150, required=False)
    their_amount = MoneyField(label=_("Its sum"), required=False, min_value=0)
    their_side = forms.ChoiceField(
        label=_("Side in the client's books"), choices=(("debit", _("Debit")), ("credit", _("Credit"))),
    )  # fmt: skip
    document_comment = forms.CharField(label=_("Comment"), max_length=500, required=False)
    owner = RemoteChoiceField(
        queryset=User.objects.all(), label=_("Who finds out"), required=False, help_text=_("Empty: the client's KAM.")
    )
    due_on = DayField(label=_("Due"), required=False, help_text=_("Empty: in ten days."))

    groups = (
        (_("Who looks into the differences"), ("owner", "due_on")),
        (
            _("A document that our books do not have"),
            ("their_document", "their_amount", "their_side", "document_comment"),
        ),
    )


class DiscrepancyForm(Form):
    owner = RemoteChoiceField(queryset=User.objects.all(), label=_("Who finds out"))
    due_on = DayField(label=_("Due"))


class ResolveForm(Form):
    cause = forms.ChoiceField(label=_("Why the books differ"), choices=Discrepancy.Cause.choices)
    result = text_field(_("What was done about it"))


class ActForm(Form):
    """What the paper says around the lines, which are asked one by one."""

    accepted_on = DayField(label=_("Accepted on"))
    client_number = forms.CharField(label=_("Number of the client's act"), max_length=60, required=False)
    place = forms.CharField(label=_("Place of acceptance"), max_length=300, required=False)
    carrier = forms.CharField(label=_("Carrier"), max_length=150, required=False)
    vehicle = forms.CharField(label=_("Vehicle, waybill"), max_length=150, required=False)
    seals = forms.CharField(label=_("Seals and their state"), max_length=300, required=False)
    packaging = text_field(_("State of goods, packing and marking"), required=False)
    method = forms.CharField(label=_("How the difference was found"), max_length=300, required=False)
    commission = text_field(
        _("Commission"), max_length=2000, required=False, help_text=_("One member a line: post, name, company.")
    )
    conclusion = text_field(_("Conclusion of the commission"), max_length=4000, required=False)
    extra_product = RemoteChoiceField(queryset=Product.objects.all(), label=_("Came beyond the papers"), required=False)
    extra_units = QuantityField(label=_("Units of it"), required=False, min_value=0)

    groups = (
        (_("Acceptance"), ("accepted_on", "client_number", "place", "method")),
        (_("Transport and packing"), ("carrier", "vehicle", "seals", "packaging")),
        (_("Commission"), ("commission", "conclusion")),
        (_("A product that was not in the shipment"), ("extra_product", "extra_units")),
    )


class ActChangeForm(ModelForm):
    class Meta:
        model = DiscrepancyAct
        fields = (
            "client_number", "place", "carrier", "vehicle", "seals", "packaging", "method", "commission", "conclusion",
        )  # fmt: skip


class AcceptForm(Form):
    decision = text_field(_("Decision"), required=False)


class SettleForm(Form):
    """Where found units go; what is done is asked line by line beside it."""

    warehouse = RemoteChoiceField(
        queryset=Warehouse.objects.filter(is_active=True), label=_("Found in the warehouse"), required=False,
        help_text=_("Only where missing units were found with us."),
    )  # fmt: skip

    groups = ((_("Found units"), ("warehouse",)),)


class CloseForm(Form):
    cause = forms.ChoiceField(label=_("Cause"), choices=DiscrepancyAct.Cause.choices)
    cause_found = text_field(_("What was found out"), required=False)


class ActionForm(Form):
    what = forms.CharField(label=_("What is to be done"), max_length=300)
    owner = RemoteChoiceField(queryset=User.objects.all(), label=_("Who does it"))
    due_on = DayField(label=_("Due"))
    reason = forms.ChoiceField(
        label=_("Against which reason"), choices=[("", "—"), *Return.Reason.choices], required=False
    )
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"), required=False)
    product = RemoteChoiceField(queryset=Product.objects.all(), label=_("Product"), required=False)


class NewActionForm(ActionForm):
    act = RemoteChoiceField(queryset=DiscrepancyAct.objects.all(), label=_("Discrepancy act"), required=False)
    returned = RemoteChoiceField(
        queryset=Return.objects.all(), label=pgettext_lazy("of goods", "Return"), required=False
    )


class FinishForm(Form):
    result = text_field(_("What came of it"))
