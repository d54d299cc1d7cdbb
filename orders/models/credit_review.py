from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record


class CreditReviewQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def recheck_due(self, day):
        """Decisions in force whose re-check has come, or that have run out."""
        return self.filter(status=CreditReview.Status.DECIDED, recheck_on__lte=day)


class CreditReview(Record):
    """A check of a client's creditworthiness: what was known, the score, what it recommends, what was decided.

    `inputs`, `criteria` and `advice` are kept as they were on `as_of`, so that the review reads the same later.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Waits for a decision")
        DECIDED = "decided", _("In force")
        REFUSED = "refused", _("Refused")
        REPLACED = "replaced", _("Replaced")

    number = models.CharField(_("number"), max_length=30, unique=True)
    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, related_name="credit_reviews", verbose_name=_("client")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    as_of = models.DateField(_("as of"))
    scorecard = models.PositiveSmallIntegerField(_("version of the scorecard"))
    inputs = models.JSONField(_("what was known"), default=dict)
    criteria = models.JSONField(_("points"), default=list)
    advice = models.JSONField(_("why so"), default=list)
    score = models.PositiveSmallIntegerField(_("score, of 100"))
    grade = models.CharField(_("grade"), max_length=1)
    recommended_limit = MoneyField(verbose_name=_("recommended limit, RUB"))
    recommended_days = models.PositiveSmallIntegerField(_("recommended days"))
    expected_sales = MoneyField(
        verbose_name=_("expected sales a month, RUB"),
        null=True,
        blank=True,
        help_text=_("For a client that has bought for less than three months."),
    )
    asked_limit = MoneyField(verbose_name=_("proposed limit, RUB"))
    asked_days = models.PositiveSmallIntegerField(_("proposed days"))
    price_column = models.ForeignKey(
        "accounts.PriceColumn", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price column")
    )
    comment = models.TextField(_("why such terms"), blank=True)
    author = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("entered by"))
    proposed_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by")
    )
    decided_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_on = models.DateField(_("decided on"), null=True)
    decided_limit = MoneyField(verbose_name=_("limit, RUB"), null=True)
    decided_days = models.PositiveSmallIntegerField(_("days"), null=True)
    valid_until = models.DateField(_("valid until"), null=True)
    recheck_on = models.DateField(_("re-check on"), null=True)
    # The day the people were told that the re-check has come: a job that runs twice tells once.
    told_on = models.DateField(null=True)
    terms = models.ForeignKey(
        "accounts.CreditTerms", models.PROTECT, null=True, related_name="+", verbose_name=_("credit terms")
    )

    objects = CreditReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit review")
        verbose_name_plural = _("credit reviews")
        ordering = ("-as_of", "-pk")
        indexes = [
            models.Index(fields=("-as_of", "-id"), name="creditreview_by_day"),
            models.Index(fields=("recheck_on",), name="creditreview_recheck", condition=models.Q(status="decided")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="creditreview_one_in_force", fields=("client",), condition=models.Q(status="decided")
            ),
            models.UniqueConstraint(
                name="creditreview_one_open", fields=("client",), condition=models.Q(status__in=("draft", "proposed"))
            ),
            models.CheckConstraint(
                name="creditreview_sensible",
                condition=models.Q(score__lte=100, asked_limit__gte=0, recommended_limit__gte=0)
                & (models.Q(decided_limit=None) | models.Q(decided_limit__gte=0)),
            ),
            models.CheckConstraint(
                name="creditreview_decided_whole",
                condition=~models.Q(status__in=("decided", "replaced"))
                | models.Q(
                    decided_by__isnull=False,
                    decided_on__isnull=False,
                    decided_limit__isnull=False,
                    decided_days__isnull=False,
                    valid_until__gte=models.F("decided_on"),
                    recheck_on__lte=models.F("valid_until"),
                ),
            ),
        ]

    def __str__(self):
        return self.number
