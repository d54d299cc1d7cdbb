from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record
from kam.search import SearchField, search_index
from orders.models.letter_level import LetterLevel


class CollectionLetterQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def proposed(self):
        return self.filter(status=CollectionLetter.Status.PROPOSED)


class CollectionLetter(Record):
    """A reminder or a letter about a client's debts: proposed by the policy, sent when somebody agrees or at once."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        QUEUED = "queued", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")
        SKIPPED = "skipped", _("Skipped")

    number = models.CharField(_("number"), max_length=30, unique=True)
    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="letters", verbose_name=_("client"))
    level = models.ForeignKey("orders.LetterLevel", models.PROTECT, related_name="letters", verbose_name=_("level"))
    step = models.PositiveSmallIntegerField(_("number of the level"))
    episode_on = models.DateField(_("oldest debt due on"))
    repeat = models.PositiveSmallIntegerField(_("repeated"), default=0, editable=False)
    prepared_on = models.DateField(_("prepared on"))
    channel = models.CharField(_("way"), max_length=6, choices=LetterLevel.Channel.choices)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.PROPOSED)
    contact = models.ForeignKey(
        "accounts.Contact", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to whom")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    amount = MoneyField(verbose_name=_("debt, RUB"))
    overdue = MoneyField(verbose_name=_("of it overdue, RUB"))
    penalty = MoneyField(verbose_name=_("penalty, RUB"), default=0)
    with_penalty = models.BooleanField(_("with the penalty"), default=False)
    decided_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"), editable=False
    )
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    tracking = models.CharField(_("postal number"), max_length=60, blank=True)
    error = models.CharField(_("why not sent"), max_length=300, blank=True, editable=False)
    search = SearchField(of=("number", "subject"))

    objects = CollectionLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter about debts")
        verbose_name_plural = _("letters about debts")
        ordering = ("-prepared_on", "-pk")
        indexes = [
            search_index("letter_search"),
            models.Index(fields=("-prepared_on", "-id"), name="letter_by_day"),
            models.Index(fields=("client", "-prepared_on"), name="letter_of_client"),
            models.Index(
                fields=("status",), name="letter_to_do", condition=models.Q(status__in=("proposed", "queued", "failed"))
            ),
        ]
        constraints = [
            # The job may come again, also for a past day: a client gets one letter of a level for one spell of debt.
            # Only a person repeats it, with a reason.
            models.UniqueConstraint(name="letter_repeat_once", fields=("client", "level", "episode_on", "repeat")),
            models.CheckConstraint(
                name="letter_sums",
                condition=models.Q(amount__gt=0, overdue__gte=0, overdue__lte=models.F("amount"), penalty__gte=0),
            ),
        ]

    def __str__(self):
        return self.number


class LetterLine(models.Model):
    """An invoice that a letter names, as it stood on that day, with the computation of its penalty."""

    # Without an index of its own: the unique one begins with the letter.
    letter = models.ForeignKey("orders.CollectionLetter", models.CASCADE, related_name="lines", db_index=False)
    invoice = models.ForeignKey("orders.Invoice", models.PROTECT, related_name="+", verbose_name=_("invoice"))
    due_on = models.DateField(_("due on"))
    days = models.IntegerField(_("days late"))
    open_amount = MoneyField(verbose_name=_("unpaid"))
    penalty = MoneyField(verbose_name=_("penalty"), default=0)
    computation = models.JSONField(_("computation"), default=dict)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a letter")
        verbose_name_plural = _("lines of letters")
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(name="letterline_invoice_once", fields=("letter", "invoice")),
            models.CheckConstraint(name="letterline_open", condition=models.Q(open_amount__gt=0, penalty__gte=0)),
        ]

    def __str__(self):
        return f"{self.letter_id}: {self.invoice_id}"
