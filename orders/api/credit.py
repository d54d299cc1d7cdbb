"""The API of credit: reviews, exchange rates, payment discipline."""

from datetime import date
from decimal import Decimal

from accounts.filters import ClientFilter
from accounts.models import Client
from kam.api.views import ScopedViewSet, register
from kam.clock import today
from orders.actions import exchange, reviews
from orders.filters.credit import CreditReviewFilter, DisciplineFilter, ExchangeRateFilter
from orders.flow import CREDIT_REVIEW_FLOW
from orders.models import CreditReview, ExchangeRate, PaymentDiscipline
from orders.queries.standings import standings_of
from orders.serializers import credit as serializers


@register("credit-reviews")
class CreditReviewApi(ScopedViewSet):
    """Reviews of clients' credit. `?recheck_due=true` gives decisions whose re-check has come."""

    model = CreditReview
    serializer_class = serializers.CreditReviewSerializer
    create_serializer = serializers.NewCreditReviewSerializer
    change_serializer = serializers.CreditReviewWriteSerializer
    step_serializers = {"decide": serializers.DecideSerializer}
    filterset_class = CreditReviewFilter
    related = ("client",)
    orderings = ("as_of", "updated_at")
    flow, move_action = CREDIT_REVIEW_FLOW, reviews.move_review
    create_action, change_action = reviews.create_review, reviews.change_review


@register("credit-standings")
class StandingApi(ScopedViewSet):
    """Clients at first sight, as their pages open: exposure, headroom, what is overdue, and the orders in work."""

    model = Client
    serializer_class = serializers.StandingSerializer
    filterset_class = ClientFilter
    permissions = {"view": "orders.view_invoice"}

    def decorate(self, documents):
        found = standings_of(documents, self.request.user, today())
        for document in documents:
            document.standing = found[document.pk]


def set_rate(*, by, currency: str, day: date, rate: Decimal) -> ExchangeRate:
    """Set the rate and ask again for the orders that it held."""
    return exchange.set_exchange_rate(by=by, currency=currency, day=day, rate=rate, asked_on=today())


@register("exchange-rates")
class ExchangeRateApi(ScopedViewSet):
    """What one unit of a currency is worth in roubles, from each day until the next rate."""

    model = ExchangeRate
    serializer_class, create_serializer = serializers.ExchangeRateSerializer, serializers.NewExchangeRateSerializer
    filterset_class = ExchangeRateFilter
    orderings = ("day",)
    create_action = set_rate


@register("payment-discipline")
class DisciplineApi(ScopedViewSet):
    """How clients paid in the year up to a day, as measured each night."""

    model = PaymentDiscipline
    serializer_class = serializers.DisciplineSerializer
    filterset_class = DisciplineFilter
    related = ("client",)
    orderings = ("day",)
