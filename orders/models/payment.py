from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record
from kam.search import SearchField, search_index
from orders.models.allocation import Allocation
from orders.models.invoice import in_roubles, sum_within
from orders.models.refund import Refund


class PaymentQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def on_account(self):
        return self.filter(unallocated__gt=0)

    def on_account_on(self, day):
        """Payments of which something stood on account at the end of a day, with that as `unallocated_on_day`.

        Only what stands on account now or left it after the day can have stood there then.
        """
        later = models.Q(allocated_on__gt=day) | models.Q(undone_on__gt=day)
        spent_later = Allocation.objects.filter(later).values("payment")
        returned_later = Refund.objects.filter(models.Q(refunded_on__gt=day) | models.Q(undone_on__gt=day))
        maybe = models.Q(unallocated__gt=0) | models.Q(pk__in=spent_later)
        maybe |= models.Q(pk__in=returned_later.values("payment"))
        spent = sum_within(Allocation.objects.standing_on(day), "payment")
        returned = sum_within(Refund.objects.standing_on(day), "payment")
        rows = self.filter(maybe, received_on__lte=day)
        return rows.annotate(unallocated_on_day=models.F("amount") - spent - returned).filter(unallocated_on_day__gt=0)

    def with_roubles(self):
        """Each row with its rouble sums, for totals of a list."""
        return self.annotate(amount_in_roubles=in_roubles("amount"), unallocated_in_roubles=in_roubles("unallocated"))


class Payment(Record):
    """Money a client paid, or an offset in its place; what no invoice took stands on account."""

    class Kind(models.TextChoices):
        MONEY = "money", pgettext_lazy("kind of a payment", "Money")
        OFFSET = "offset", pgettext_lazy("kind of a payment", "Offset")

    number = models.CharField(_("number"), max_length=40)
    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="payments", verbose_name=_("client"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.MONEY)
    received_on = models.DateField(_("received on"))
    # Set where a bank line was moved here from another client: the books had the money elsewhere until then, but
    # whether this client paid in time is told by the day of the bank.
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    amount = MoneyField(verbose_name=_("amount"))
    unallocated = MoneyField(verbose_name=_("on account"))
    purpose = models.CharField(_("purpose"), max_length=400, blank=True)
    entered_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    bank_line = models.ForeignKey(
        "orders.BankStatementLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        verbose_name=_("statement line"),
    )
    external_id = models.CharField(_("external id"), max_length=120, null=True, blank=True, unique=True)
    search = SearchField(of=("number", "purpose"))

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-received_on", "-pk")
        indexes = [
            search_index("payment_search"),
            # Holds what came in between two days by client, so that sums of weeks read no rows.
            models.Index(
                fields=("-received_on", "-id"), include=("client", "currency", "kind", "amount"), name="payment_by_day"
            ),
            models.Index(
                fields=("-received_on", "-id"), name="payment_on_account_by_day", condition=models.Q(unallocated__gt=0)
            ),
            models.Index(fields=("client", "-received_on", "-id"), name="payment_of_client"),
            models.Index(
                fields=("client",),
                include=("unallocated",),
                name="payment_on_account",
                condition=models.Q(unallocated__gt=0),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="payment_allocated_within_amount",
                condition=models.Q(amount__gt=0, unallocated__gte=0, unallocated__lte=models.F("amount")),
            ),
            models.CheckConstraint(
                name="payment_paid_before_booked",
                condition=models.Q(paid_on=None) | models.Q(paid_on__lte=models.F("received_on")),
            ),
        ]

    def __str__(self):
        return self.number
