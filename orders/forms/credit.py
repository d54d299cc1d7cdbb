"""Forms of credit reviews and exchange rates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kam.pages import DayField, DecimalField, Form, ModelForm, MoneyField, QuantityField
from orders.models import CreditReview


class CreditReviewForm(ModelForm):
    """What is asked for; the score is measured from our data and from the facts entered on the client."""

    class Meta:
        model = CreditReview
        fields = ("asked_limit", "asked_days", "expected_sales", "price_column", "comment")
        widgets = {"comment": forms.Textarea({"rows": 4})}


class NewCreditReviewForm(CreditReviewForm):
    class Meta(CreditReviewForm.Meta):
        fields = ("client", *CreditReviewForm.Meta.fields)


class DecideForm(Form):
    """The decision; it begins as what was proposed."""

    credit_limit = MoneyField(label=_("Limit, RUB"), min_value=0)
    days = QuantityField(label=_("Days of credit"), min_value=0, max_value=365)
    valid_until = DayField(label=_("Valid until"), required=False, help_text=_("Empty: as long as the policy says."))
    recheck_on = DayField(
        label=_("Re-check on"), required=False, help_text=_("Empty: as long before the end as the policy says.")
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed where more is given than is recommended and the proposal does not say why."),
    )  # fmt: skip

    @classmethod
    def initial_for(cls, document):
        """Begin with what was proposed."""
        return {"credit_limit": document.asked_limit, "days": document.asked_days}


class ExchangeRateForm(Form):
    """A rate from a day on."""

    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("Three capital letters, such as USD."))
    day = DayField(label=_("From"))
    rate = DecimalField(label=_("Roubles for one"), min_value=0, max_digits=14, decimal_places=6)
