from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import Record
from kam.search import SearchField, SortKeyField, search_index


class Brand(Record):
    """A brand we distribute."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    is_exclusive = models.BooleanField(_("exclusive"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    external_id = models.CharField(_("external id"), max_length=120, null=True, blank=True, unique=True)
    search = SearchField(of=("name",))
    sort_key = SortKeyField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ("sort_key", "pk")
        indexes = [search_index("brand_search")]

    def __str__(self):
        return self.name
