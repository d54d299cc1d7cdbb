"""Proves that the counters equal what stands behind them; reports, never repairs."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext_noop

from kam import clock
from kam.models import Run
from kam.writing import writes

KIND = "orders.prove_counters"
TITLE = gettext_noop("Counters of stock, supplies and quotas against reservations")
MOST_FINDINGS = 1_000

# A level or supply line is held by live reservations; a quota stays used once its goods are shipped.
MISMATCHES = """
SELECT 'level', t.id, t.reserved, coalesce(r.units, 0) FROM orders_stocklevel t
LEFT JOIN (SELECT level_id AS id, sum(quantity) AS units FROM orders_reservation
    WHERE status = 'live' AND level_id IS NOT NULL GROUP BY 1) r USING (id)
WHERE t.reserved <> coalesce(r.units, 0)
UNION ALL
SELECT 'supply_line', t.id, t.reserved, coalesce(r.units, 0) FROM orders_supplyline t
LEFT JOIN (SELECT supply_line_id AS id, sum(quantity) AS units FROM orders_reservation
    WHERE status = 'live' AND supply_line_id IS NOT NULL GROUP BY 1) r USING (id)
WHERE t.reserved <> coalesce(r.units, 0)
UNION ALL
SELECT 'quota', t.id, t.used, coalesce(r.units, 0) FROM orders_quota t
LEFT JOIN (SELECT quota_id AS id, sum(quantity) AS units FROM orders_reservation
    WHERE status IN ('live', 'shipped') AND quota_id IS NOT NULL GROUP BY 1) r USING (id)
WHERE t.used <> coalesce(r.units, 0)
ORDER BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A counter that is not what its reservations add up to."""

    kind: str
    pk: int
    counted: int
    reserved: int


def mismatches() -> list[Mismatch]:
    """Every counter that differs from the sum of its reservations, at one moment."""
    with connection.cursor() as cursor:
        cursor.execute(MISMATCHES)
        return [Mismatch(*row) for row in cursor.fetchall()]


@writes
def prove_counters(day: date) -> Run:
    """Compare all counters with their reservations and keep the result as a run of the day; again replaces it."""
    found = mismatches()
    now = clock.now()
    run, _created = Run.objects.update_or_create(
        natural_key=f"{KIND}:{day.isoformat()}",
        defaults={
            "kind": KIND,
            "title": TITLE,
            "status": Run.Status.FAILED if found else Run.Status.DONE,
            "counts": {"mismatches": len(found)},
            "findings": [
                {"kind": each.kind, "id": each.pk, "counted": each.counted, "reserved": each.reserved}
                for each in found[:MOST_FINDINGS]
            ],
            "started_at": now,
            "finished_at": now,
        },
    )
    return run
