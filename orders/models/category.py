from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import Record
from kam.search import SearchField, SortKeyField, search_index


class Category(Record):
    """A branch of the catalogue."""

    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    external_id = models.CharField(_("external id"), max_length=120, null=True, blank=True, unique=True)
    search = SearchField(of=("name",))
    sort_key = SortKeyField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("sort_key", "pk")
        indexes = [search_index("category_search")]
        constraints = [
            models.CheckConstraint(name="category_not_own_parent", condition=~models.Q(parent=models.F("id"))),
        ]

    def __str__(self):
        return self.name
