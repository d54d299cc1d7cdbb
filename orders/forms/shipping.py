"""What people fill in about shipments and returns."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.pages import Form, ModelForm, RemoteChoiceField
from kam.pages.fields import FIRST_YEAR, LAST_YEAR
from orders.models import Return, Shipment, Warehouse


class MomentField(forms.DateTimeField):
    """A moment of our times: beyond them its day differs by zone and cannot be read back."""

    def to_python(self, value):
        found = super().to_python(value)
        if found is not None and not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


def moment_field(label) -> forms.DateTimeField:
    """A day and an hour, typed; a day alone means its beginning."""
    return MomentField(
        label=label,
        required=False,
        input_formats=["%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y"],
        # Typed like every other day: the browser's own picker speaks the browser's language, not the person's.
        widget=forms.DateTimeInput(
            {"autocomplete": "off", "data-moment": "1", "placeholder": _("dd.mm.yyyy hh:mm")}, format="%d.%m.%Y %H:%M"
        ),
    )


class ShipForm(Form):
    """How goods travel; the units are asked line by line beside it."""

    carrier = forms.CharField(label=_("Carrier"), max_length=150, required=False)
    tracking = forms.CharField(label=_("Tracking number"), max_length=100, required=False)
    address = forms.CharField(
        label=_("Delivery address"), max_length=400, required=False, help_text=_("Empty: the outlet's or the client's.")
    )
    window_from = moment_field(_("Delivery window from"))
    window_to = moment_field(_("Delivery window to"))
    invoice = forms.BooleanField(label=_("Invoice at once"), required=False, initial=True)

    groups = ((_("Delivery"), ("carrier", "tracking", "address", "window_from", "window_to", "invoice")),)


class ShipmentForm(ModelForm):
    window_from = moment_field(_("Delivery window from"))
    window_to = moment_field(_("Delivery window to"))

    class Meta:
        model = Shipment
        fields = ("carrier", "tracking", "address", "window_from", "window_to")


class DeliverForm(Form):
    received_by = forms.CharField(label=_("Received by"), max_length=150, required=False)


class RefuseForm(Form):
    code = forms.ChoiceField(label=_("Why"), choices=Return.Reason.choices, initial=Return.Reason.DAMAGE)
    reason = forms.CharField(label=_("What the client said"), max_length=300, widget=forms.Textarea({"rows": 3}))


class ReturnForm(Form):
    """Why goods come back; the units are asked line by line beside it."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Return.Reason.choices)
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea({"rows": 3}))

    groups = ((pgettext_lazy("of goods", "Return"), ("reason", "comment")),)


class ReceiveForm(Form):
    warehouse = RemoteChoiceField(
        queryset=Warehouse.objects.filter(is_active=True),
        label=_("To the warehouse"),
        required=False,
        help_text=_("Empty only for goods of a distributor: they go back to it."),
    )
