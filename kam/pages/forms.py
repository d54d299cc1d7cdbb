"""Base forms of declared pages: fields that read what people type, choices scoped to the writer, refusals in place."""

import contextlib
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models
from django.forms.models import ModelFormMetaclass

from kam.pages.fields import DayField, DecimalField, QuantityField, RemoteChoiceField, RemoteManyField
from kam.pages.filters import scope_choices
from kam.refusals import Refusal


def field_for(db_field: models.Field, **kwargs: Any) -> forms.Field | None:
    """The form field of a model field: like Django's, but with our way of reading figures, days and choices."""
    if isinstance(db_field, models.ForeignKey | models.OneToOneField) and not kwargs.get("widget"):
        return db_field.formfield(form_class=RemoteChoiceField, **kwargs)
    if isinstance(db_field, models.ManyToManyField) and not kwargs.get("widget"):
        return db_field.formfield(form_class=RemoteManyField, **kwargs)
    if isinstance(db_field, models.DateTimeField):
        return db_field.formfield(**kwargs)
    if isinstance(db_field, models.DateField):
        return db_field.formfield(form_class=DayField, **kwargs)
    if isinstance(db_field, models.DecimalField):
        return db_field.formfield(form_class=DecimalField, **kwargs)
    if isinstance(db_field, models.IntegerField) and not db_field.choices:
        return db_field.formfield(form_class=QuantityField, **kwargs)
    return db_field.formfield(**kwargs)


class Scoped:
    """What both kinds of forms share: they know who writes."""

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user is not None:
            scope_choices(self, user)

    def add_refusals(self, refusals: Iterable[Refusal]) -> None:
        """Put each reason beside its field, or on top where it belongs to none."""
        for refusal in refusals:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.text))

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Figures and days that an address names as a program writes them (1234.50) are shown as people write them."""
        value = super().get_initial_for_field(field, field_name)
        if isinstance(value, str) and isinstance(field, DecimalField | QuantityField | DayField):
            with contextlib.suppress(forms.ValidationError):
                return field.to_python(value)
        return value

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())


class Form(Scoped, forms.Form):
    """A form of plain fields."""


class _OurFields(ModelFormMetaclass):
    """Makes every model field with `field_for`: Django asks the Meta of each class, and a Meta is not inherited."""

    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> type:
        meta = attributes.get("Meta")
        if meta is not None and not hasattr(meta, "formfield_callback"):
            meta.formfield_callback = staticmethod(field_for)
        return super().__new__(cls, name, bases, attributes)


class ModelForm(Scoped, forms.ModelForm, metaclass=_OurFields):
    """A form whose fields come from a model. It never saves: its cleaned values go to an action."""

    def save(self, commit: bool = True) -> Any:
        raise TypeError("a form does not write: its page calls an action")

    def validate_unique(self) -> None:
        """Left to the action, which checks under its lock and names the row that is there already."""


def reads_user(form_class: type) -> bool:
    return issubclass(form_class, Scoped)
