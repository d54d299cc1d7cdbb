"""What is wrong with a client's requisites, said in words, and what of it a person may confirm."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from accounts.queries import duplicates_of
from accounts.rules.requisites import Finding, Requisites, Severity, check_requisites, tidy
from accounts.wording import REQUISITES
from kam.refusals import Refusal, Refused, Unconfirmed

NUMBERS = ("inn", "kpp", "ogrn", "bik", "account", "correspondent_account")
EVERY_WARNING = frozenset({"kpp_needed", "bik_country", "treasury_account", "duplicate", "duplicate_unseen"})


def tidied(fields: dict) -> dict:
    """The fields with their numbers as they are stored: no spaces, Latin letters in capitals."""
    return {name: tidy(value) if name in NUMBERS and value else value for name, value in fields.items()}


def requisite_findings(numbers: Mapping[str, str], by, except_id: int | None = None) -> tuple[Finding, ...]:
    """Everything wrong with the numbers of a client (`NUMBERS`), likely duplicates included."""
    given = {name: numbers.get(name) or "" for name in NUMBERS}
    found = check_requisites(Requisites(**given))
    twins = duplicates_of(given["inn"], given["kpp"], except_id)
    return (*found, *(_duplicate(twin, by) for twin in twins))


def _duplicate(twin, by) -> Finding:
    if not by.is_superuser and not by.standings.reach_for("accounts.view_client").covers(twin.manager_id):
        return Finding("duplicate_unseen", "inn", Severity.WARNING)
    values = {"client": twin.name, "manager": twin.manager_name or _("nobody"), "client_id": twin.client_id}
    return Finding("duplicate", "inn", Severity.WARNING, values)


def refusal_of(finding: Finding) -> Refusal:
    """The finding in the reader's words, beside the field of the form."""
    text = str(REQUISITES[finding.code]) % finding.values
    return Refusal(finding.code, text, field=finding.field)


def check_findings(findings: Iterable[Finding], confirmed: Iterable[str]) -> None:
    """Raise Refused for errors (with the open warnings), Unconfirmed where only warnings are open."""
    confirmed = set(confirmed)
    errors = [each for each in findings if each.severity is Severity.ERROR]
    warnings = [each for each in findings if each.severity is Severity.WARNING and each.code not in confirmed]
    if errors:
        raise Refused(*map(refusal_of, (*errors, *warnings)))
    if warnings:
        raise Unconfirmed(*map(refusal_of, warnings))
