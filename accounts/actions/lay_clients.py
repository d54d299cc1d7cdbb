"""Clients of a whole list at once."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.actions.requisites import refusal_of
from accounts.models import Client
from accounts.rules.requisites import Requisites, Severity, check_requisites
from kam import clock
from kam.access import Authority
from kam.imports import Report
from kam.judging import NOTHING_MORE, overwrite, refuse, tell_trail
from kam.search import search_words
from kam.staging import derive, execute, rows_of, stage

# What a staged table of clients has, besides what its importer adds.
CLIENTS = {
    "row": "integer", "external_id": "text", "name": "text", "sort_key": "text", "legal_name": "text", "inn": "text",
    "kpp": "text", "ogrn": "text", "legal_address": "text", "bank_name": "text", "bik": "text", "account": "text",
    "correspondent_account": "text", "channel": "text", "status": "text", "manager_id": "bigint", "city": "text",
    "phone": "text", "email": "text", "website": "text", "comment": "text", "territory_id": "bigint",
    "segment_id": "bigint", "group_id": "bigint",
}  # fmt: skip
_NUMBERS = ("inn", "kpp", "ogrn", "bik", "account", "correspondent_account")
_LEGAL = ("legal_name", *_NUMBERS, "legal_address", "bank_name")
_OURS = ("city", "phone", "email", "website", "comment", "territory_id", "segment_id", "group_id")


def requisite_errors(numbers: dict[str, str | None]) -> list[tuple[str, str]]:
    """Field and text of everything that cannot be in a client's requisites; warnings are left to people."""
    found = check_requisites(Requisites(**{name: numbers.get(name) or "" for name in _NUMBERS}))
    return [(each.field, refusal_of(each).text) for each in found if each.severity is Severity.ERROR]


def lay_clients(table: str, who: Authority, report: Report, *, day: dt.date, master: bool) -> None:
    """Create and change clients as a table of CLIENTS says; leaves them in `laid_clients` (row, client_id).

    A client is found by external id, else by ИНН and КПП, else (without ИНН) by name. A new one without a status is
    a prospect, and without a KAM it waits for one. Empty cells change nothing. What KAMs keep (city, phone …) is
    only filled where it is empty; requisites follow the file when it is the `master` of them (the books), else they
    too are only filled. Status and KAM of a known client are never touched. Clients the user does not see are
    refused.
    """
    _match(table, who)
    refuse(
        "laid_clients", "several > 1", "name", _("Client"),
        _("Several clients have this INN and KPP: put the external id into the right one."), report,
    )  # fmt: skip
    refuse(
        "laid_clients", "client_id IS NOT NULL AND NOT seen", "name", _("Client"),
        _("This client exists already in another team. Ask the head of sales."), report,
    )  # fmt: skip
    refuse(
        "laid_clients", "client_id IS NOT NULL AND taken", "name", _("Client"),
        _("A client with this INN and KPP has another external id."), report,
    )  # fmt: skip
    _refuse_twins(report)
    _change(who, report, master)
    _create(who, report, day)


def _match(table: str, who: Authority) -> None:
    seen, parameters = Client.objects.visible_to(who.by).values("pk").query.sql_with_params()
    derive(
        "laid_clients",
        f"""SELECT t.*, m.client_id, m.several, c.id IN ({seen}) AS seen,
                   c.external_id IS NOT NULL AND t.external_id IS NOT NULL AND c.external_id <> t.external_id AS taken
            FROM {table} t
            LEFT JOIN LATERAL (
                SELECT min(id) AS client_id, count(*) AS several FROM (
                    SELECT id FROM accounts_client e WHERE e.external_id = t.external_id
                    UNION
                    SELECT id FROM accounts_client i WHERE i.inn = t.inn
                        AND (t.kpp IS NULL OR i.kpp IN (t.kpp, ''))
                        AND NOT EXISTS (SELECT 1 FROM accounts_client x WHERE x.external_id = t.external_id)
                    UNION
                    SELECT id FROM accounts_client n WHERE n.sort_key = t.sort_key AND t.inn IS NULL
                        AND NOT EXISTS (SELECT 1 FROM accounts_client x WHERE x.external_id = t.external_id)
                ) found
            ) m ON true
            LEFT JOIN accounts_client c ON c.id = m.client_id""",
        parameters,
    )


