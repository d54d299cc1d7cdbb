"""What is wrong with a client's requisites, said in words, and what of it a person may confirm."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.queries import duplicates_of
from accounts.rules.requisites import Finding, Requisites, Severity, check_requisites, tidy
from kam.refusals import Refusal, Refused, Unconfirmed

NUMBERS = ("inn", "kpp", "ogrn", "bik", "account", "correspondent_account")
TEXTS = {
    "inn_form": gettext_noop("An INN has 10 digits (organisation) or 12 (person); this has %(length)s."),
    "inn_zeros": gettext_noop("An INN of zeros does not exist. Leave it empty while it is unknown."),
    "inn_checksum": gettext_noop("The check digits of this INN do not fit: look for a mistyped digit."),
    "kpp_form": gettext_noop("A KPP has 9 characters: 4 digits, 2 digits or Latin capitals, 3 digits."),
    "kpp_zeros": gettext_noop("A KPP cannot begin with 0000: no tax office has that number."),
    "kpp_needed": gettext_noop("An organisation has a KPP; none is given."),
    "kpp_of_person": gettext_noop("A sole trader (INN of 12 digits) has no KPP."),
    "ogrn_form": gettext_noop("An OGRN has 13 digits, an OGRNIP 15; this has %(length)s."),
    "ogrn_first_digit": gettext_noop("An OGRN begins with 1 or 5, an OGRNIP with 3; this begins with %(digit)s."),
    "ogrn_checksum": gettext_noop("The check digit of this OGRN does not fit: look for a mistyped digit."),
    "ogrn_of_other_form": gettext_noop("INN and OGRN do not belong together: one is a person's, one a company's."),
    "bik_form": gettext_noop("A BIK has 9 digits; this has %(length)s."),
    "bik_needed": gettext_noop("Give the BIK too: the account is checked against it."),
    "bik_country": gettext_noop("The BIK begins with %(begins)s: Russian banks begin with 04."),
    "account_form": gettext_noop("A settlement account has 20 digits; this has %(length)s."),
    "account_checksum": gettext_noop("This settlement account does not fit the BIK %(bik)s: one of them is mistyped."),
    "correspondent_account_form": gettext_noop("A correspondent account has 20 digits; this has %(length)s."),
    "correspondent_account_checksum": gettext_noop(
        "This correspondent account does not fit the BIK %(bik)s: one of them is mistyped."
    ),
    "correspondent_account_of_other_bank": gettext_noop(
        "This correspondent account is another bank's: it begins with 301 and ends like the BIK %(bik)s."
    ),
    "treasury_account": gettext_noop("The treasury keeps this account: is the client a state body?"),
    "duplicate": gettext_noop("A client with this INN and KPP exists already: %(client)s (KAM: %(manager)s)."),
    "duplicate_unseen": gettext_noop(
        "A client with this INN and KPP exists already in another team. Ask the head of sales before you go on."
    ),
}
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
    text = _(TEXTS[finding.code]) % finding.values
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
