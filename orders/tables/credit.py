"""Tables of credit reviews and exchange rates."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kam.clock import today
from kam.formats import NBSP
from kam.pages import Column, Table

REVIEW_TONES = {"proposed": "wait", "decided": "done", "refused": "wrong"}


def graded(review) -> str:
    """The score with its grade."""
    return f"{review.score}{NBSP}·{NBSP}{review.grade}"


def recheck_hint(review) -> str:
    """That the re-check has come."""
    due = review.status == review.Status.DECIDED and review.recheck_on and review.recheck_on <= today()
    return _("re-check is due") if due else ""


class CreditReviewOfClientTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    as_of = Column(_("As of"), kind="date", sort=True)
    status = Column(_("State"), kind="chip", tones=REVIEW_TONES)
    score = Column(_("Score"), accessor=graded, sort="score")
    recommended_limit = Column(_("Recommended"), kind="money", visible=False)
    asked_limit = Column(_("Proposed"), kind="money", sort=True)
    decided_limit = Column(_("Decided"), kind="money", sort=True)
    valid_until = Column(_("Valid until"), kind="date", sort=True)
    recheck_on = Column(_("Re-check on"), kind="date", sort=True, hint=recheck_hint)

    class Meta:
        sort = "-as_of"


class CreditReviewTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    status = Column(_("State"), kind="chip", tones=REVIEW_TONES)
    as_of = Column(_("As of"), kind="date", sort=True)
    score = Column(_("Score"), accessor=graded, sort="score")
    recommended_limit = Column(_("Recommended"), kind="money", sort=True)
    asked_limit = Column(_("Proposed"), kind="money", sort=True)
    decided_limit = Column(_("Decided"), kind="money", sort=True)
    valid_until = Column(_("Valid until"), kind="date", sort=True, visible=False)
    recheck_on = Column(_("Re-check on"), kind="date", sort=True, hint=recheck_hint)
    manager = Column(_("KAM"), kind="person", accessor="client.manager", visible=False)

    class Meta:
        related = ("client__manager",)
        sort = "-as_of"


def roubles_for_one(rate) -> Decimal:
    """A rate with the four places the Bank of Russia gives it; with more only where it has more."""
    told = rate.rate.quantize(Decimal("0.0001"))
    return told if told == rate.rate else rate.rate


class ExchangeRateTable(Table):
    day = Column(_("From"), kind="date", sort=True)
    currency = Column(_("Currency"), kind="link", sort=True)
    rate = Column(_("Roubles for one"), kind="exact", accessor=roubles_for_one)

    class Meta:
        sort = "-day"


class DisciplineTable(Table):
    day = Column(_("As of"), kind="date", sort=True)
    client = Column(_("Client"), kind="link", accessor="client.name", sort="client__sort_key")
    average_days_late = Column(_("Days beyond terms"), kind="exact", sort=True)
    late_percent = Column(_("Paid late"), kind="percent", sort=True)
    late = Column(_("Late money"), kind="money", sort=True)
    judged = Column(_("Of all that was to be paid"), kind="money", sort=True)
    promises_broken = Column(_("Broken promises"), kind="quantity", sort=True)
    manager = Column(_("KAM"), kind="person", accessor="client.manager", visible=False)

    class Meta:
        related = ("client__manager",)
        sort = "-day"
