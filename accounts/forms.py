"""What people fill in on this floor. Forms never write: their values go to actions."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions.requisites import NUMBERS, refusal_of, tidied
from accounts.actions.rows import KEEPER_ROLES
from accounts.models import (
    Activity,
    Client,
    ClientGroup,
    Contact,
    Contract,
    CreditCover,
    CreditFact,
    CreditPolicy,
    CreditTerms,
    Outlet,
    PriceColumn,
    Segment,
    Territory,
)
from accounts.rules.requisites import Requisites, Severity, check_requisites
from kam.models import User
from kam.pages import (
    DayField,
    DecimalField,
    Form,
    ModelForm,
    MoneyField,
    QuantityField,
    RemoteChoiceField,
    RemoteManyField,
    RemoteSelect,
    RemoteSelectMany,
)


def keepers():
    """Users who can look after clients."""
    return User.objects.active().in_role(*KEEPER_ROLES)


def keeper_field(**kwargs) -> RemoteChoiceField:
    """A choice of a person who can look after clients."""
    return RemoteChoiceField(queryset=keepers(), widget=RemoteSelect(keepers="1"), **kwargs)


def client_field() -> RemoteChoiceField:
    """A choice of a client."""
    return RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"))


def reason_field(label=None) -> forms.CharField:
    """Why; required."""
    return forms.CharField(label=label or _("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))


class ClientForm(ModelForm):
    """A client's details."""

    class Meta:
        model = Client
        fields = (
            "name", "channel", "segment", "territory", "group", "city", "phone", "email", "website", "comment",
            "legal_name", "inn", "kpp", "ogrn", "legal_address", "bank_name", "bik", "account",
            "correspondent_account",
        )  # fmt: skip
        widgets = {"comment": forms.Textarea({"rows": 3})}

    groups = (
        (_("Client"), ("name", "channel", "manager", "segment", "group")),
        (_("Where and how to reach it"), ("city", "territory", "phone", "email", "website", "comment")),
        (_("Legal entity"), ("legal_name", "inn", "kpp", "ogrn", "legal_address")),
        (_("Bank"), ("bik", "bank_name", "account", "correspondent_account")),
    )

    def clean(self):
        """Look at the requisites as the action will, so that their faults show together with all others."""
        values = tidied(super().clean())
        if self.instance.pk is None or any(values.get(n, "") != self.initial.get(n, "") for n in NUMBERS):
            given = Requisites(**{n: values.get(n) or "" for n in NUMBERS})
            for finding in check_requisites(given):
                if finding.severity is Severity.ERROR and finding.field not in self.errors:
                    self.add_error(finding.field, refusal_of(finding).text)
        return values


class NewClientForm(ClientForm):
    """A new client: also who will look after it."""

    manager = keeper_field(
        label=_("KAM"), required=False, help_text=_("Empty: yourself, if you look after clients of your own.")
    )


class HandOverForm(Form):
    """One client goes to another KAM."""

    to_manager = keeper_field(label=_("New KAM"))
    reason = reason_field()
    notes = forms.CharField(label=_("What the new KAM should know"), required=False, widget=forms.Textarea({"rows": 4}))


class HandOverManyForm(HandOverForm):
    """Many clients go to another KAM: those named, or all of one KAM."""

    from_manager = keeper_field(label=_("All clients of"), required=False)
    clients = RemoteManyField(
        queryset=Client.objects.all(), widget=RemoteSelectMany(), label=_("Clients"), required=False
    )
    field_order = ("from_manager", "clients", "to_manager", "reason", "notes")

    def clean(self):
        values = super().clean()
        if not values.get("from_manager") and not values.get("clients"):
            self.add_error("clients", gettext("Name the clients, or the KAM whose clients are handed over."))
        return values


class OutletForm(ModelForm):
    manager = keeper_field(label=_("Own KAM"), required=False, help_text=_("Empty: the client's KAM."))

    class Meta:
        model = Outlet
        fields = ("name", "city", "address", "territory", "manager", "phone", "opening_hours", "is_active")


class NewOutletForm(OutletForm):
    class Meta(OutletForm.Meta):
        fields = ("client", *OutletForm.Meta.fields)


