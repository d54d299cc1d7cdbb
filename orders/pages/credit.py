"""Pages of credit: reviews with their scorecard, exchange rates, and what a client's page says of how it pays."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from accounts.pages import ClientPage
from accounts.panels import Offers
from accounts.queries import terms_on
from kam.clock import today
from kam.formats import day as written_day
from kam.inbox import Effect, add_effect, waiting_in
from kam.pages import Attachments, Fact, Facts, Figure, Page, Panel, Rows, Trail, add_counter
from kam.pages.fields import number_of
from kam.wording import worded
from kam.workspace import Today
from orders.actions.exchange import set_exchange_rate
from orders.actions.reviews import change_review, create_review, move_review
from orders.filters.credit import CreditReviewFilter, DisciplineFilter, ExchangeRateFilter
from orders.flow import CREDIT_REVIEW_FLOW
from orders.forms.credit import CreditReviewForm, DecideForm, ExchangeRateForm, NewCreditReviewForm
from orders.models import CreditReview, ExchangeRate, PaymentDiscipline
from orders.queries.credit import credit_facts
from orders.queries.discipline import discipline_of, measured_discipline
from orders.tables.credit import CreditReviewOfClientTable, CreditReviewTable, DisciplineTable, ExchangeRateTable
from orders.wording import CRITERIA, SCORE


class Scorecard(Panel):
    """The points of every criterion with the reason, as they were counted then."""

    template = "orders/panels/scorecard.html"
    title = _("Scorecard")

    def context(self, document: CreditReview, request: Any) -> dict[str, Any] | None:
        criteria = [
            {
                "label": CRITERIA.get(each["name"], each["name"]),
                "points": each["points"],
                "most": each["most"],
                "tone": _tone(each["points"], each["most"]),
                "why": worded(each["why"], SCORE),
            }
            for each in document.criteria
        ]
        return {"criteria": criteria, "review": document}


def _tone(points: int, most: int) -> str:
    if points * 3 >= most * 2:
        return "done"
    return "wait" if points else "wrong"


class Advice(Panel):
    """What the score recommends and why, beside what is proposed."""

    template = "orders/panels/advice.html"
    title = _("Recommendation")

    def context(self, document: CreditReview, request: Any) -> dict[str, Any] | None:
        above = document.asked_limit > document.recommended_limit or document.asked_days > document.recommended_days
        stopped = any(each["code"].startswith("stop_") for each in document.advice)
        client, day = document.client, today()
        knows = document.status != CreditReview.Status.DECIDED and client.shows_money_to(request.user)
        return {
            "terms": terms_on([client.pk], day).get(client.pk) if knows else None,
            "stands": credit_facts([client.pk], day)[client.pk] if knows else None,
            "review": document,
            "reasons": [worded(each, SCORE) for each in document.advice],
            "above": above,
            "stopped": stopped,
        }


def discipline(client: Client) -> Any:
    """How the client pays: as last kept, else measured now; None where it never had anything to pay."""
    if not hasattr(client, "discipline_today"):
        found = discipline_of([client.pk], today()) or measured_discipline([client.pk], today())
        client.discipline_today = found.get(client.pk)
    return client.discipline_today


class DisciplinePanel(Panel):
    """How the client paid in the last year."""

    template = "orders/panels/discipline.html"
    title = _("Payment discipline")
    permission = "orders.view_paymentdiscipline"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        client = document.client if isinstance(document, CreditReview) else document
        if not client.shows_money_to(request.user):
            return None
        history = f"{reverse('orders:paymentdiscipline_list')}?client={client.pk}"
        return {
            "found": discipline(client),
            "href": f"{reverse('orders:invoice_list')}?client={client.pk}",
            "history_href": history,
        }


class CreditReviewPage(Page):
    """Checks of clients' creditworthiness and the decisions on their credit."""

    model, table, filterset = CreditReview, CreditReviewTable, CreditReviewFilter
    form, new_form, create, change = CreditReviewForm, NewCreditReviewForm, create_review, change_review
    flow, move = CREDIT_REVIEW_FLOW, move_review
    step_forms = {"decide": DecideForm}
    path, icon, menu, menu_order = "credit-reviews", "certificate", "receivables", 50
    search = ("number__startswith", "client__search")
    bulk = ("measure", "propose", "return", "refuse")
    empty = _("No review fits. Take a filter away, or draft one from the client's page.")
    figures = (
        Figure(_("Score, of 100"), "score", "quantity", hint=lambda review, user: _("grade %(grade)s") % {
            "grade": review.grade}),
        Figure(_("Recommended limit"), "recommended_limit",
               hint=lambda review, user: _("for %(days)s days") % {"days": review.recommended_days}),
        Figure(_("Proposed limit"), "asked_limit", tone=lambda review, user: "wait" if review.asked_limit >
               review.recommended_limit else "",
               hint=lambda review, user: _("for %(days)s days") % {"days": review.asked_days}),
        Figure(_("Decided limit"), "decided_limit"),
        Figure(_("Re-check on"), "recheck_on", "date",
               tone=lambda review, user: "wait" if review.status == CreditReview.Status.DECIDED
               and review.recheck_on <= today() else ""),
    )  # fmt: skip
    panels = (
        Advice(),
        Scorecard(),
        DisciplinePanel(),
        Facts("client", "as_of", "author", Fact("proposed_by", hide_empty=True), "price_column",
              Fact("expected_sales", hide_empty=True), Fact("comment", hide_empty=True), title=_("What is proposed"),
              side=True),
        Facts(Fact("decided_by", hide_empty=True), Fact("decided_on", hide_empty=True),
              Fact("decided_days", hide_empty=True), Fact("valid_until", hide_empty=True),
              Fact("terms", hide_empty=True), title=_("Decision"), side=True),
        Trail(),
        Attachments(),
    )  # fmt: skip

    @classmethod
    def detail_rows(cls, user: Any) -> Any:
        return cls.rows(user).select_related(
            "client__manager", "author", "proposed_by", "decided_by", "price_column", "terms__client"
        )

    @classmethod
    def initial(cls, request: Any) -> dict[str, Any]:
        """Begin with the terms of today."""
        found = super().initial(request)
        client_id = number_of(str(found.get("client", "")))
        if client_id is not None and Client.objects.visible_to(request.user).filter(pk=client_id).exists():
            terms = terms_on([client_id], today()).get(client_id)
            if terms is not None:
                found |= {"asked_limit": terms.credit_limit, "asked_days": terms.days,
                          "price_column": terms.price_column_id}  # fmt: skip
        return found

    @classmethod
    def editable(cls, document: CreditReview, user: Any) -> bool:
        return document.status == CreditReview.Status.DRAFT

    @classmethod
    def subheading(cls, document: CreditReview) -> str:
        return document.client.name


