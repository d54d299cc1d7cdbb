from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import Record
from kam.search import SearchField, SortKeyField, search_index


class ContactQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager", "outlet__manager")


class Contact(Record):
    """A person at a client, with the part they play."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        DIRECTOR = "director", _("Director")
        BUYER = "buyer", _("Buyer")
        CATEGORY = "category", _("Category manager")
        ACCOUNTANT = "accountant", _("Accountant")
        LOGISTICS = "logistics", _("Logistics")
        SELLER = "seller", _("Seller")
        OTHER = "other", _("Other")

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="contacts", verbose_name=_("client"))
    outlet = models.ForeignKey(
        "accounts.Outlet", models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("outlet")
    )
    name = models.CharField(_("full name"), max_length=200)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.OTHER)
    position = models.CharField(_("position"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("works there"), default=True)
    comment = models.TextField(_("comment"), blank=True)
    search = SearchField(of=("name", "email", "phone"))
    sort_key = SortKeyField()

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("sort_key", "pk")
        indexes = [search_index("contact_search"), models.Index(fields=("sort_key", "id"), name="contact_by_name")]

    def __str__(self):
        return self.name
