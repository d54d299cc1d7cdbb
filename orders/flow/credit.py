"""The steps of a credit review, and how far each person decides."""

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditPolicy
from kam.access import authority
from kam.flows import Flow, Step
from kam.formats import money
from kam.models import MoneyField
from kam.refusals import Forbidden, Refusal
from orders.models import CreditReview


def _above(review: CreditReview, user) -> Refusal | None:
    """Why the limit that is asked for is beyond what this person decides on; None if it is not."""
    most = CreditPolicy.objects.valid_on(review.as_of).head_limit
    if review.asked_limit <= most:
        return None
    try:
        authority(user, "accounts.set_any_limit", review.client.manager_id)
    except Forbidden:
        text = gettext("You decide on limits up to %(limit)s: this one is decided by the finance director.")
        return Refusal("beyond_authority", text % {"limit": money(most)})
    return None


def _decided_by(rows, user):
    """The reviews whose limit this person may decide on."""
    if user.is_superuser or user.standings.allows("accounts.set_any_limit"):
        return rows
    policies = CreditPolicy.objects.filter(starts_on__lte=OuterRef("as_of")).order_by("-starts_on")
    most = Coalesce(Subquery(policies.values("head_limit")[:1]), CreditPolicy().head_limit, output_field=MoneyField())
    return rows.annotate(head_limit=most).filter(asked_limit__lte=F("head_limit"))


CREDIT_REVIEW_FLOW = Flow(
    model=CreditReview,
    asked_by="proposed_by_id",
    manager="client.manager_id",
    colours={"draft": "grey", "proposed": "amber", "decided": "green", "refused": "red", "replaced": "grey"},
    steps=(
        Step("measure", _("Measure again"), ("draft",), "draft", "orders.change_creditreview",
             done=_("Measured again")),
        # What is proposed is measured once more, so that whoever decides sees the day's facts; then they stay.
        Step("propose", _("Propose"), ("draft",), "proposed", "orders.propose_creditreview",
             done=pgettext_lazy("of a review", "Proposed"), primary=True),
        Step("decide", _("Decide"), ("proposed",), "decided", "orders.decide_creditreview",
             done=pgettext_lazy("of a review", "Decided"), four_eyes=True, awaited=True, primary=True, limit=_above,
             within=_decided_by),
        Step("return", _("Return"), ("proposed",), "draft", "orders.decide_creditreview",
             done=pgettext_lazy("of a review", "Returned"), needs_reason=True, awaited=True, within=_decided_by),
        Step("refuse", _("Refuse credit"), ("proposed",), "refused", "orders.decide_creditreview",
             done=_("Credit refused"), four_eyes=True, needs_reason=True, awaited=True, danger=True,
             within=_decided_by),
        Step("withdraw", _("Take the proposal back"), ("proposed",), "draft", "orders.propose_creditreview",
             done=_("Taken back to draft")),
        Step("replace", _("Replaced by a later decision"), ("decided",), "replaced", "orders.decide_creditreview",
             done=_("Replaced by a later decision"), listed=False),
    ),
)  # fmt: skip
