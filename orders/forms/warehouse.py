"""Forms of warehouses, supplies and quotas."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.models import User
from kam.pages import DayField, Form, ModelForm, QuantityField, RemoteChoiceField
from orders.models import Product, Supply, Warehouse


class WarehouseForm(ModelForm):
    class Meta:
        model, fields = Warehouse, ("name", "address", "is_active")


class SupplyForm(ModelForm):
    class Meta:
        model, fields = Supply, ("number", "supplier", "warehouse", "expected_on", "comment")


class SupplyLineForm(Form):
    """A product in a supply and how many units are announced."""

    product = RemoteChoiceField(label=_("Product"), queryset=Product.objects.all(), required=False)
    quantity = QuantityField(label=_("Announced"), required=False, min_value=1)


class QuotaForm(Form):
    """Units of a product set aside for a client or a KAM."""

    product = RemoteChoiceField(label=_("Product"), queryset=Product.objects.filter(is_scarce=True))
    client = RemoteChoiceField(
        label=_("Client"), queryset=Client.objects.all(), required=False, help_text=_("Either a client or a KAM.")
    )
    manager = RemoteChoiceField(label=_("KAM"), queryset=User.objects.in_role("kam"), required=False)
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"))
    units = QuantityField(label=_("Quota, units"), min_value=0)


class ArrivalForm(Form):
    """When a supply arrived and how many units of each line came."""

    arrived_on = DayField(label=_("Arrived on"))
    rest_comes = forms.BooleanField(
        label=_("The rest will still come"), required=False,
        help_text=_("Otherwise what did not come is given up, and those who were promised it are told."),
    )  # fmt: skip

    def __init__(self, *args, lines=(), **kwargs):
        super().__init__(*args, **kwargs)
        for line in lines:
            self.fields[f"line-{line.pk}"] = QuantityField(label=_("Received"), min_value=0, initial=line.coming)

    def rows(self, lines):
        """The lines with their fields, for the template."""
        return [(line, self[f"line-{line.pk}"]) for line in lines]

    def received(self) -> dict[int, int]:
        """Units that came, by line."""
        return {
            int(name.removeprefix("line-")): units for name, units in self.cleaned_data.items() if name[:5] == "line-"
        }
