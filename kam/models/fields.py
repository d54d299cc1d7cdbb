"""Columns that every floor uses, and conditions on periods: none overlaps, one holds on a day."""

from django.db import models
from django.db.models import F, Func, Q, Value

from kam import clock


class MoneyField(models.DecimalField):
    """An amount of money: numeric(16, 2); its currency stands in the same row."""

    def __init__(self, **kwargs):
        kwargs.update(max_digits=16, decimal_places=2)
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class MomentField(models.DateTimeField):
    """When a row was written: the first time, or `always` the last time. Asks our clock, so history can be told."""

    def __init__(self, *args, always=False, **kwargs):
        self.always = always
        kwargs.update(default=clock.now, editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["default"], kwargs["editable"]
        return name, path, args, {**kwargs, "always": self.always}

    def pre_save(self, instance, add):
        if self.always:
            setattr(instance, self.attname, clock.now())
        return getattr(instance, self.attname)


class QuantityField(models.IntegerField):
    """Units of a product, whole ones."""


def same(column: str):
    """An exclusion expression "the same value": equality by ranges, since btree_gist may be missing.

    `column` is the field's name: validation does not know the name of a foreign key's column and would take
    everybody for the same.
    """
    return (Func(F(column), F(column), Value("[]"), function="int8range"), "&&")


def overlapping(starts: str = "starts_on", ends: str = "ends_on"):
    """An exclusion expression "the periods overlap"; both ends included, an empty end is open."""
    return (Func(F(starts), F(ends), Value("[]"), function="daterange"), "&&")


def holding_on(day, starts: str = "starts_on", ends: str = "ends_on") -> Q:
    """The condition "the period holds on the day"; both ends included, an empty end is open."""
    return (Q(**{ends: None}) | Q(**{f"{ends}__gte": day})) & Q(**{f"{starts}__lte": day})
