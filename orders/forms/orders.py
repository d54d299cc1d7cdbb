"""Forms of an order's head and of what is done with reservations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kam.pages import DayField, Form, ModelForm, QuantityField, RemoteChoiceField
from orders.actions.orders import DRAFT_ONLY
from orders.models import Order

HEAD = ("outlet", "warehouse", "wanted_on", "customer_number", "comment", "allow_partial", "contract")
SPECIAL = ("distributor", "payer")
GROUPS = (
    (_("Order"), ("client", "outlet", "warehouse", "wanted_on", "customer_number", "allow_partial", "comment")),
    (_("Terms and a special shipment"), ("contract", *SPECIAL)),
)


OF_CLIENT = ("outlet", "contract")


def narrowed(form: ModelForm) -> None:
    """Offer only outlets and contracts of the order's client: of the one it has, or of the one chosen in the form."""
    for name in OF_CLIENT:
        if name not in form.fields:
            continue
        widget = form.fields[name].widget
        if form.instance.client_id:
            widget.query = {"client": str(form.instance.client_id)}
        else:
            widget.follows = "client"


class NewOrderForm(ModelForm):
    """For whom an order is entered; its lines come next, in the grid."""

    groups = GROUPS

    class Meta:
        model = Order
        fields = ("client", *HEAD, *SPECIAL)
        widgets = {"comment": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = self.fields["client"].queryset.exclude(status="closed")
        narrowed(self)


class OrderForm(ModelForm):
    """The head of an order; once it is submitted only wishes and comments."""

    groups = GROUPS

    class Meta:
        model = Order
        fields = (*HEAD, *SPECIAL)
        widgets = {"comment": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.status != Order.Status.DRAFT:
            for name in [name for name in self.fields if name in DRAFT_ONLY or f"{name}_id" in DRAFT_ONLY]:
                del self.fields[name]
        narrowed(self)


class ReleaseForm(Form):
    """Why reserved goods are given back."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class TransferForm(Form):
    """To which order reserved goods go."""

    to_order = RemoteChoiceField(
        label=_("To the order"), queryset=Order.objects.filter(status__in=("confirmed", "partly_shipped"))
    )
    quantity = QuantityField(label=_("Units"), min_value=1)


class ProlongForm(Form):
    """Until when goods stay reserved."""

    expires_on = DayField(label=_("Reserved until"))
