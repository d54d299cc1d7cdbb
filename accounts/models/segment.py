from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.search import SortKeyField


class Segment(models.Model):
    """How we tell clients apart by their weight: A, B, C, federal, regional."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    sort_key = SortKeyField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ("sort_key", "pk")

    def __str__(self):
        return self.name
