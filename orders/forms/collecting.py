"""What people fill in to collect debts, and the policy of it."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Contact
from kam.pages import DayField, DecimalField, Form, ModelForm, MoneyField, QuantityField, RemoteChoiceField
from orders.models import CollectionLetter, Invoice, KeyRate, LetterLevel, StopPolicy
from orders.rules.letters import PLACES


def contact_field() -> RemoteChoiceField:
    """A person at the client."""
    return RemoteChoiceField(queryset=Contact.objects.all(), label=_("With whom"), required=False)


def next_fields() -> tuple[forms.CharField, DayField]:
    """The next step and its day."""
    subject = forms.CharField(label=_("Next step"), max_length=200, required=False)
    return subject, DayField(label=_("On"), required=False)


class CallForm(Form):
    """What came of a talk about debts."""

    contact = contact_field()
    result = forms.CharField(label=_("What came of it"), widget=forms.Textarea({"rows": 3}))
    next_subject, next_due_on = next_fields()


class PromiseForm(Form):
    """What the client promised to pay by when."""

    amount = MoneyField(label=_("Amount, RUB"), min_value=Decimal("0.01"))
    due_on = DayField(label=_("To be paid by"))
    grace_days = QuantityField(
        label=_("Days of grace"), min_value=0, max_value=30, initial=1,
        help_text=_("Money needs so many days more to come."),
    )  # fmt: skip
    threshold_percent = DecimalField(
        label=_("Kept from, %"), min_value=1, max_value=100, decimal_places=2, initial=100,
        help_text=_("The promise is kept when so much of the amount came."),
    )  # fmt: skip
    contact = contact_field()
    note = forms.CharField(label=_("Note of the call"), required=False, widget=forms.Textarea({"rows": 2}))
    next_subject, next_due_on = next_fields()


class NewPromiseForm(PromiseForm):
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"))
    field_order = ("client",)


class StopLettersForm(Form):
    """No letters to a client, or none about one invoice."""

    invoice = RemoteChoiceField(
        queryset=Invoice.objects.all(), label=_("Disputed invoice"), required=False,
        help_text=_("Empty: no letters to the client at all."),
    )  # fmt: skip
    ends_on = DayField(label=_("Until"), required=False, help_text=_("Empty: until somebody takes it off the list."))
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))


class PrepareLetterForm(Form):
    """Which letter to prepare, and why where the debt was written about already."""

    level = forms.ModelChoiceField(
        queryset=LetterLevel.objects.in_force(), label=_("Letter"), empty_label=None,
        widget=forms.RadioSelect({"class": "one-a-row"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why again"), max_length=300, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Needed where this debt was written about already."),
    )  # fmt: skip


class NewStopForm(StopLettersForm):
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"))
    field_order = ("client",)


class AllowForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False, widget=forms.Textarea({"rows": 2}))


class LetterForm(ModelForm):
    class Meta:
        model = CollectionLetter
        fields = ("contact", "email", "subject", "text")
        widgets = {"text": forms.Textarea({"rows": 16})}


class PostForm(Form):
    tracking = forms.CharField(label=_("Postal number"), max_length=60, required=False)


class LetterLevelForm(ModelForm):
    class Meta:
        model = LetterLevel
        fields = (
            "level", "name", "days", "channel", "is_automatic", "min_amount", "contact_role", "with_penalty",
            "is_active", "subject", "text",
        )  # fmt: skip
        widgets = {"text": forms.Textarea({"rows": 14})}

    groups = (
        (_("When and how"), ("level", "name", "days", "channel", "min_amount", "contact_role")),
        (_("Sending"), ("is_automatic", "with_penalty", "is_active")),
        (_("Words"), ("subject", "text")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("A letter knows %(places)s.") % {
            "places": ", ".join(f"{{{place}}}" for place in PLACES)
        }


class KeyRateForm(ModelForm):
    class Meta:
        model = KeyRate
        fields = ("starts_on", "rate")


class StopPolicyForm(ModelForm):
    class Meta:
        model = StopPolicy
        fields = ("name", "channel", "days", "amount", "is_active")
