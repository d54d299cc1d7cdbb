from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record
from kam.search import SearchField, SortKeyField, search_index


class ClientGroup(Record):
    """A holding: clients with one owner, watched together for credit."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    credit_limit = MoneyField(
        verbose_name=_("group credit limit, RUB"),
        null=True,
        blank=True,
        help_text=_("Empty: the clients' own limits are enough."),
    )
    comment = models.TextField(_("comment"), blank=True)
    search = SearchField(of=("name",))
    sort_key = SortKeyField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("group of clients")
        verbose_name_plural = _("groups of clients")
        ordering = ("sort_key", "pk")
        indexes = [search_index("clientgroup_search")]
        constraints = [
            models.CheckConstraint(
                name="clientgroup_limit_not_negative",
                condition=models.Q(credit_limit=None) | models.Q(credit_limit__gte=0),
            ),
        ]

    def __str__(self):
        return self.name