class OfOneClient:
    """A form whose choices of outlets and people are those of the client it is about."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        client_id = getattr(getattr(self, "instance", None), "client_id", None) or self.initial.get("client")
        if client_id and str(client_id).isdigit():
            for name in {"outlet", "contact"} & set(self.fields):
                self.fields[name].widget.query = {"client": str(client_id)}


class ContactForm(OfOneClient, ModelForm):
    class Meta:
        model = Contact
        fields = ("name", "role", "position", "phone", "email", "outlet", "is_active", "comment")
        widgets = {"comment": forms.Textarea({"rows": 3})}


class NewContactForm(ContactForm):
    class Meta(ContactForm.Meta):
        fields = ("client", *ContactForm.Meta.fields)


class ContractForm(ModelForm):
    class Meta:
        model = Contract
        fields = (
            "number", "signed_on", "ends_on", "is_active", "penalty_percent", "penalty_cap_percent",
            "penalty_grace_days", "comment",
        )  # fmt: skip
        widgets = {"comment": forms.Textarea({"rows": 3})}
        help_texts = {
            "penalty_percent": _("Empty: the law's interest is asked for instead (art. 395 of the Civil Code)."),
            "penalty_cap_percent": _("Empty: without a cap."),
        }


class NewContractForm(ContractForm):
    class Meta(ContractForm.Meta):
        fields = ("client", *ContractForm.Meta.fields)


class TermsForm(Form):
    """Terms from a day on; the former ones end the day before."""

    client = client_field()
    starts_on = DayField(label=_("Valid from"), help_text=_("The terms valid until now end the day before."))
    ends_on = DayField(label=_("Valid to"), required=False, help_text=_("Empty: until other terms are agreed."))
    credit_limit = MoneyField(label=_("Credit limit, RUB"), min_value=0)
    days = QuantityField(label=_("Days of credit"), min_value=0, max_value=365, help_text=_("0: paid in advance."))
    day_kind = forms.ChoiceField(label=_("Counted in"), choices=CreditTerms.DayKind.choices)
    price_column = RemoteChoiceField(queryset=PriceColumn.objects.filter(is_active=True), label=_("Price column"))
    discount_percent = DecimalField(
        label=_("Standing discount, %"), min_value=0, max_value=Decimal("99.99"), decimal_places=2, initial=0
    )
    overdue_days_allowed = QuantityField(label=_("Overdue days forgiven"), min_value=0, max_value=365, initial=0)
    overdue_amount_allowed = MoneyField(label=_("Overdue sum forgiven, RUB"), min_value=0, initial=0)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False, widget=forms.Textarea({"rows": 2}))

    groups = (
        (_("Credit"), ("client", "starts_on", "ends_on", "credit_limit", "days", "day_kind")),
        (_("Prices"), ("price_column", "discount_percent")),
        (_("What is forgiven"), ("overdue_days_allowed", "overdue_amount_allowed")),
        ("", ("reason",)),
    )


class CreditFactForm(ModelForm):
    """Something found out about a client."""

    class Meta:
        model = CreditFact
        fields = ("kind", "happened_on", "ended_on", "amount", "number", "source", "comment")
        widgets = {"comment": forms.Textarea({"rows": 3})}


class NewCreditFactForm(CreditFactForm):
    class Meta(CreditFactForm.Meta):
        fields = ("client", *CreditFactForm.Meta.fields)


class CreditCoverForm(ModelForm):
    """What pays us if the client does not."""

    class Meta:
        model = CreditCover
        fields = ("kind", "provider", "number", "amount", "currency", "starts_on", "ends_on", "comment")
        widgets = {"comment": forms.Textarea({"rows": 3})}


class NewCreditCoverForm(CreditCoverForm):
    class Meta(CreditCoverForm.Meta):
        fields = ("client", *CreditCoverForm.Meta.fields)


class CreditPolicyForm(ModelForm):
    """Who decides on how much credit, from a day on."""

    class Meta:
        model = CreditPolicy
        fields = ("starts_on", "head_limit", "validity_months", "recheck_days", "group_overdue_counts", "comment")
        widgets = {"comment": forms.Textarea({"rows": 3})}

    def validate_unique(self):
        """A policy of the same day is corrected, not refused."""


class HoldForm(Form):
    client = client_field()
    reason = reason_field(_("Why shipping stops"))


class LiftForm(Form):
    reason = reason_field(_("Why the hold is lifted"))


class ActivityForm(OfOneClient, ModelForm):
    class Meta:
        model = Activity
        fields = ("kind", "subject", "due_on", "owner", "outlet", "contact", "comment")
        widgets = {"comment": forms.Textarea({"rows": 3})}


class NewActivityForm(ActivityForm):
    owner = RemoteChoiceField(
        queryset=User.objects.active(), label=_("Who"), required=False, help_text=_("Empty: you.")
    )

    class Meta(ActivityForm.Meta):
        fields = ("client", *ActivityForm.Meta.fields)


class CompleteForm(Form):
    """What came of it, and what comes next."""

    result = forms.CharField(label=_("What came of it"), widget=forms.Textarea({"rows": 3}))
    next_subject = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_due_on = DayField(label=_("On"), required=False)
    next_kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("As before")), *Activity.Kind.choices]
    )


class LogForm(Form):
    """A call or a visit that nobody planned: what came of it, and what comes next."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[c for c in Activity.Kind.choices if c[0] != "task"], initial="call"
    )
    contact = RemoteChoiceField(queryset=Contact.objects.all(), label=_("With whom"), required=False)
    result = forms.CharField(label=_("What came of it"), widget=forms.Textarea({"rows": 3}))
    next_subject = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_due_on = DayField(label=_("On"), required=False)


class ClientGroupForm(ModelForm):
    class Meta:
        model = ClientGroup
        fields = ("name", "credit_limit", "comment")
        widgets = {"comment": forms.Textarea({"rows": 3})}


class TerritoryForm(ModelForm):
    class Meta:
        model = Territory
        fields = ("name", "parent")


class SegmentForm(ModelForm):
    class Meta:
        model = Segment
        fields = ("name",)


class PriceColumnForm(ModelForm):
    class Meta:
        model = PriceColumn
        fields = ("code", "name", "currency", "vat_included", "is_active")


class DecreedDayForm(Form):
    day = DayField(label=_("Day"))
    is_working = forms.TypedChoiceField(
        label=_("What it is"),
        choices=[("no", _("Day off")), ("yes", _("Working day"))],
        coerce=lambda value: value == "yes",
    )
    comment = forms.CharField(label=_("By which decree"), max_length=200, required=False)
