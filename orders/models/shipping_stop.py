from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.access import ScopedQuerySet
from kam.models import MoneyField, QuantityField, Record


class StopPolicyQuerySet(ScopedQuerySet):
    def in_force(self):
        """The rules that stop shipping today."""
        return self.filter(is_active=True)


class StopPolicy(Record):
    """From which lateness on the program stops shipping by itself: so much overdue by more than so many days."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    channel = models.CharField(
        _("channel"), max_length=12, choices=Client.Channel.choices, blank=True, help_text=_("Empty: of every channel.")
    )
    days = models.PositiveSmallIntegerField(_("more days late than"))
    amount = MoneyField(verbose_name=_("sum from, RUB"))
    is_active = models.BooleanField(_("in force"), default=True)

    objects = StopPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for stops")
        verbose_name_plural = _("rules for stops")
        ordering = ("days", "pk")
        constraints = [models.CheckConstraint(name="stoppolicy_amount", condition=models.Q(amount__gt=0))]

    def __str__(self):
        return self.name


class ShippingStopQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def live(self):
        return self.filter(lifted_on=None)


class ShippingStop(models.Model):
    """A hold that the program placed by a rule for stops, with the figures it stood on; the program lifts it again."""

    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, related_name="shipping_stops", verbose_name=_("client")
    )
    hold = models.OneToOneField(
        "accounts.CreditHold", models.PROTECT, related_name="shipping_stop", verbose_name=_("hold")
    )
    policy = models.ForeignKey("orders.StopPolicy", models.PROTECT, related_name="+", verbose_name=_("by which rule"))
    placed_on = models.DateField(_("placed on"))
    overdue = MoneyField(verbose_name=_("overdue, RUB"))
    days = QuantityField(verbose_name=_("the oldest by days"))
    # What the rule said on that day: the rule may change later.
    days_allowed = QuantityField(verbose_name=_("days allowed"))
    amount_from = MoneyField(verbose_name=_("sum from, RUB"))
    lifted_on = models.DateField(_("lifted on"), null=True)

    objects = ShippingStopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop by lateness")
        verbose_name_plural = _("stops by lateness")
        ordering = ("-placed_on", "-pk")
        constraints = [
            models.UniqueConstraint(
                name="shippingstop_one_live", fields=("client",), condition=models.Q(lifted_on=None)
            ),
            models.CheckConstraint(
                name="shippingstop_lifted_later",
                condition=models.Q(lifted_on=None) | models.Q(lifted_on__gte=models.F("placed_on")),
            ),
        ]

    def __str__(self):
        return str(self.hold)
