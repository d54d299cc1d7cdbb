"""What the lists of invoices, payments and credit notes are narrowed by."""

from datetime import date

from django.db.models import DateField, ExpressionWrapper, F, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, ClientGroup
from kam.clock import today
from kam.models import MoneyField, User
from kam.pages import AmountFilter, ChoicesFilter, DayFilter, FilterSet, RemoteFilter, YesNoFilter
from orders.models import Brand, CreditNote, Invoice, InvoiceLine, Order, Payment, Refund
from orders.models.invoice import in_roubles, sum_within
from orders.rules.aging import Bucket
from orders.wording import BUCKETS, CURRENCIES


class InvoiceFilter(FilterSet):
    """Invoices; with `as_of` those that were open on that day, as the ageing counts them."""

    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))
    open = YesNoFilter(method="by_open", label=_("Unpaid"))
    overdue = YesNoFilter(method="by_overdue", label=_("Overdue"))
    due_to = DayFilter(field_name="due_on", lookup_expr="lte", label=_("Due to"))
    due_from = DayFilter(field_name="due_on", lookup_expr="gte", label=_("Due from"))
    issued_from = DayFilter(field_name="issued_on", lookup_expr="gte", label=_("Issued from"))
    issued_to = DayFilter(field_name="issued_on", lookup_expr="lte", label=_("Issued to"))
    group = RemoteFilter(field_name="client__group", queryset=ClientGroup.objects.all(), label=_("Group"))
    channel = ChoicesFilter(field_name="client__channel", choices=Client.Channel.choices, label=_("Channel"))
    no_group = YesNoFilter(field_name="client__group", lookup_expr="isnull", label=_("Without a group"))
    no_manager = YesNoFilter(field_name="client__manager", lookup_expr="isnull", label=_("Without a KAM"))
    order = RemoteFilter(queryset=Order.objects.all(), label=_("Order"))
    as_of = DayFilter(method="by_day", label=_("Unpaid on the day"))
    # After the day, whose open amounts it shares out.
    brand = RemoteFilter(queryset=Brand.objects.all(), method="by_brand", label=_("Brand"))
    bucket = ChoicesFilter(choices=[(each.value, BUCKETS[each]) for each in Bucket], method="by_bucket", label=_("Age"))
    currency = ChoicesFilter(choices=CURRENCIES, label=_("Currency"))

    class Meta:
        model, fields = Invoice, ()
        main = ("client", "manager", "open", "overdue", "due_to")

    def by_open(self, rows, name, value):
        """Invoices with something open now, or paid ones."""
        return rows.open() if value else rows.filter(open_amount=0)

    def by_overdue(self, rows, name, value):
        """Invoices late today, or all others."""
        late = rows.overdue(today())
        return late if value else rows.exclude(pk__in=late.values("pk"))

    def by_day(self, rows, name, value: date):
        """Invoices that were open at the end of the day; the list then shows what was open."""
        rows = rows.open_on(value).annotate(as_of=Value(value, output_field=DateField()))
        return rows.annotate(open_in_roubles=in_roubles("open_on_day"))

    def by_brand(self, rows, name, value: int):
        """Invoices with goods of the brand; the list then shows the brand's part of what is open."""
        lines = InvoiceLine.objects.filter(product__brand=value)
        unpaid = F("open_on_day" if self.form.cleaned_data.get("as_of") else "open_amount")
        rows = rows.filter(pk__in=lines.values("invoice"))
        share = unpaid * sum_within(lines, "invoice", of="total") / F("amount")
        return rows.annotate(brand_share=ExpressionWrapper(share, output_field=MoneyField()))

    def by_bucket(self, rows, name, value):
        """Invoices whose due date falls in these buckets, on the day asked for or today."""
        if not value:
            return rows
        day = self.form.cleaned_data.get("as_of") or today()
        return rows.aged(day, value)


class PaymentFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    on_account = YesNoFilter(method="by_account", label=_("On account"))
    received_from = DayFilter(field_name="received_on", lookup_expr="gte", label=_("Received from"))
    received_to = DayFilter(field_name="received_on", lookup_expr="lte", label=_("Received to"))
    amount = AmountFilter(field_name="amount", label=_("Amount"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))
    group = RemoteFilter(field_name="client__group", queryset=ClientGroup.objects.all(), label=_("Group"))
    channel = ChoicesFilter(field_name="client__channel", choices=Client.Channel.choices, label=_("Channel"))
    no_group = YesNoFilter(field_name="client__group", lookup_expr="isnull", label=_("Without a group"))
    no_manager = YesNoFilter(field_name="client__manager", lookup_expr="isnull", label=_("Without a KAM"))
    kind = ChoicesFilter(choices=Payment.Kind.choices, label=_("Kind"))
    currency = ChoicesFilter(choices=CURRENCIES, label=_("Currency"))
    as_of = DayFilter(method="by_day", label=_("On account on the day"))
    stayed_on = DayFilter(method="by_stayed", label=_("Less what was returned by"))

    class Meta:
        model, fields = Payment, ()
        main = ("client", "on_account", "received_from", "received_to", "amount")

    def by_account(self, rows, name, value):
        """Payments with money on account, or those allocated whole."""
        return rows.on_account() if value else rows.filter(unallocated=0)

    def by_day(self, rows, name, value: date):
        """Payments with money on account at the end of the day; the list then shows that."""
        return rows.on_account_on(value).annotate(unallocated_in_roubles=in_roubles("unallocated_on_day"))

    def by_stayed(self, rows, name, value: date):
        """All payments; the list then shows what of each was not returned by the day."""
        returned = sum_within(Refund.objects.standing_on(value), "payment")
        return rows.annotate(stayed=ExpressionWrapper(F("amount") - returned, output_field=MoneyField()))


class CreditNoteFilter(FilterSet):
    client = RemoteFilter(field_name="invoice__client", queryset=Client.objects.all(), label=_("Client"))
    invoice = RemoteFilter(queryset=Invoice.objects.all(), label=_("Invoice"))
    issued_from = DayFilter(field_name="issued_on", lookup_expr="gte", label=_("Issued from"))
    issued_to = DayFilter(field_name="issued_on", lookup_expr="lte", label=_("Issued to"))
    manager = RemoteFilter(field_name="invoice__client__manager", queryset=User.objects.all(), label=_("KAM"))
    group = RemoteFilter(field_name="invoice__client__group", queryset=ClientGroup.objects.all(), label=_("Group"))
    channel = ChoicesFilter(field_name="invoice__client__channel", choices=Client.Channel.choices, label=_("Channel"))
    currency = ChoicesFilter(field_name="invoice__currency", choices=CURRENCIES, label=_("Currency"))

    class Meta:
        model, fields = CreditNote, ()
        main = ("client", "invoice", "issued_from", "issued_to", "manager")
