"""Judging staged rows by statements over the whole set: what is wrong leaves the set and is reported by its row."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from kam import clock
from kam.access import Authority
from kam.imports import Report
from kam.staging import derive, execute, rows_of


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


def refuse_repeated(table: str, key: tuple[str, ...], column: str, label: str, report: Report) -> int:
    """Keep the first row of each key; a later one is reported with the row it repeats. Returns how many.

    Rows whose key is NULL repeat nothing.
    """
    keys, named = ", ".join(key), " AND ".join(f"{each} IS NOT NULL" for each in key)
    repeated = rows_of(f"SELECT 1 FROM {table} WHERE {named} GROUP BY {keys} HAVING count(*) > 1 LIMIT 1")
    if not repeated:
        return 0
    same = " AND ".join(f"t.{each} = f.{each}" for each in key)
    taken = rows_of(
        f"""DELETE FROM {table} t USING (SELECT {keys}, min(row) AS first FROM {table} WHERE {named} GROUP BY {keys}) f
            WHERE {same} AND t.row > f.first RETURNING t.row, t.{column}, f.first"""
    )
    for row, value, first in sorted(taken):
        text = _("The same is already given in row %(row)s.") % {"row": first}
        report.problem(row, report.header(column, label), value, text)
    report.count("rows_skipped", len(taken))
    return len(taken)


def overwrite(
    target: str,
    staged: str,
    key: str,
    changed: str,
    wanted: Mapping[str, str],
    *,
    follow=(),
    lock: str = "NO KEY UPDATE",
) -> int:
    """Write staged rows over the rows of `target` they name where something differs; returns how many.

    `key` is the column of `staged` with the id. `wanted` gives each field the SQL of its value, with `t` the staged
    row and `o` the one that stands; fields in `follow` are derived from others, so that they alone are no change.
    Rows are locked in the order of their keys first; where unique fields change `lock` is "UPDATE". Leaves a staged
    table `changed` (id, row).
    """
    differs = " OR ".join(f"o.{field} IS DISTINCT FROM {sql}" for field, sql in wanted.items() if field not in follow)
    derive(changed, f"SELECT o.id, t.row FROM {staged} t JOIN {target} o ON o.id = t.{key} WHERE {differs}")
    execute(f"SELECT 1 FROM {target} WHERE id IN (SELECT id FROM {changed}) ORDER BY id FOR {lock}")
    settings = ", ".join(f"{field} = {sql}" for field, sql in wanted.items())
    return execute(
        f"""UPDATE {target} o SET {settings}, version = o.version + 1, updated_at = %s
            FROM {changed} c JOIN {staged} t USING (row) WHERE o.id = c.id""",
        [clock.now()],
    )


# What a trail entry says of a document that staged rows touch: nothing more, or how many of them there were.
NOTHING_MORE = "'{}'::jsonb"
ROWS = "jsonb_build_object('rows', jsonb_build_array(0, count(*)))"


def tell_trail(
    verb: str, kind: str, key: str, table: str, who: Authority, *, changes: str = ROWS, each_row: bool = False
) -> None:
    """One trail entry for each document a staged table touches: `key` names the column of its id.

    `changes` is the SQL of what changed, an aggregate over the document's rows; with `each_row` every row is an entry
    of its own and `changes` speaks of it alone.
    """
    groups = "" if each_row else f"GROUP BY {key}"
    execute(
        f"""INSERT INTO kam_trailentry (at, by_id, on_behalf_of_id, verb, document_kind, document_id, changes, reason)
            SELECT %s, %s, %s, %s, %s, {key}, {changes}, '' FROM {table} {groups}""",
        [clock.now(), who.by.pk if who.by else None, who.on_behalf_of_id, verb, kind],
    )
