"""The form that changes the lines of a confirmed order."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kam.pages import Form


class AmendForm(Form):
    """Lines to add, why, and the version of the order that was looked at."""

    many = forms.CharField(
        label=_("Lines to add"),
        help_text=_("SKU and quantity in each row, perhaps a price."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=1000)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
