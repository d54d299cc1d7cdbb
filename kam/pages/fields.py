"""Form fields that read what people type: `1 234,50` and `1234.50`, `21.11.2026` and `2026-11-21`; searched choices."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam import formats

_SPACES = re.compile(r"[\s\u00a0\u202f'’]+")
# Days beyond these are slips of the keyboard, and counting from them leaves the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2199
LARGEST_QUANTITY = 2**31 - 1
_DATE_FORMATS = ("%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


def decimal_of(text: str) -> Decimal:
    """The number a person typed, with a comma or a point, spaces between thousands, and perhaps a currency sign.

    Raises ValueError if it is no number. Where both marks stand, the last one is the decimal mark.
    """
    bare = _SPACES.sub("", text).replace(formats.MINUS, "-").strip("₽$€%")
    if "," in bare and "." in bare:
        thousands = "," if bare.rindex(".") > bare.rindex(",") else "."
        bare = bare.replace(thousands, "")
    bare = bare.replace(",", ".") if bare.count(",") == 1 else bare.replace(",", "")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite():
        raise ValueError(text)
    return value


def day_of(text: str) -> date:
    """The day a person typed; raises ValueError if it is none, or none of our times."""
    bare = text.strip().rstrip("г.").strip()
    for pattern in _DATE_FORMATS:
        try:
            day = datetime.strptime(bare, pattern).date()
        except ValueError:
            continue
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    raise ValueError(text)


def number_of(text: str) -> int | None:
    """The whole number a text is in plain digits, such as the key of a row; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


class MoneyInput(forms.TextInput):
    """A right-aligned figure with the number keyboard on a phone; shows thousands apart."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "data-figure": "1", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, Decimal | int):
            text = (f"{value:,}" if isinstance(value, int) else f"{value:,f}").replace(",", formats.NBSP)
            return text.replace(".", ",") if formats.spoken() == "ru" else text
        return super().format_value(value)


class DateInput(forms.TextInput):
    """A day typed by hand or picked: a text field with a calendar that the script adds."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "numeric", "autocomplete": "off", "data-day": "1", "placeholder": _("dd.mm.yyyy"),
             **(attrs or {})}
        )  # fmt: skip

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, date):
            return f"{value.day:02}.{value.month:02}.{value.year}"
        return super().format_value(value)


class DecimalField(forms.DecimalField):
    """A decimal with a comma or a point."""

    widget = MoneyInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", MoneyInput())
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return decimal_of(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class MoneyField(DecimalField):
    """An amount of money, two places at most."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 16)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)


class QuantityField(forms.IntegerField):
    """Whole units, with spaces between thousands allowed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", MoneyInput({"inputmode": "numeric"}))
        kwargs["max_value"] = kwargs.get("max_value") or LARGEST_QUANTITY
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(_SPACES.sub("", value) if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class DayField(forms.DateField):
    """A day, `dd.mm.yyyy` or ISO."""

    widget = DateInput

    def prepare_value(self, value: Any) -> Any:
        """A day from an address, which is ISO there, is shown as people write it."""
        try:
            return date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            return value

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return day_of(str(value))
        except ValueError:
            raise ValidationError(_("Enter a date such as 21.11.2026."), code="invalid") from None


class RemoteSelect(forms.Select):
    """A select that holds only what is chosen; the script searches the rest at `/choices/<app>.<model>/`.

    A select never loads a table. `user` is set by the form, so that a chosen row outside the user's sight shows no
    name. `follows` names another field of the form: only what belongs to what is chosen there is offered, and a change
    there takes the choice here away.
    """

    user: Any = None
    multiple = False

    def __init__(self, attrs: dict[str, Any] | None = None, follows: str = "", **query: str) -> None:
        super().__init__(attrs)
        self.query, self.follows = query, follows

    def __deepcopy__(self, memo: dict[int, Any]) -> "RemoteSelect":
        # Select copies its choices; ours come from the queryset and are never walked.
        copied = super().__deepcopy__(memo)
        copied.query = dict(self.query)
        return copied

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        chosen = [str(v) for v in value if v not in ("", None)]
        options: list[Any] = []
        if not self.multiple and not self.is_required:
            options.append(self.create_option(name, "", "", not chosen, 0))
        rows = self.rows()
        if chosen and rows is not None:
            found = {str(row.pk): row for row in rows.filter(pk__in=[v for v in chosen if number_of(v) is not None])}
            options += [
                self.create_option(name, pk, str(found[pk]), True, index + 1)
                for index, pk in enumerate(chosen) if pk in found
            ]  # fmt: skip
        return [(None, [option], index) for index, option in enumerate(options)]

    def rows(self) -> Any:
        """The rows that may be chosen: the queryset behind the field's choices."""
        return getattr(self.choices, "queryset", None)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = self.rows()
        if rows is not None:
            meta = rows.model._meta
            query = "&".join(f"{key}={val}" for key, val in self.query.items())
            address = reverse("kam:choices", args=(meta.app_label, meta.model_name))
            context["widget"]["attrs"]["data-remote"] = f"{address}?{query}" if query else address
            context["widget"]["attrs"]["data-nothing"] = _("Nothing found")
            if self.follows:
                context["widget"]["attrs"]["data-follows"] = self.follows
        return context


class RemoteSelectMany(RemoteSelect, forms.SelectMultiple):
    """Several searched choices."""

    multiple = True
    allow_multiple_selected = True


class RemoteChoiceField(forms.ModelChoiceField):
    """A related document chosen by searching."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", RemoteSelect())
        super().__init__(queryset, **kwargs)


class RemoteManyField(forms.ModelMultipleChoiceField):
    """Several related documents chosen by searching."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", RemoteSelectMany())
        super().__init__(queryset, **kwargs)
