from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import MoneyField, QuantityField, Record
from kam.search import SearchField, search_index
from orders.models.allocation import Allocation
from orders.models.credit_note import CreditNote
from orders.rules.aging import BUCKETS


def bucket_on(day, due="due_on"):
    """The bucket of a debt on a day, by its due date: an expression of the bounds that the rule has."""
    whens = [
        models.When(**{f"{due}__gte": day - timedelta(days=each.last)}, then=models.Value(each.bucket.value))
        for each in BUCKETS
        if each.last is not None
    ]
    return models.Case(*whens, default=models.Value(BUCKETS[-1].bucket.value), output_field=models.CharField())


def in_roubles(amount):
    """The amount of rouble documents, 0 of others: sums of different currencies are never added up."""
    return models.Case(
        models.When(currency="RUB", then=models.F(amount)),
        default=models.Value(Decimal("0.00")),
        output_field=MoneyField(),
    )


def sum_within(rows, document, of="amount"):
    """The sum `of` the rows that belong to the document of the outer query, 0 without any."""
    total = rows.filter(**{document: models.OuterRef("pk")}).order_by().values(document).annotate(total=models.Sum(of))
    return Coalesce(models.Subquery(total.values("total")), Decimal("0.00"), output_field=MoneyField())


class InvoiceQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def open(self):
        return self.filter(open_amount__gt=0)

    def overdue(self, day):
        """Open and past due on this day: overdue begins on the day after the due date."""
        return self.open().filter(due_on__lt=day)

    def open_on(self, day):
        """Invoices of which something was open at the end of a day, with that as `open_on_day`.

        What did not move after the day was open then as it is now; only of the others documents are added up. So the
        rows come out of any index in its order, one by one, and a page of a list reads few; or all of them are found by
        two indexes, of what is open now and of what moved after the day.
        """
        paid = sum_within(Allocation.objects.standing_on(day), "invoice")
        credited = sum_within(CreditNote.objects.filter(issued_on__lte=day), "invoice")
        was_open = models.ExpressionWrapper(models.F("amount") - paid - credited, MoneyField())
        moved = models.Q(moved_on__gt=day)
        still = models.Q(models.Q(moved_on=None) | models.Q(moved_on__lte=day), open_amount__gt=0)
        rows = self.filter(issued_on__lte=day).alias(was_open=was_open).filter(still | models.Q(moved, was_open__gt=0))
        then = models.Case(models.When(moved, then=was_open), default="open_amount", output_field=MoneyField())
        return rows.annotate(open_on_day=then)

    def aged(self, day, buckets):
        """Those whose due date falls in any of these buckets on a day: as ranges, which an index can find."""
        found = models.Q(pk__in=())
        for each in BUCKETS:
            if each.bucket in buckets:
                first = {} if each.last is None else {"due_on__gte": day - timedelta(days=each.last)}
                last = {} if each.first is None else {"due_on__lte": day - timedelta(days=each.first)}
                found |= models.Q(**first, **last)
        return self.filter(found)

    def with_bucket(self, day):
        """Each row with the code of its `bucket` on a day."""
        return self.annotate(bucket=bucket_on(day))

    def with_state(self, day):
        """Each row with its `state` on a day, by what is open now, and its rouble sums for totals of a list."""
        state = models.Case(
            models.When(open_amount=0, then=models.Value(Invoice.State.PAID)),
            models.When(due_on__lt=day, then=models.Value(Invoice.State.OVERDUE)),
            models.When(open_amount__lt=models.F("amount"), then=models.Value(Invoice.State.PARTLY_PAID)),
            default=models.Value(Invoice.State.OPEN),
            output_field=models.CharField(),
        )
        return self.annotate(
            state=state, amount_in_roubles=in_roubles("amount"), open_in_roubles=in_roubles("open_amount")
        )


