"""Figures of each day that documents alone do not tell again later, or not quickly."""

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField
from orders.models import CountedUnder


class FigureQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)
    view_permission = "orders.view_invoice"


class KeyFigure(models.Model):
    """How a client stood with its credit at the close of a day, in roubles: as it was known that night.

    `limit` is unknown (None) where the client has no terms; `insured` is what insurers and guarantors cover of it.
    """

    day = models.DateField(_("day"))
    client = models.ForeignKey("accounts.Client", models.CASCADE, related_name="+", verbose_name=_("client"))
    exposure = MoneyField(verbose_name=_("exposure"))
    limit = MoneyField(verbose_name=_("credit limit"), null=True)
    covered = MoneyField(verbose_name=_("covered"))
    held_orders = models.PositiveIntegerField(_("held orders"))
    held_total = MoneyField(verbose_name=_("sum of held orders"))
    promised = MoneyField(verbose_name=_("promised to pay"))
    promises = models.PositiveIntegerField(_("promises to pay"))

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("key figures of a client on a day")
        verbose_name_plural = _("key figures of clients by day")
        ordering = ("-day", "client")
        constraints = [models.UniqueConstraint(name="keyfigure_once", fields=("day", "client"))]

    def __str__(self):
        return f"{self.client}, {self.day:%d.%m.%Y}"

    @property
    def used(self):
        """How much of the limit the exposure takes, in percents; None without a limit."""
        return self.exposure * 100 / self.limit if self.limit else None


class ExpectedCash(models.Model):
    """What a client's open invoices are expected to bring in a week, as foreseen at the close of a day.

    `due` is what falls due in the week; `expected` what comes in it when the client pays as late as it was measured to.
    Weeks begin on Monday (`week_on`); what is past counts as expected in the first week after the day.
    """

    day = models.DateField(_("foreseen on"))
    client = models.ForeignKey("accounts.Client", models.CASCADE, related_name="+", verbose_name=_("client"))
    currency = models.CharField(_("currency"), max_length=3)
    week_on = models.DateField(_("week from"))
    due = MoneyField(verbose_name=_("due"))
    expected = MoneyField(verbose_name=_("expected"))

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("expected cash of a week")
        verbose_name_plural = _("expected cash by week")
        ordering = ("-day", "week_on", "client")
        constraints = [
            # In this order and with the amounts in it what each client should have brought is added up from it alone.
            models.UniqueConstraint(
                name="expectedcash_once", fields=("day", "currency", "client", "week_on"), include=("due", "expected")
            )
        ]

    def __str__(self):
        return f"{self.client_id}, {self.week_on:%d.%m.%Y}"


class ExpectedTotal(models.Model):
    """The sum of a forecast's rows of a week by KAM: what all or a team's clients are to bring needs no row of each.

    A client's rows of every forecast are counted under the KAM that `ExpectedPlace` names, nobody without it.
    """

    day = models.DateField(_("foreseen on"))
    currency = models.CharField(_("currency"), max_length=3)
    week_on = models.DateField(_("week from"))
    manager = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("KAM"), db_index=False
    )
    due = MoneyField(verbose_name=_("due"))
    expected = MoneyField(verbose_name=_("expected"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("expected cash of a KAM's clients in a week")
        verbose_name_plural = _("expected cash of KAMs' clients by week")
        ordering = ("-day", "week_on")
        constraints = [
            models.UniqueConstraint(
                "day", "currency", "week_on", Coalesce("manager", 0), name="expectedtotal_of_manager_once"
            )
        ]

    def __str__(self):
        return f"{self.manager_id}, {self.week_on:%d.%m.%Y}"


class ExpectedPlace(CountedUnder):
    """Whom the totals of forecasts count a client under."""

    class Meta(CountedUnder.Meta):
        verbose_name = _("KAM of a client in totals of forecasts")
        verbose_name_plural = _("KAMs of clients in totals of forecasts")


class BrandFigure(models.Model):
    """What a client owed for goods of a brand at the close of a day; debts without lines have no brand.

    What is open of an invoice is split by what its lines cost and rounded once for the client: the brand
    that loses most by it takes what rounding leaves, so that brands add up to the client's debt.
    """

    day = models.DateField(_("day"))
    client = models.ForeignKey("accounts.Client", models.CASCADE, related_name="+", verbose_name=_("client"))
    brand = models.ForeignKey("orders.Brand", models.CASCADE, null=True, related_name="+", verbose_name=_("brand"))
    currency = models.CharField(_("currency"), max_length=3)
    total = MoneyField(verbose_name=_("unpaid"))
    overdue = MoneyField(verbose_name=_("overdue"))

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("debts of a client for a brand")
        verbose_name_plural = _("debts of clients by brand")
        ordering = ("-day", "client", "brand")
        constraints = [
            models.UniqueConstraint("day", "currency", "client", Coalesce("brand", 0), name="brandfigure_once"),
        ]

    def __str__(self):
        return f"{self.client_id}, {self.day:%d.%m.%Y}"