def _refuse_twins(report: Report) -> None:
    """Two rows of one file that are one client: the first stays."""
    key = """coalesce('c' || client_id, 'e' || external_id, 'i' || inn || '/' || coalesce(kpp, ''), 'n' || sort_key)"""
    taken = rows_of(
        f"""DELETE FROM laid_clients t USING (
                SELECT {key} AS key, min(row) AS first FROM laid_clients GROUP BY 1 HAVING count(*) > 1
            ) f WHERE {key.replace("client_id", "t.client_id")} = f.key AND t.row > f.first
            RETURNING t.row, t.name"""
    )
    for row, name in sorted(taken):
        report.problem(row, _("Client"), name, _("The file names this client more than once; the first stays."))
    report.count("rows_skipped", len(taken))


def _change(who: Authority, report: Report, master: bool) -> None:
    wanted = {"external_id": "coalesce(o.external_id, t.external_id)"}
    for field in _LEGAL:
        if master:
            wanted[field] = f"coalesce(t.{field}, o.{field})"
        else:
            wanted[field] = f"coalesce(nullif(o.{field}, ''), t.{field}, '')"
    for field in _OURS:
        empty = f"o.{field}" if field.endswith("_id") else f"nullif(o.{field}, '')"
        last = "NULL" if field.endswith("_id") else "''"
        wanted[field] = f"coalesce({empty}, t.{field}, {last})"
    changed = overwrite("accounts_client", "laid_clients", "client_id", "changed_clients", wanted)
    report.count("clients_changed", changed)
    if changed:
        _refresh_search("changed_clients")
        tell_trail("import", "accounts.client", "id", "changed_clients", who, changes=NOTHING_MORE)


def _create(who: Authority, report: Report, day: dt.date) -> None:
    now = clock.now()
    texts = ("legal_name", *_NUMBERS, "legal_address", "bank_name", "city", "phone", "email", "website", "comment")
    filled = ", ".join(f"coalesce({field}, '')" for field in texts)
    derive("created_clients", "SELECT * FROM laid_clients WHERE client_id IS NULL")
    created = rows_of(
        f"""WITH made AS (
                INSERT INTO accounts_client (created_at, updated_at, version, name, sort_key, search, external_id,
                    channel, status, manager_id, territory_id, segment_id, group_id, {", ".join(texts)})
                SELECT %s, %s, 1, name, sort_key, '', external_id, coalesce(channel, 'dealer'),
                    coalesce(status, 'prospect'), manager_id, territory_id, segment_id, group_id, {filled}
                FROM created_clients ORDER BY row RETURNING id, sort_key, inn, kpp, external_id
            ) UPDATE laid_clients t SET client_id = m.id FROM made m
              WHERE t.client_id IS NULL AND t.sort_key = m.sort_key AND coalesce(t.inn, '') = m.inn
                AND coalesce(t.kpp, '') = m.kpp AND t.external_id IS NOT DISTINCT FROM m.external_id
              RETURNING m.id, t.row""",
        [now, now],
    )
    report.count("clients_created", len(created))
    if created:
        derive("made_clients", "SELECT l.client_id AS id, row FROM laid_clients l JOIN created_clients USING (row)")
        _refresh_search("made_clients")
        tell_trail("import", "accounts.client", "id", "made_clients", who, changes=NOTHING_MORE)
        execute(
            """INSERT INTO accounts_clienthandover (client_id, to_manager_id, handed_on, by_id, reason, notes)
               SELECT c.id, c.manager_id, %s, %s, '', '' FROM made_clients m JOIN accounts_client c ON c.id = m.id
               WHERE c.manager_id IS NOT NULL""",
            [day, who.by.pk],
        )


def _refresh_search(table: str) -> None:
    """Write the search words of clients whose fields were written by a statement."""
    rows = rows_of(f"SELECT c.id, c.name, c.legal_name, c.inn, c.city FROM accounts_client c JOIN {table} USING (id)")
    stage("client_words", {"id": "bigint", "search": "text"}, ((pk, search_words(*texts)) for pk, *texts in rows))
    execute("UPDATE accounts_client c SET search = w.search FROM client_words w WHERE c.id = w.id")
