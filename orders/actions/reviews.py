"""Writers of credit reviews: measured and scored, proposed, decided by authority; a decision sets the terms."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import set_terms
from accounts.models import Client, CreditPolicy
from accounts.queries import terms_on
from kam import trail
from kam.access import authority
from kam.flows import mover, take_step
from kam.notifications import Message, notify, notify_each
from kam.numbering import document_number
from kam.reasons import as_stored
from kam.records import check_version, written
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.flow import CREDIT_REVIEW_FLOW
from orders.models import CreditReview
from orders.queries.reviewing import score_inputs
from orders.rules.scorecard import LATEST, months_later, score_of

ASKED = ("asked_limit", "asked_days", "expected_sales", "price_column", "price_column_id", "comment")
MEASURED = (
    "as_of", "scorecard", "inputs", "criteria", "advice", "score", "grade", "recommended_limit", "recommended_days",
)  # fmt: skip
# Filled in by the steps to come: empty until then.
LATER = (
    "proposed_by", "decided_by", "decided_on", "decided_limit", "decided_days", "valid_until", "recheck_on", "told_on",
    "terms",
)  # fmt: skip
MOST_DAYS = 365
DECIDED = gettext_noop("Credit of %(client)s is decided: %(number)s")
REFUSED = gettext_noop("Credit of %(client)s is refused: %(reason)s")
RETURNED = gettext_noop("The credit review of %(client)s came back: %(reason)s")
RECHECK = gettext_noop("The credit of %(client)s is to be checked again: its decision holds until %(day)s")


@writes
def create_review(
    *,
    by,
    day: date,
    asked_limit: Decimal,
    asked_days: int,
    client: Client | None = None,
    client_id: int | None = None,
    **fields,
) -> CreditReview:
    """Draft a review of a client's credit, measured and scored as of `day`; amounts are roubles.

    Raises Client.DoesNotExist for one unseen, Forbidden, Refused where another review of the client is open.
    """
    client = _locked_client(by, client.pk if client is not None else client_id)
    who = authority(by, "orders.add_creditreview", client.manager_id)
    _check_asked(asked_limit, asked_days)
    open_one = client.credit_reviews.filter(status__in=("draft", "proposed")).first()
    if open_one is not None:
        text = _("%(review)s of this client is open: finish it first.")
        raise Refused(Refusal("review_open", text % {"review": open_one}, field="client"))
    review = CreditReview(client=client, author=by, asked_limit=asked_limit, asked_days=asked_days)
    _set(review, fields)
    terms = terms_on([client.pk], day).get(client.pk)
    if review.price_column_id is None and terms is not None:
        review.price_column_id = terms.price_column_id
    _measure(review, day)
    review.number = document_number("КР", day.year)
    written(review, exclude=LATER)
    trail.record(review, "create", by=who)
    return review


@writes
def change_review(pk: int, *, by, day: date, version: int | None = None, **fields) -> CreditReview:
    """Change what a draft asks for; it is measured again. Raises Forbidden, EditConflict, Refused."""
    review = _locked(pk)
    who = CREDIT_REVIEW_FLOW.authority_on(review, by, "orders.change_creditreview")
    check_version(review, version)
    if review.status != CreditReview.Status.DRAFT:
        text = _("%(review)s is proposed or decided: what it asks for stays.")
        raise Refused(Refusal("wrong_state", text % {"review": review}))
    _check_asked(fields.get("asked_limit", review.asked_limit), fields.get("asked_days", review.asked_days))
    before = {name: getattr(review, name) for name in ("asked_limit", "asked_days", "comment")}
    _set(review, fields)
    _measure(review, day)
    review.version += 1
    written(review, exclude=LATER)
    after = {name: getattr(review, name) for name in before}
    changes = {name: [str(before[name]), str(after[name])] for name in before if before[name] != after[name]}
    trail.record(review, "change", by=who, changes=changes)
    return review


@writes
def measure_review(pk: int, *, by, day: date, reason: str = "") -> CreditReview:
    """Score a draft anew by what is known on `day`. Raises Forbidden, Refused."""
    review = _locked(pk)
    step, who = CREDIT_REVIEW_FLOW.check(review, "measure", by=by, reason=reason)
    before = review.score
    _measure(review, day)
    changes = {"score": [before, review.score]} if before != review.score else None
    CREDIT_REVIEW_FLOW.finish(review, step, who, reason=reason, changes=changes, also=MEASURED)
    return review


@writes
def propose_review(pk: int, *, by, day: date, reason: str = "") -> CreditReview:
    """Propose what a draft asks for; it is measured once more and then stays as it is.

    Raises Forbidden, and Refused without a price column, or without a word on asking for more than is recommended.
    """
    review = _locked(pk)
    step, who = CREDIT_REVIEW_FLOW.check(review, "propose", by=by, reason=reason)
    _measure(review, day)
    found = []
    if review.price_column_id is None:
        text = _("The client has no terms yet: choose the price column it will buy at.")
        found.append(Refusal("price_column_missing", text, field="price_column"))
    above = review.asked_limit > review.recommended_limit or review.asked_days > review.recommended_days
    if above and not review.comment.strip():
        text = _("More is asked for than is recommended: say why.")
        found.append(Refusal("comment_missing", text, field="comment"))
    if found:
        raise Refused(*found)
    review.proposed_by = by
    CREDIT_REVIEW_FLOW.finish(review, step, who, reason=reason, also=("proposed_by", *MEASURED))
    return review


@writes
def decide_review(
    pk: int,
    *,
    by,
    day: date,
    reason: str = "",
    credit_limit: Decimal | None = None,
    days: int | None = None,
    valid_until: date | None = None,
    recheck_on: date | None = None,
) -> CreditReview:
    """Decide on a client's credit: as proposed, or as given. Its terms begin on `day` and end with the decision.

    How long it holds and when it is checked again follow the policy unless given. The former decision is replaced.
    Raises Forbidden, and Refused by whoever proposed it, beyond one's authority, against a hard stop, or for days that
    make no sense; then nothing has changed.
    """
    review = _locked(pk)
    step, who = CREDIT_REVIEW_FLOW.check(review, "decide", by=by, reason=reason)
    policy = CreditPolicy.objects.valid_on(day)
    limit = review.asked_limit if credit_limit is None else credit_limit
    days = review.asked_days if days is None else days
    until = valid_until or months_later(day, policy.validity_months)
    recheck = recheck_on or max(until - timedelta(days=policy.recheck_days), day)
    _check_decision(review, limit, days, until, recheck, day, reason)
    review.terms = _set_terms(review, by, day, limit, days, until, reason)
    review.decided_by, review.decided_on = by, day
    review.decided_limit, review.decided_days = limit, days
    review.valid_until, review.recheck_on = until, recheck
    _replace_former(review, who)
    CREDIT_REVIEW_FLOW.finish(
        review, step, who, reason=reason,
        changes={"decided_limit": [None, str(limit)], "decided_days": [None, days], "valid_until": [None, str(until)]},
        also=("terms", "decided_by", "decided_on", "decided_limit", "decided_days", "valid_until", "recheck_on"),
    )  # fmt: skip
    _tell_proposer(review, DECIDED, by)
    return review


def return_review(pk: int, *, by, reason: str) -> CreditReview:
    """Send a proposed review back, saying why. Raises Forbidden, Refused without a reason."""
    review = take_step(CREDIT_REVIEW_FLOW, pk, "return", by=by, reason=reason)
    _tell_proposer(review, RETURNED, by, reason)
    return review


def refuse_review(pk: int, *, by, reason: str) -> CreditReview:
    """Refuse the credit that is asked for; the terms in force stay. Raises Forbidden, Refused without a reason."""
    review = take_step(CREDIT_REVIEW_FLOW, pk, "refuse", by=by, reason=reason)
    _tell_proposer(review, REFUSED, by, reason)
    return review


def withdraw_review(pk: int, *, by, reason: str = "") -> CreditReview:
    """Take a proposed review back to draft. Raises Forbidden, Refused."""
    return take_step(CREDIT_REVIEW_FLOW, pk, "withdraw", by=by, reason=reason)


@writes
def remind_rechecks(*, day: date) -> int:
    """Tell those concerned, once, whose credit is to be checked again; returns how many reviews they were told of."""
    rows = CreditReview.objects.recheck_due(day).filter(told_on=None).select_for_update(of=("self",), no_key=True)
    reviews = list(rows.select_related("client").order_by("pk"))
    values = [{"client": each.client.name, "day": each.valid_until} for each in reviews]
    notify_each(
        Message(user_id, "recheck", RECHECK, said, review)
        for review, said in zip(reviews, values, strict=True)
        for user_id in sorted({review.client.manager_id, review.decided_by_id} - {None})
    )
    CreditReview.objects.filter(pk__in=[review.pk for review in reviews]).update(told_on=day)
    return len(reviews)


move_review = mover(
    {
        "measure": measure_review,
        "propose": propose_review,
        "decide": decide_review,
        "return": return_review,
        "refuse": refuse_review,
        "withdraw": withdraw_review,
    }
)


def _locked_client(by, client_id: int) -> Client:
    return Client.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=client_id)


def _locked(pk: int) -> CreditReview:
    """The review under the lock of its client, in the order of all locks."""
    client_id = CreditReview.objects.values_list("client_id", flat=True).get(pk=pk)
    client = Client.objects.select_for_update(no_key=True).get(pk=client_id)
    review = CreditReview.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    review.client = client
    return review


def _set(review: CreditReview, fields: dict) -> None:
    unknown = set(fields) - set(ASKED)
    if unknown:
        raise TypeError(f"not written by this action: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(review, name, value)


def _measure(review: CreditReview, day: date) -> None:
    inputs = score_inputs(review.client, day, review.asked_days, review.expected_sales)
    score = score_of(inputs)
    review.as_of, review.scorecard = day, LATEST
    review.inputs, review.criteria = as_stored(inputs), as_stored(score.criteria)
    review.advice = as_stored(score.reasons)
    review.score, review.grade = score.points, score.grade
    review.recommended_limit, review.recommended_days = score.limit, score.days


def _check_asked(limit: Decimal, days: int) -> None:
    found = []
    if limit < 0:
        found.append(Refusal("limit_negative", _("A limit is not negative."), field="asked_limit"))
    if not 0 <= days <= MOST_DAYS:
        found.append(Refusal("days_out_of_range", _("Days of credit are 0 to 365."), field="asked_days"))
    if found:
        raise Refused(*found)


def _check_decision(
    review: CreditReview, limit: Decimal, days: int, until: date, recheck: date, day: date, reason: str
) -> None:
    found = []
    if limit < 0:
        found.append(Refusal("limit_negative", _("A limit is not negative."), field="credit_limit"))
    if not 0 <= days <= MOST_DAYS:
        found.append(Refusal("days_out_of_range", _("Days of credit are 0 to 365."), field="days"))
    if until < day:
        found.append(Refusal("ends_before", _("A decision holds for a day at least."), field="valid_until"))
    if not day <= recheck <= until:
        text = _("The re-check lies between today and the end of the decision.")
        found.append(Refusal("recheck_outside", text, field="recheck_on"))
    stops = {each["code"] for each in review.advice} & {"stop_bankruptcy", "stop_liquidation"}
    if limit and stops:
        text = _("The client is bankrupt or being liquidated: no credit. Close the fact first if it is over.")
        found.append(Refusal("hard_stop", text, field="credit_limit"))
    if limit > review.recommended_limit and not (reason.strip() or review.comment.strip()):
        text = _("More is decided than is recommended: say why.")
        found.append(Refusal("reason_missing", text, field="reason"))
    if found:
        raise Refused(*found)


def _set_terms(review: CreditReview, by, day: date, limit: Decimal, days: int, until: date, reason: str):
    """The terms of the decision; what it does not speak of stays as it was."""
    now = terms_on([review.client_id], day).get(review.client_id)
    kept = ("day_kind", "discount_percent", "overdue_days_allowed", "overdue_amount_allowed") if now else ()
    why = _("Credit review %(number)s") % {"number": review.number}
    return set_terms(
        review.client_id, by=by, day=day, starts_on=day, ends_on=until, credit_limit=limit, days=days,
        price_column_id=review.price_column_id, reason=f"{why}. {reason}".strip()[:300] if reason else why,
        **{name: getattr(now, name) for name in kept},
    )  # fmt: skip


def _replace_former(review: CreditReview, who) -> None:
    former = CreditReview.objects.select_for_update(no_key=True).filter(client=review.client_id, status="decided")
    for each in former:  # there is one at most
        step = CREDIT_REVIEW_FLOW.step("replace")
        CREDIT_REVIEW_FLOW.finish(each, step, who, reason=review.number)


def _tell_proposer(review: CreditReview, text: str, by, reason: str = "") -> None:
    if review.proposed_by is not None and review.proposed_by != by:
        values = {"client": review.client.name, "number": review.number, "reason": reason}
        notify([review.proposed_by], "credit_review", text, values=values, document=review)
