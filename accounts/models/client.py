from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.outlet import Outlet
from kam.access import Reach, ScopedQuerySet, one_of
from kam.models import Record
from kam.search import SearchField, SortKeyField, search_index


class ClientQuerySet(ScopedQuerySet):
    manager_paths = ("manager",)

    def within(self, reach: Reach):
        """Clients of the managers, and clients one of whose outlets has such a manager of its own."""
        theirs = Outlet.objects.filter(manager__in=reach.managers).order_by().values("client")
        return self.filter(models.Q(manager__in=reach.managers) | one_of("pk", theirs))

    def active(self):
        return self.filter(status=Client.Status.ACTIVE)


class Client(Record):
    """A company we sell to or hope to."""

    class Channel(models.TextChoices):
        DISTRIBUTOR = "distributor", _("Distributor")
        RESELLER = "reseller", _("Reseller")
        PARTNER = "partner", _("Authorised partner")
        DEALER = "dealer", _("Dealer")
        RETAIL = "retail", _("Retail chain")

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")

    name = models.CharField(_("name"), max_length=200)
    legal_name = models.CharField(_("legal name"), max_length=300, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    ogrn = models.CharField(_("OGRN or OGRNIP"), max_length=15, blank=True)
    legal_address = models.CharField(_("legal address"), max_length=400, blank=True)
    bank_name = models.CharField(_("bank"), max_length=200, blank=True)
    bik = models.CharField(_("BIK"), max_length=9, blank=True)
    account = models.CharField(_("settlement account"), max_length=20, blank=True)
    correspondent_account = models.CharField(_("correspondent account"), max_length=20, blank=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PROSPECT)
    manager = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, blank=True, related_name="clients", verbose_name=_("KAM")
    )
    group = models.ForeignKey(
        "accounts.ClientGroup", models.PROTECT, null=True, blank=True, related_name="clients", verbose_name=_("group")
    )
    territory = models.ForeignKey(
        "accounts.Territory", models.PROTECT, null=True, blank=True, verbose_name=_("territory")
    )
    segment = models.ForeignKey("accounts.Segment", models.PROTECT, null=True, blank=True, verbose_name=_("segment"))
    city = models.CharField(_("city"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    external_id = models.CharField(_("external id"), max_length=120, null=True, blank=True, unique=True)
    search = SearchField(of=("name", "legal_name", "inn", "city"))
    sort_key = SortKeyField()

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ("sort_key", "pk")
        indexes = [
            search_index("client_search"),
            models.Index(fields=("sort_key", "id"), name="client_by_name"),
            models.Index(fields=("manager", "sort_key", "id"), name="client_of_manager"),
            models.Index(fields=("inn", "kpp"), name="client_by_inn"),
        ]

    def shows_money_to(self, user) -> bool:
        """Whether the user may know what the client owes and may: not who looks after one of its outlets only."""
        return user.is_superuser or user.standings.reach_for("accounts.view_creditterms").covers(self.manager_id)

    def __str__(self):
        return self.name
