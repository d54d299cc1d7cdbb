"""Forms of the catalogue."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, PriceColumn
from kam.pages import DayField, DecimalField, Form, ModelForm, MoneyField, RemoteChoiceField
from orders.models import Brand, Category, Product, VatRate


class BrandForm(ModelForm):
    class Meta:
        model, fields = Brand, ("name", "is_exclusive", "is_active")


class CategoryForm(ModelForm):
    class Meta:
        model, fields = Category, ("name", "parent")


class ProductForm(ModelForm):
    class Meta:
        model = Product
        fields = (
            "sku", "name", "brand", "category", "ean", "unit", "pack", "country", "vat_kind", "life_cycle",
            "launched_on", "ends_on", "is_scarce", "is_archived", "description",
        )  # fmt: skip


class PriceForm(Form):
    """The price of a product in a column from a day on."""

    product = RemoteChoiceField(label=_("Product"), queryset=Product.objects.all())
    column = RemoteChoiceField(label=_("Price column"), queryset=PriceColumn.objects.filter(is_active=True))
    amount = MoneyField(label=_("Price"))
    starts_on = DayField(label=_("From"), help_text=_("The price valid before ends the day before."))


class ProductCostForm(Form):
    """The cost of a product from a day on."""

    product = RemoteChoiceField(label=_("Product"), queryset=Product.objects.all())
    amount = MoneyField(label=_("Cost without VAT"))
    starts_on = DayField(label=_("From"), help_text=_("The cost valid before ends the day before."))


class VatRateForm(ModelForm):
    class Meta:
        model, fields = VatRate, ("kind", "rate", "starts_on", "ends_on")


class SpecialTermForm(Form):
    """A price or a discount agreed with one client."""

    client = RemoteChoiceField(label=_("Client"), queryset=Client.objects.all())
    product = RemoteChoiceField(
        label=_("Product"), queryset=Product.objects.all(), required=False,
        help_text=_("Name a product, a brand or a category: one of them."),
    )  # fmt: skip
    brand = RemoteChoiceField(label=_("Brand"), queryset=Brand.objects.all(), required=False)
    category = RemoteChoiceField(label=_("Category"), queryset=Category.objects.all(), required=False)
    price = MoneyField(label=_("Price"), required=False, help_text=_("For a single product only."))
    discount_percent = DecimalField(label=_("Discount, %"), required=False)
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)
