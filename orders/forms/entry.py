"""The plain form of order entry, for a browser without scripts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.actions.orders import OrderLineInput
from orders.forms.entry_rows import TypedRow
from orders.models import Order
from orders.queries.entering import given_of
from orders.queries.pasting import PastedRow

NAMES = ("text", "quantity", "discount", "price")
EXTRA = 5


class PlainLine(forms.Form):
    """A line as text: figures are read by the same reader as those of the grid."""

    text = forms.CharField(label=_("SKU"), required=False, max_length=300)
    quantity = forms.CharField(label=_("Quantity"), required=False, max_length=30)
    discount = forms.CharField(label=_("Discount, %"), required=False, max_length=30)
    price = forms.CharField(label=_("Price"), required=False, max_length=30)

    @staticmethod
    def field_of(name: str) -> str | None:
        """The field a refusal belongs to."""
        known = {"product": "text", "product_id": "text", "discount_percent": "discount"}
        found = known.get(name, name)
        return found if found in NAMES else None


class PasteForm(forms.Form):
    """Many lines at once."""

    many = forms.CharField(
        label=_("Add lines pasted from a spreadsheet"),
        help_text=_("SKU and quantity in each row."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @staticmethod
    def line_of(row: PastedRow) -> OrderLineInput:
        return OrderLineInput(row.product_id, row.quantity, row.price)


def plain_lines(data: Any = None, order: Order | None = None) -> Any:
    """The formset, bound or over the order's lines."""
    made = forms.formset_factory(PlainLine, extra=EXTRA, can_delete=True)
    initial = [_initial(line) for line in order.lines.select_related("product")] if order else None
    return made(data, prefix="lines", initial=initial)


def _initial(line: Any) -> dict[str, Any]:
    price, discount = given_of(line)
    return {"text": line.product.sku, "quantity": line.quantity, "discount": discount, "price": price}


def typed_of(form: PlainLine) -> TypedRow | None:
    """What was typed into a line; None for an empty or removed one."""
    values = {name: (form.cleaned_data.get(name) or "").strip() for name in NAMES}
    if form.cleaned_data.get("DELETE") or not any(values.values()):
        return None
    return TypedRow(form.prefix, None, **values)
