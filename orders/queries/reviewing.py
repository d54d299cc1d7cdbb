"""What is known of a client on a day, gathered for its score: one query a table."""

from datetime import date
from decimal import Decimal

from django.db import connection

from accounts.models import Client, CreditCover, CreditFact
from kam.money import ZERO, rounded
from orders.queries.credit import credit_facts
from orders.queries.discipline import measured_discipline
from orders.queries.exchange import in_roubles, rates_on
from orders.rules.aging import days_overdue
from orders.rules.scorecard import ScoreInputs

NEEDED = ("legal_name", "inn", "ogrn", "legal_address", "bik", "account")
MONTHS = 12
SURE = (CreditCover.Kind.INSURER, CreditCover.Kind.GUARANTEE)
# Sales of whole calendar months before the day's own, less credit notes; in roubles at the rate of the day.
SALES = """
WITH first AS (
    SELECT date_trunc('month', min(issued_on))::date AS month FROM orders_invoice
    WHERE client_id = %(client)s AND issued_on <= %(day)s
), sold AS (
    SELECT amount, currency FROM orders_invoice
    WHERE client_id = %(client)s AND issued_on >= %(since)s AND issued_on < %(until)s
    UNION ALL
    SELECT -n.amount, i.currency FROM orders_creditnote n JOIN orders_invoice i ON i.id = n.invoice_id
    WHERE i.client_id = %(client)s AND n.issued_on >= %(since)s AND n.issued_on < %(until)s
)
SELECT (SELECT month FROM first), s.currency, sum(s.amount) FROM sold s GROUP BY s.currency
UNION ALL SELECT month, 'RUB', 0 FROM first"""


def score_inputs(client: Client, day: date, asked_days: int, expected_sales: Decimal | None = None) -> ScoreInputs:
    """Everything that the scorecard asks about a client, as it was known on a day."""
    facts = list(CreditFact.objects.live_on(day).filter(client=client).order_by("happened_on", "pk"))
    months, sales, unsold = _sales(client.pk, day)
    paid = measured_discipline([client.pk], day).get(client.pk)
    credit = credit_facts([client.pk], day)[client.pk]
    late = [debt for debt in credit.facts.debts if days_overdue(debt.due_on, day) > 0]
    sure, promised, unknown = _covers(client.pk, day)
    return ScoreInputs(
        as_of=day,
        asked_days=asked_days,
        requisites_missing=tuple(name for name in NEEDED if not getattr(client, name)),
        registered_on=_since(facts, CreditFact.Kind.REGISTERED),
        months=months,
        monthly_sales=sales,
        expected_sales=expected_sales,
        claims=_sum(facts, CreditFact.Kind.COURT_CLAIM),
        enforcement=_sum(facts, CreditFact.Kind.ENFORCEMENT),
        tax_debt=_sum(facts, CreditFact.Kind.TAX_DEBT),
        bankrupt_since=_since(facts, CreditFact.Kind.BANKRUPTCY),
        liquidated_since=_since(facts, CreditFact.Kind.LIQUIDATION),
        average_days_late=paid and paid.average_days_late,
        late_percent=paid and paid.late_percent,
        promises_broken=paid.promises_broken if paid else 0,
        overdue_days=max((days_overdue(debt.due_on, day) for debt in late), default=0),
        overdue_amount=sum((debt.amount for debt in late), ZERO),
        secured=sure,
        promised=promised,
        rates_missing=tuple(sorted(unknown | unsold)),
    )


def _sales(client_id: int, day: date) -> tuple[int, Decimal, set[str]]:
    """Whole months since the first sale, the mean of the last twelve of them (of fewer where there are fewer), and
    currencies that have no rate.
    """
    until = day.replace(day=1)
    since = until.replace(year=until.year - 1)
    with connection.cursor() as cursor:
        cursor.execute(SALES, {"client": client_id, "day": day, "since": since, "until": until})
        rows = cursor.fetchall()
    first = rows[0][0]
    if first is None:
        return 0, ZERO, set()
    rates = rates_on({currency for _first, currency, _amount in rows}, day)
    parts = {currency: in_roubles(amount, currency, rates) for _first, currency, amount in rows if amount}
    sold = sum((part for part in parts.values() if part is not None), ZERO)
    months = (until.year - first.year) * 12 + until.month - first.month
    mean = rounded(max(sold, ZERO) / min(months, MONTHS)) if months else ZERO
    return months, mean, {currency for currency, part in parts.items() if part is None}


def _covers(client_id: int, day: date) -> tuple[Decimal, Decimal, set[str]]:
    """Covers that pay at once, those that must be enforced first, and currencies that have no rate; in roubles."""
    covers = list(CreditCover.objects.valid_on(day).filter(client_id=client_id))
    rates = rates_on({cover.currency for cover in covers}, day)
    sure = promised = ZERO
    unknown = set()
    for cover in covers:
        amount = in_roubles(cover.amount, cover.currency, rates)
        if amount is None:
            unknown.add(cover.currency)
        elif cover.kind in SURE:
            sure += amount
        else:
            promised += amount
    return sure, promised, unknown


def _sum(facts: list[CreditFact], kind: str) -> Decimal:
    return sum((fact.amount or ZERO for fact in facts if fact.kind == kind), ZERO)


def _since(facts: list[CreditFact], kind: str) -> date | None:
    return next((fact.happened_on for fact in facts if fact.kind == kind), None)