class Invoice(Record):
    """What a client has to pay for, by when, and what of it is still open."""

    class State(models.TextChoices):
        """How an invoice stands on a day: `with_state` tells it."""

        OPEN = "open", pgettext_lazy("of an invoice", "Open")
        PARTLY_PAID = "partly_paid", _("Partly paid")
        OVERDUE = "overdue", _("Overdue")
        PAID = "paid", pgettext_lazy("of an invoice", "Paid")

    number = models.CharField(_("number"), max_length=30, unique=True)
    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="invoices", verbose_name=_("client"))
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, null=True, blank=True, related_name="invoices", verbose_name=_("order")
    )
    shipment = models.OneToOneField(
        "orders.Shipment", models.PROTECT, null=True, blank=True, related_name="invoice", verbose_name=_("shipment")
    )
    contract = models.ForeignKey(
        "accounts.Contract", models.PROTECT, null=True, blank=True, related_name="invoices", verbose_name=_("contract")
    )
    issued_on = models.DateField(_("issued on"))
    shipped_on = models.DateField(_("shipped on"))
    due_on = models.DateField(_("due on"))
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    net = MoneyField(verbose_name=_("sum without VAT"))
    vat = MoneyField(verbose_name=_("VAT"))
    amount = MoneyField(verbose_name=_("amount"))
    open_amount = MoneyField(verbose_name=_("unpaid"))
    # Derived and written with what is open: the latest day of its allocations, their undoings and its credit notes.
    moved_on = models.DateField(_("what is unpaid last changed on"), null=True, editable=False)
    terms = models.JSONField(_("terms the due date follows"), default=dict)
    comment = models.TextField(_("comment"), blank=True)
    external_id = models.CharField(_("external id"), max_length=120, null=True, blank=True, unique=True)
    search = SearchField(of=("number",))

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("-issued_on", "-pk")
        indexes = [
            search_index("invoice_search"),
            models.Index(fields=("-issued_on", "-id"), name="invoice_by_day"),
            # Holds what a list of a person's clients sorts and sums by, so that it reads no rows for that.
            models.Index(
                fields=("client", "-issued_on", "-id"),
                include=("currency", "amount", "open_amount"),
                name="invoice_of_client_listed",
            ),
            # Lists by age as of any day: holds what tells whether an invoice was open then.
            models.Index(
                fields=("due_on", "id"),
                include=("issued_on", "currency", "client", "open_amount", "moved_on"),
                name="invoice_listed_by_due",
            ),
            # Those that sums in roubles leave out.
            models.Index(fields=("id",), name="invoice_foreign", condition=~models.Q(currency="RUB")),
            # What moved after a day: beside those open now, the only ones that may have been open on it.
            models.Index(fields=("moved_on",), name="invoice_moved", condition=models.Q(moved_on__isnull=False)),
            # What ages on a day, falls due soon or became overdue, of all clients.
            models.Index(  # late debts of all clients are added up from it alone
                fields=("due_on",),
                include=("client", "open_amount", "issued_on", "currency"),
                name="invoice_open_by_due",
                condition=models.Q(open_amount__gt=0),
            ),
            models.Index(
                fields=("client", "due_on"),
                include=("open_amount", "issued_on", "currency"),
                name="invoice_open",
                condition=models.Q(open_amount__gt=0),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="invoice_adds_up", condition=models.Q(amount=models.F("net") + models.F("vat"), amount__gt=0)
            ),
            models.CheckConstraint(
                name="invoice_open_within_amount",
                condition=models.Q(open_amount__gte=0, open_amount__lte=models.F("amount")),
            ),
            models.CheckConstraint(
                name="invoice_due_after_shipment", condition=models.Q(due_on__gte=models.F("shipped_on"))
            ),
        ]

    def __str__(self):
        return self.number

    def get_state_display(self):
        """The state that `with_state` told, in words."""
        return self.State(self.state).label


class InvoiceLine(models.Model):
    """What was invoiced, at the VAT rate of the shipment's day."""

    invoice = models.ForeignKey("orders.Invoice", models.CASCADE, related_name="lines", verbose_name=_("invoice"))
    product = models.ForeignKey("orders.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    shipment_line = models.OneToOneField(
        "orders.ShipmentLine", models.PROTECT, null=True, blank=True, related_name="invoice_line"
    )
    quantity = QuantityField(verbose_name=_("quantity"))
    returned = QuantityField(verbose_name=_("returned"), default=0)
    price = MoneyField(verbose_name=_("price"))
    vat_rate = models.DecimalField(_("VAT, %"), max_digits=5, decimal_places=2)
    net = MoneyField(verbose_name=_("without VAT"))
    vat = MoneyField(verbose_name=_("VAT"))
    total = MoneyField(verbose_name=_("total"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="invoiceline_adds_up",
                condition=models.Q(quantity__gt=0, total=models.F("net") + models.F("vat")),
            ),
            models.CheckConstraint(
                name="invoiceline_returned", condition=models.Q(returned__gte=0, returned__lte=models.F("quantity"))
            ),
        ]

    def __str__(self):
        return f"{self.invoice_id}: {self.quantity}"