def set_rate(**fields: Any) -> ExchangeRate:
    """Set the rate and ask again for the orders that it held."""
    return set_exchange_rate(**fields, asked_on=today())


class ExchangeRatePage(Page):
    """What foreign money is worth, day by day."""

    model, table, filterset, form = ExchangeRate, ExchangeRateTable, ExchangeRateFilter, ExchangeRateForm
    create = set_rate
    path, icon, menu, menu_order = "exchange-rates", "currency-dollar", "settings", 58
    search = ("currency",)
    empty = _("No rates: documents in foreign currencies hold orders until there is one.")
    panels = (Facts("currency", "day", Fact("rate", kind="text")), Trail())

    @classmethod
    def initial(cls, request: Any) -> dict[str, Any]:
        return {"day": today(), **super().initial(request)}

    @classmethod
    def heading(cls, document: ExchangeRate) -> str:
        return f"{document.currency}, {written_day(document.day)}"


class DisciplinePage(Page):
    """How clients paid, as measured each night: the history of one client or all of a day."""

    model, table, filterset = PaymentDiscipline, DisciplineTable, DisciplineFilter
    path, icon, menu, menu_order = "payment-discipline", "history", "receivables", 55
    search = ("client__search",)
    empty = _("Nothing is measured yet: the night does it.")
    panels = (
        Facts(
            "client", "day", "window_days", "average_days_late", "late_percent", "late", "judged", "promises_broken",
        ),
    )  # fmt: skip

    @classmethod
    def heading(cls, document: PaymentDiscipline) -> str:
        return f"{document.client}, {written_day(document.day)}"


class RechecksDue(Panel):
    """On the first screen: decisions on credit whose re-check has come."""

    template = "orders/panels/rechecks.html"
    title = _("Credit to be checked again")
    side = True
    permission = "orders.add_creditreview"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        due = CreditReview.objects.visible_to(request.user).recheck_due(today())
        rows = list(due.select_related("client").order_by("recheck_on", "pk")[: RECHECKS_SHOWN + 1])
        if not rows:
            return None
        return {
            "reviews": rows[:RECHECKS_SHOWN],
            "new_href": reverse("orders:creditreview_new"),
            "all_href": f"{reverse('orders:creditreview_list')}?recheck_due=true",
            "more": len(rows) > RECHECKS_SHOWN,
        }


RECHECKS_SHOWN = 6


def review_effects(reviews: list[CreditReview], user: Any) -> dict[int, list[Effect]]:
    """What deciding as proposed would do."""
    day, clients = today(), {review.client_id for review in reviews}
    terms, credit, paid = terms_on(clients, day), credit_facts(clients, day), discipline_of(clients, day)
    found = {}
    for review in reviews:
        now, stands, how = terms.get(review.client_id), credit[review.client_id], paid.get(review.client_id)
        over = review.asked_limit > review.recommended_limit
        found[review.pk] = [
            Effect(_("Credit limit"), review.asked_limit, before=now.credit_limit if now else Decimal(0),
                   tone="wait" if over else ""),
            Effect(_("Score"), review.score, "quantity", hint=_("grade %(grade)s") % {"grade": review.grade}),
            Effect(_("Recommended"), review.recommended_limit),
            Effect(_("Days"), review.asked_days, "quantity", before=now.days if now else 0),
            Effect(_("Exposure"), stands.exposure.total),
            Effect(_("Overdue"), stands.overdue, tone="wrong" if stands.overdue else ""),
            Effect(_("Days beyond terms"), localize(how.average_days_late) if how else None, "text"),
        ]  # fmt: skip
    return found


def waiting_reviews(user: Any) -> int:
    """Reviews that wait for a decision of this person."""
    return waiting_in(CREDIT_REVIEW_FLOW, user)


def reviews_of(client: Client, user: Any) -> Any:
    """The reviews of a client, for the panel of its page."""
    return CreditReview.objects.filter(client=client)


add_effect(CREDIT_REVIEW_FLOW, review_effects, related=("client",))
add_counter("orders.creditreview", waiting_reviews)
Today.add(RechecksDue())
ClientPage.add_to_tab(
    "terms",
    DisciplinePanel(),
    Rows(table=CreditReviewOfClientTable, title=_("Credit reviews"), rows=reviews_of,
         permission="orders.view_creditreview", empty=_("The client's credit was never reviewed.")),
    Offers((_("New credit review"), lambda client: f"{reverse('orders:creditreview_new')}?client={client.pk}",
            "orders.add_creditreview")),
)  # fmt: skip
