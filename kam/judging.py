"""Judging staged rows by statements over the whole set: what is wrong leaves the set and is reported by its row."""

from django.utils.translation import gettext as _

from kam import clock
from kam.access import Authority
from kam.imports import Report
from kam.staging import execute, rows_of


def refuse(table: str, condition: str, column: str, label: str, text: str, report: Report, *, parameters=()) -> int:
    """Take the rows under a condition out of a staged table and report each; returns how many.

    The table has a column `row`; `column` holds the value to show. Names and conditions are ours, values come as
    `parameters`.
    """
    taken = rows_of(f"DELETE FROM {table} WHERE {condition} RETURNING row, {column}", parameters or None)
    for row, value in sorted(taken, key=lambda each: each[0]):
        report.problem(row, report.header(column, label), value, text)
    report.count("rows_skipped", len(taken))
    return len(taken)


def refuse_repeated(table: str, key: tuple[str, ...], column: str, label: str, report: Report) -> None:
    """Keep the first row of each key; a later one is reported with the row it repeats."""
    keys = ", ".join(key)
    repeated = rows_of(f"SELECT 1 FROM {table} GROUP BY {keys} HAVING count(*) > 1 LIMIT 1")
    if not repeated:
        return
    same = " AND ".join(f"t.{each} = f.{each}" for each in key)
    taken = rows_of(
        f"""DELETE FROM {table} t USING (SELECT {keys}, min(row) AS first FROM {table} GROUP BY {keys}) f
            WHERE {same} AND t.row > f.first RETURNING t.row, t.{column}, f.first"""
    )
    for row, value, first in sorted(taken):
        text = _("The same is already given in row %(row)s.") % {"row": first}
        report.problem(row, report.header(column, label), value, text)
    report.count("rows_skipped", len(taken))


def tell_trail(verb: str, kind: str, key: str, table: str, who: Authority, *, counted: bool = True) -> None:
    """One trail entry for each document a staged table touches: `key` names the column of its id.

    `counted` adds how many rows it was touched by.
    """
    changes = "jsonb_build_object('rows', jsonb_build_array(0, count(*)))" if counted else "'{}'::jsonb"
    execute(
        f"""INSERT INTO kam_trailentry (at, by_id, on_behalf_of_id, verb, document_kind, document_id, changes, reason)
            SELECT %s, %s, %s, %s, %s, {key}, {changes}, '' FROM {table} GROUP BY {key}""",
        [clock.now(), who.by.pk if who.by else None, who.on_behalf_of_id, verb, kind],
    )
