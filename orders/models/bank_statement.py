from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam import formats
from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record
from kam.search import SearchField, search_index


class BankStatement(Record):
    """What a bank says of one account of ours from one day to another, as one file said it."""

    class Source(models.TextChoices):
        EXCHANGE = "1c", "1CClientBankExchange"
        CAMT = "camt.053", "camt.053"
        MT940 = "mt940", "MT940"

    account = models.ForeignKey(
        "orders.BankAccount", models.PROTECT, related_name="statements", verbose_name=_("account")
    )
    source = models.CharField(_("format"), max_length=10, choices=Source.choices)
    number = models.CharField(_("number"), max_length=40, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    opening = MoneyField(verbose_name=_("opening balance"), null=True)
    closing = MoneyField(verbose_name=_("closing balance"), null=True)
    received = MoneyField(verbose_name=_("came in"), default=0)
    spent = MoneyField(verbose_name=_("went out"), default=0)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    differences = models.JSONField(_("differences"), default=list)
    imported_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("imported by")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ("-ends_on", "-pk")
        indexes = [models.Index(fields=("account", "-ends_on", "-id"), name="bankstatement_of_account")]
        constraints = [
            models.CheckConstraint(name="bankstatement_days", condition=models.Q(ends_on__gte=models.F("starts_on"))),
            models.CheckConstraint(name="bankstatement_turnover", condition=models.Q(received__gte=0, spent__gte=0)),
        ]

    def __str__(self):
        return f"{self.account} {formats.day(self.starts_on)}–{formats.day(self.ends_on)}"


class BankStatementLineQuerySet(ScopedQuerySet):
    def waiting(self):
        """Lines that somebody still has to place."""
        return self.filter(status__in=BankStatementLine.OPEN)


class BankStatementLine(Record):
    """One movement of money on an account of ours, what it was taken for and why.

    `key` tells it from all others: the same movement in another statement of the account has the same key.
    """

    class Status(models.TextChoices):
        TO_PLACE = "to_place", pgettext_lazy("of a statement line", "To place")
        PARKED = "parked", _("Parked")
        PROPOSED = "proposed", _("Awaits the second key")
        PLACED = "placed", pgettext_lazy("of a statement line", "Placed")
        APART = "apart", _("Kept apart")

    class Kind(models.TextChoices):
        CLIENT = "client", _("From a client")
        REFUND = "refund", _("Refund to a client")
        FEE = "fee", _("Bank fee")
        OWN = "own", _("Own transfer")
        OUTGOING = "outgoing", _("Outgoing payment")
        OTHER = "other", _("Other income")

    class Confidence(models.TextChoices):
        CERTAIN = "certain", pgettext_lazy("of a match", "Certain")
        LIKELY = "likely", pgettext_lazy("of a match", "Likely")
        GUESS = "guess", pgettext_lazy("of a match", "Guess")
        UNKNOWN = "unknown", pgettext_lazy("of a match", "Unknown")

    OPEN = (Status.TO_PLACE, Status.PARKED, Status.PROPOSED)

    statement = models.ForeignKey(
        "orders.BankStatement",
        models.PROTECT,
        related_name="lines",
        db_index=False,  # bankline_of_statement begins with it
        verbose_name=_("statement"),
    )
    key = models.CharField(_("key"), max_length=64, unique=True, editable=False)
    place = models.PositiveIntegerField(_("line of the file"), default=0)
    is_incoming = models.BooleanField(_("incoming"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence.choices, blank=True)
    booked_on = models.DateField(_("day"))
    amount = MoneyField(verbose_name=_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    document_kind = models.CharField(_("document"), max_length=100, blank=True)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    document_on = models.DateField(_("document day"), null=True)
    other_name = models.CharField(_("other party"), max_length=300, blank=True)
    other_inn = models.CharField(_("INN"), max_length=12, blank=True)
    other_kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    other_account = models.CharField(_("account"), max_length=34, blank=True)
    other_bik = models.CharField(_("BIK"), max_length=11, blank=True)
    other_bank = models.CharField(_("bank"), max_length=200, blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    reference = models.CharField(_("bank's reference"), max_length=80, blank=True)
    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("client")
    )
    invoices = ArrayField(models.BigIntegerField(), verbose_name=_("invoices"), default=list)
    why = models.JSONField(_("why"), default=list)
    proposal = models.JSONField(_("proposal"), null=True)
    proposed_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("proposed by")
    )
    decided_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("confirmed by")
    )
    search = SearchField(of=("other_name", "other_inn", "document_number"))

    objects = BankStatementLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        ordering = ("-booked_on", "-pk")
        indexes = [
            search_index("bankline_search"),
            models.Index(fields=("statement", "id"), name="bankline_of_statement"),
            models.Index(fields=("-booked_on", "-id"), name="bankline_by_day"),
            models.Index(
                fields=("status", "-booked_on", "-id"),
                name="bankline_waiting",
                condition=models.Q(status__in=("to_place", "parked", "proposed")),
            ),
            # Who paid from this account before: a payer without an INN is known again by it.
            models.Index(
                fields=("other_account", "client"),
                name="bankline_payer",
                condition=models.Q(status="placed", kind="client") & ~models.Q(other_account=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="bankline_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="bankline_proposal",
                condition=~models.Q(status="proposed") | models.Q(proposal__isnull=False, proposed_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.document_number or self.pk} {self.booked_on:%d.%m.%Y}"
