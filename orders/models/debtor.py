from decimal import Decimal

from django.db import models
from django.db.models import ExpressionWrapper, F, FilteredRelation, Func, Max, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Activity, Client
from accounts.models.client import ClientQuerySet
from kam.access import Reach
from kam.beside import beside
from kam.models import MoneyField
from orders.models.invoice import Invoice
from orders.models.late_debts import last_kept, late_debts
from orders.models.payment_promise import PaymentPromise

THOUSAND = 1000


def days_since(day, due: str):
    """Whole days from a due date to a day, as the rule of ageing counts them."""
    return Func(
        Cast(Value(day), models.DateField()),
        F(due),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=models.IntegerField(),
    )


class DebtorQuerySet(ClientQuerySet):
    view_permission = "orders.view_debtor"

    def within(self, reach: Reach):
        """Clients of the managers alone: who looks after an outlet may not know what the client owes."""
        return self.filter(manager__in=reach.managers)

    def with_debts(self, day):
        """Each client with its rouble debts late on a day: `overdue`, `oldest_on`, `oldest_days` and the `priority`.

        The priority is every overdue rouble times the days it is late, in thousands of rouble-days. Who owes nothing
        has zeros.
        """
        return self._late_on(day)._summed(day)

    def owing(self, day):
        """Those of `with_debts` that are late with anything, by what is open now.

        Told from the last kept day and what happened since, where one is near; else late debts are added up.
        """
        kept = last_kept(day)
        if kept is None:
            # By the column that the index of open invoices has: with the key of the row its rows would have to be read.
            return self._late_on(day).filter(late__client__isnull=False)._summed(day)
        sums = {"overdue": MoneyField(), "weight": models.DecimalField(max_digits=30, decimal_places=2)}
        rows = beside(self, late_debts(kept, day), "late_debts", "client_id", **sums)
        late = Invoice.objects.overdue(day).filter(client=OuterRef("pk"), currency="RUB").order_by("due_on")
        return rows.annotate(
            oldest_on=Subquery(late.values("due_on")[:1]),
            oldest_days=days_since(day, "oldest_on"),
            priority=Cast(F("weight") / THOUSAND, models.BigIntegerField()),
        )

    def _late_on(self, day):
        late = Q(invoices__open_amount__gt=0, invoices__due_on__lt=day, invoices__currency="RUB")
        return self.alias(late=FilteredRelation("invoices", condition=late))

    def _summed(self, day):
        each = ExpressionWrapper(
            F("late__open_amount") * days_since(day, "late__due_on"),
            models.DecimalField(max_digits=30, decimal_places=2),
        )
        return self.annotate(
            overdue=Coalesce(Sum("late__open_amount"), Decimal("0.00"), output_field=MoneyField()),
            oldest_on=Min("late__due_on"),
            oldest_days=Coalesce(Max(days_since(day, "late__due_on")), 0),
            priority=Cast(Coalesce(Sum(each), Decimal(0)) / THOUSAND, models.BigIntegerField()),
        )

    def with_work(self):
        """Each client with its `promise_due` (open promise), its `last_contact` and its `next_on` (planned step)."""
        promise = PaymentPromise.objects.open().filter(client=OuterRef("pk")).values("due_on")[:1]
        steps = Activity.objects.to_do().filter(client=OuterRef("pk")).order_by("due_on", "pk").values("due_on")[:1]
        done = Activity.objects.filter(client=OuterRef("pk"), done_at__isnull=False).order_by("-done_at")
        return self.annotate(
            promise_due=Subquery(promise), next_on=Subquery(steps), last_contact=Subquery(done.values("done_at")[:1])
        )


class Debtor(Client):
    """A client as the one who collects sees it: what is late, how long, what was promised."""

    objects = DebtorQuerySet.as_manager()

    class Meta:
        proxy = True
        app_label = "orders"
        verbose_name = _("debtor")
        verbose_name_plural = _("collecting")
