"""The API of collecting: debtors, promises, letters, stops, and the policy."""

from datetime import date

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Activity
from accounts.serializers import ActivitySerializer
from kam.api.papers import Papered
from kam.api.verbs import ReasonSerializer, Verb
from kam.api.views import ScopedViewSet, register
from kam.clock import today
from orders.actions import (
    calls,
    collecting_policy,
    letter_steps,
    letters_on_demand,
    promises_to_pay,
    shipping_stops,
    stop_list,
)
from orders.documents.kinds import LETTER_CLAIM
from orders.filters.collecting import DebtorFilter, LetterFilter, PromiseFilter, ShippingStopFilter, StopListFilter
from orders.flow import LETTER_FLOW, PROMISE_FLOW
from orders.models import (
    CollectionLetter,
    Debtor,
    Invoice,
    KeyRate,
    LetterLevel,
    PaymentPromise,
    ShippingStop,
    StopListEntry,
    StopPolicy,
)
from orders.queries.collecting import work_of
from orders.queries.penalties import penalties_on
from orders.serializers import collecting as serializers


def note_call(pk: int, *, by, day, **fields) -> Activity:
    """Write down what came of a talk with this debtor."""
    return calls.note_call(client_id=pk, by=by, day=day, **fields)


@register("debtors")
class DebtorApi(ScopedViewSet):
    """Clients with what they owe late, whom to ring and what was promised; `?overdue=0.01` leaves only who owes.

    `POST …/call/` writes down a talk, `POST …/prepare-letter/` prepares a letter as the night would; a promise is a
    `POST /payment-promises/`.
    """

    model = Debtor
    serializer_class = serializers.DebtorSerializer
    filterset_class = DebtorFilter
    figures = ("overdue", "oldest_days", "priority", "promise_due", "next_on", "last_contact")
    verbs = (
        Verb("call", note_call, serializers.CallSerializer, status=201, answer=ActivitySerializer,
             permission="accounts.add_activity"),
        Verb("prepare-letter", letters_on_demand.prepare_letter, serializers.PrepareLetterSerializer, status=201,
             answer=serializers.LetterSerializer, permission="orders.send_letter"),
    )  # fmt: skip

    def get_queryset(self):
        return super().get_queryset().with_debts(today()).with_work()

    def decorate(self, documents):
        found = work_of(documents, self.request.user)
        for document in documents:
            document.work = found[document.pk]

    @extend_schema(
        parameters=[OpenApiParameter("as_of", str, description="A day; today if left out.")],
        responses=serializers.PenaltySerializer(many=True),
    )
    @action(detail=True, methods=["get"], filter_backends=(), pagination_class=None)
    def penalties(self, request, *args, **kwargs):
        """The penalty on every invoice of the debtor that is late on the day, with its computation."""
        document, as_of = self.get_object(), _day(request)
        rows = Invoice.objects.visible_to(request.user).overdue(as_of).filter(client=document.pk)
        invoices = list(rows.order_by("due_on", "pk"))
        found = penalties_on(invoices, as_of)
        shown = serializers.PenaltySerializer
        return Response([{"invoice": each.pk, **shown(found[each.pk]).data} for each in invoices])


def _day(request) -> date:
    text = request.query_params.get("as_of")
    try:
        return date.fromisoformat(text) if text else today()
    except ValueError as error:
        raise ValidationError({"as_of": [str(error)]}) from error


@register("payment-promises")
class PromiseApi(ScopedViewSet):
    """What clients promised to pay; the nightly job tells whether it was kept."""

    model = PaymentPromise
    serializer_class, create_serializer = serializers.PromiseSerializer, serializers.NewPromiseSerializer
    filterset_class = PromiseFilter
    related = ("client",)
    orderings = ("due_on", "updated_at")
    flow, move_action = PROMISE_FLOW, promises_to_pay.move_promise
    create_action = promises_to_pay.take_promise


@register("letters")
class LetterApi(Papered, ScopedViewSet):
    """Letters about debts: `send`, `post` or `skip` them.

    The policy prepares them every night; `POST /debtors/{id}/prepare-letter/` prepares one at once.
    """

    model = CollectionLetter
    serializer_class, change_serializer = serializers.LetterSerializer, serializers.LetterWriteSerializer
    step_serializers = {"post": serializers.PostSerializer}
    filterset_class = LetterFilter
    related, prefetch = ("client",), ("lines",)
    orderings = ("prepared_on", "updated_at")
    flow, move_action, change_action = LETTER_FLOW, letter_steps.move_letter, letter_steps.change_letter
    papers = (LETTER_CLAIM,)


@register("letter-levels")
class LetterLevelApi(ScopedViewSet):
    """The policy of reminders and letters."""

    model = LetterLevel
    serializer_class = write_serializer = serializers.LetterLevelSerializer
    orderings = ("level",)
    create_action, change_action = collecting_policy.create_letter_level, collecting_policy.change_letter_level


@register("key-rates")
class KeyRateApi(ScopedViewSet):
    """Key rates of the Bank of Russia."""

    model = KeyRate
    serializer_class = write_serializer = serializers.KeyRateSerializer
    orderings = ("starts_on",)
    create_action, change_action = collecting_policy.create_key_rate, collecting_policy.change_key_rate


@register("stop-policies")
class StopPolicyApi(ScopedViewSet):
    """From which lateness on shipping stops by itself."""

    model = StopPolicy
    serializer_class = write_serializer = serializers.StopPolicySerializer
    create_action, change_action = shipping_stops.create_stop_policy, shipping_stops.change_stop_policy


@register("shipping-stops")
class ShippingStopApi(ScopedViewSet):
    """Whom the program stopped by lateness, with the figures it stood on."""

    model = ShippingStop
    serializer_class = serializers.ShippingStopSerializer
    filterset_class = ShippingStopFilter
    related = ("hold",)
    orderings = ("placed_on",)


@register("stop-list")
class StopListApi(ScopedViewSet):
    """Whom nobody writes to, and about which invoices."""

    model = StopListEntry
    serializer_class, create_serializer = serializers.StopListSerializer, serializers.NewStopSerializer
    filterset_class = StopListFilter
    orderings = ("starts_on", "updated_at")
    create_action = stop_list.stop_letters
    verbs = (Verb("remove", stop_list.allow_letters, ReasonSerializer, permission="orders.remove_stoplistentry"),)
