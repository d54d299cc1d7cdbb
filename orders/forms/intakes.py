"""Forms of rough orders: what a client asked for, as it was said."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.pages import DayField, Form, MoneyField, QuantityField, RemoteChoiceField
from kam.pages.fields import number_of
from orders.actions.intakes import IntakeLineInput
from orders.models import Product
from orders.queries.pasting import Pasted


class IntakeForm(Form):
    """A rough order: the client, its words, and lines in any form."""

    client = RemoteChoiceField(label=_("Client"), queryset=Client.objects.all())
    text = forms.CharField(
        label=_("What the client asks for"),
        help_text=_("As it was said or written. Sales support makes an order of it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    wanted_on = DayField(label=_("Wanted on"), required=False)
    promised_total = MoneyField(label=_("Promised sum"), required=False, min_value=0)
    many = forms.CharField(
        label=_("Lines from a spreadsheet or a letter"),
        help_text=_("SKU or name, quantity and perhaps a price in each row."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    groups = ((_("Rough order"), ("client", "text", "wanted_on", "promised_total", "many")),)


class IntakeEditForm(IntakeForm):
    """The same once it is entered: the client stays."""

    client = None
    groups = ((_("Rough order"), ("text", "wanted_on", "promised_total", "many")),)


class IntakeLineForm(Form):
    """A line: a product, or the client's words for it."""

    product = RemoteChoiceField(label=_("Product"), queryset=Product.objects.orderable(), required=False)
    wording = forms.CharField(label=_("or in the client's words"), required=False, max_length=300)
    quantity = QuantityField(label=_("Quantity"), min_value=1, required=False)
    price = MoneyField(label=_("Promised price"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if any(values.get(name) for name in ("product", "wording", "price")) and not values.get("quantity"):
            self.add_error("quantity", _("The quantity is missing."))
        return values


def lines_of(intake: Any) -> list[dict[str, Any]]:
    """A rough order's lines as first values of the form."""
    return [
        {"product": line.product_id, "wording": line.wording, "quantity": line.quantity, "price": line.price}
        for line in intake.lines.all()
    ]


def intake_lines(lines: list[dict[str, Any]], pasted: Pasted) -> tuple[list[IntakeLineInput], list[str]]:
    """The lines for the action, and pasted rows that even as words are no line, for the text.

    A row whose product is unknown stays as the client's words: support finds out what is meant.
    """
    found = [
        IntakeLineInput(line["quantity"], line["product"] and line["product"].pk, line["wording"], line["price"])
        for line in lines
    ]
    found += [IntakeLineInput(row.quantity, row.product_id, price=row.price) for row in pasted.lines]
    rest = []
    for error in pasted.errors:
        words, _tab, number = error.text.replace(";", "\t").rpartition("\t")
        units = number_of(number.strip())
        if words.strip() and units:
            found.append(IntakeLineInput(units, wording=" ".join(words.split())[:300]))
        else:
            rest.append(error.text)
    return found, rest
