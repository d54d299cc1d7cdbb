from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import Record
from kam.search import SearchField, SortKeyField, search_index


class OutletQuerySet(ScopedQuerySet):
    """Outlets of a manager's clients, and those that have the manager for their own."""

    manager_paths = ("client__manager", "manager")


class Outlet(Record):
    """A shop or delivery point of a client; a KAM of its own may look after it."""

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="outlets", verbose_name=_("client"))
    name = models.CharField(_("name"), max_length=200)
    city = models.CharField(_("city"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=400, blank=True)
    territory = models.ForeignKey(
        "accounts.Territory", models.PROTECT, null=True, blank=True, verbose_name=_("territory")
    )
    manager = models.ForeignKey(
        "kam.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outlets",
        verbose_name=_("own KAM"),
        help_text=_("Empty: the client's KAM."),
    )
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    external_id = models.CharField(_("external id"), max_length=120, null=True, blank=True, unique=True)
    search = SearchField(of=("name", "city", "address"))
    sort_key = SortKeyField()

    objects = OutletQuerySet.as_manager()

    class Meta:
        verbose_name = _("outlet")
        verbose_name_plural = _("outlets")
        ordering = ("sort_key", "pk")
        indexes = [
            search_index("outlet_search"),
            models.Index(fields=("sort_key", "id"), name="outlet_by_name"),
            models.Index(fields=("manager",), name="outlet_of_manager"),
        ]
        constraints = [models.UniqueConstraint(name="outlet_name_in_client", fields=("client", "name"))]

    def __str__(self):
        return self.name
