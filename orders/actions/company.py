"""Writer of our own company's requisites."""

from accounts.rules.requisites import Requisites, check_requisites, is_blocking, tidy
from accounts.wording import REQUISITES
from kam import trail
from kam.access import authority
from kam.records import change_record, written
from kam.refusals import Refused
from kam.wording import refusals_for
from kam.writing import writes
from orders.models import Company

CHECKED = ("inn", "kpp", "ogrn", "bik", "account", "correspondent_account")


@writes
def save_company(*, by, version: int | None = None, **fields) -> Company:
    """Enter or change the requisites our papers carry; there is one such row.

    Raises Forbidden, EditConflict, and Refused beside the fields whose check digits are wrong.
    """
    fields = {name: tidy(value) if name in CHECKED else value for name, value in fields.items()}
    known = Company.objects.filter(pk=Company.THE_ONE).first()
    _check({name: fields.get(name, getattr(known, name, "")) for name in CHECKED})
    if known is not None:
        return change_record(
            Company, Company.THE_ONE, by=by, permission="orders.change_company", version=version, **fields
        )
    who = authority(by, "orders.change_company")
    company = Company(**fields)
    written(company)
    trail.record(company, "create", by=who)
    return company


def change_company(pk: int, *, by, version: int | None = None, **fields) -> Company:
    """Change the one row; see `save_company`."""
    return save_company(by=by, version=version, **fields)


def _check(numbers: dict[str, str]) -> None:
    findings = check_requisites(Requisites(**numbers))
    if is_blocking(findings):
        raise Refused(*refusals_for(findings, REQUISITES))
