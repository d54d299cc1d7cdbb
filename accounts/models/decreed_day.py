from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet


class DecreedDay(models.Model):
    """A day that a decree made a day off or a working day against the usual calendar."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working"))
    comment = models.CharField(_("by which decree"), max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("decreed day")
        verbose_name_plural = _("decreed days")
        ordering = ("-day",)

    def __str__(self):
        return f"{self.day:%d.%m.%Y}"

    @property
    def what(self) -> str:
        """What the decree made of the day, in words."""
        return _("Working day") if self.is_working else _("Day off")
