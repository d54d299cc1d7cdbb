"""The API of money in: our accounts, statements, their lines, refunds. Files go to `POST /imports/statements/`."""

from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from orders.actions import bank_accounts, placements, refunds
from orders.filters.bank import LineFilter, RefundFilter, StatementFilter
from orders.flow import PLACEMENT_FLOW
from orders.models import BankAccount, BankStatement, BankStatementLine, Refund
from orders.serializers import bank as serializers
from orders.serializers.money import UndoSerializer


@register("bank-accounts")
class BankAccountApi(ScopedViewSet):
    """Our accounts; statements of others are not taken."""

    model = BankAccount
    serializer_class = serializers.BankAccountSerializer
    write_serializer = serializers.BankAccountWriteSerializer
    create_action, change_action = bank_accounts.create_bank_account, bank_accounts.change_bank_account


@register("bank-statements")
class BankStatementApi(ScopedViewSet):
    """What banks said of our accounts; brought in by `POST /imports/statements/`."""

    model = BankStatement
    serializer_class = serializers.BankStatementSerializer
    filterset_class = StatementFilter
    related = ("account",)
    orderings = ("ends_on", "updated_at")


@register("bank-lines")
class BankLineApi(ScopedViewSet):
    """Movements on our accounts. One person proposes whose money it is, another confirms."""

    model = BankStatementLine
    serializer_class = serializers.BankStatementLineSerializer
    step_serializers = {"propose": serializers.ProposeSerializer}
    filterset_class = LineFilter
    related, prefetch = ("client",), ("payments", "refunds")
    orderings = ("booked_on", "updated_at")
    flow, move_action = PLACEMENT_FLOW, placements.move_line
    verbs = (
        Verb("assign", placements.assign_line, serializers.AssignSerializer, permission="orders.propose_placement"),
    )  # fmt: skip


@register("refunds")
class RefundApi(ScopedViewSet):
    """Money that went back; entered by `POST /payments/{id}/refund/`."""

    model = Refund
    serializer_class = serializers.RefundSerializer
    filterset_class = RefundFilter
    related = ("payment",)
    orderings = ("refunded_on", "updated_at")
    verbs = (Verb("undo", refunds.undo_refund, UndoSerializer, permission="orders.undo_refund"),)
