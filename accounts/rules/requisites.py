"""Legal requisites of a Russian client: do the numbers hold together?

A finding is an error (the number cannot exist) or a warning (it can, but look again). Blank fields are not
looked at: which of them a client must have is for the form to say.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ACCOUNT_WEIGHTS = (7, 1, 3)
INN_WEIGHTS_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_WEIGHTS_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_WEIGHTS_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
KPP_FORM = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
KEY_PLACE = 8  # the control key is the ninth digit of an account


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with which field; `values` hold the figures that the text of `code` needs."""

    code: str
    field: str
    severity: Severity = Severity.ERROR
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Requisites:
    """The numbers as typed; spaces are ignored, blank means unknown."""

    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    bik: str = ""
    account: str = ""
    correspondent_account: str = ""


def check_requisites(given: Requisites) -> tuple[Finding, ...]:
    """Return everything that is wrong with `given`: each field by itself, then against each other."""
    clean = Requisites(**{name: tidy(getattr(given, name)) for name in Requisites.__slots__})
    return (
        *check_inn(clean.inn),
        *check_kpp(clean.kpp),
        *check_ogrn(clean.ogrn),
        *check_bik(clean.bik),
        *check_account(clean.account, clean.bik),
        *check_correspondent_account(clean.correspondent_account, clean.bik),
        *_check_together(clean),
    )


def tidy(number: str) -> str:
    """Return a number without spaces, in capitals: what is stored and compared."""
    return "".join(number.split()).upper()


def is_blocking(findings: tuple[Finding, ...]) -> bool:
    """Return whether one of the findings is an error."""
    return any(each.severity is Severity.ERROR for each in findings)


def check_inn(inn: str, field: str = "inn") -> tuple[Finding, ...]:
    """Check an ИНН: 10 digits of an organisation or 12 of a person, with its check digits.

    All zeros pass the arithmetic and are refused by name: they are what people type to get past a form. No
    other number of one repeated digit passes it.
    """
    if not inn:
        return ()
    if not _is_digits(inn, 10, 12):
        return (Finding("inn_form", field, values={"lengths": (10, 12), "length": len(inn)}),)
    if not int(inn):
        return (Finding("inn_zeros", field),)
    stem = inn[:-1] if len(inn) == 10 else inn[:-2]
    return () if with_inn_key(stem) == inn else (Finding("inn_checksum", field),)


def check_kpp(kpp: str, field: str = "kpp") -> tuple[Finding, ...]:
    """Check a КПП: tax office (4 digits), cause (2 digits or Latin capitals), number (3 digits)."""
    if not kpp:
        return ()
    if not KPP_FORM.fullmatch(kpp):
        return (Finding("kpp_form", field),)
    return (Finding("kpp_zeros", field),) if kpp.startswith("0000") else ()


def check_ogrn(ogrn: str, field: str = "ogrn") -> tuple[Finding, ...]:
    """Check an ОГРН (13 digits, begins with 1 or 5) or ОГРНИП (15 digits, begins with 3)."""
    if not ogrn:
        return ()
    if not _is_digits(ogrn, 13, 15):
        return (Finding("ogrn_form", field, values={"lengths": (13, 15), "length": len(ogrn)}),)
    if ogrn[0] not in ("15" if len(ogrn) == 13 else "3"):
        return (Finding("ogrn_first_digit", field, values={"digit": ogrn[0]}),)
    return () if with_ogrn_key(ogrn[:-1]) == ogrn else (Finding("ogrn_checksum", field),)


def check_bik(bik: str, field: str = "bik") -> tuple[Finding, ...]:
    """Check a БИК; one that is neither of a Russian bank (04…) nor of the treasury (00…–03…) only warns."""
    if not bik:
        return ()
    if not _is_digits(bik, 9) or not int(bik):
        return (Finding("bik_form", field, values={"lengths": (9,), "length": len(bik)}),)
    if bik[:2] not in ("00", "01", "02", "03", "04"):
        return (Finding("bik_country", field, Severity.WARNING, {"begins": bik[:2]}),)
    return ()


def check_account(account: str, bik: str, field: str = "account") -> tuple[Finding, ...]:
    """Check a settlement account against its БИК; a treasury account (03…, 40102…) only warns."""
    if account and is_treasury_account(account):
        return (Finding("treasury_account", field, Severity.WARNING),)
    return _check_keyed(account, bik, field, account_key_stem)


def check_correspondent_account(account: str, bik: str, field: str = "correspondent_account") -> tuple[Finding, ...]:
    """Check a correspondent account against its БИК: 301…, ends as the БИК; the treasury's only warns."""
    if account and is_treasury_account(account):
        return (Finding("treasury_account", field, Severity.WARNING),)
    findings = _check_keyed(account, bik, field, correspondent_key_stem)
    if findings or not account or not _is_digits(bik, 9):
        return findings
    if not account.startswith("301") or account[-3:] != bik[-3:]:
        return (Finding("correspondent_account_of_other_bank", field, values={"bik": bik}),)
    return ()


def is_treasury_account(account: str) -> bool:
    """Return whether the treasury keeps an account: 03…, or 40102… of the single account behind it."""
    return _is_digits(account, 20) and account.startswith(("03", "40102"))


def with_inn_key(stem: str) -> str:
    """Return the whole ИНН that begins with `stem` (9 digits of an organisation, 10 of a person)."""
    if len(stem) == 9:
        return stem + _weighed(stem, INN_WEIGHTS_10)
    if len(stem) != 10:
        raise ValueError("an ИНН without its check digits has 9 or 10 digits")
    eleven = stem + _weighed(stem, INN_WEIGHTS_11)
    return eleven + _weighed(eleven, INN_WEIGHTS_12)


def with_ogrn_key(stem: str) -> str:
    """Return the whole ОГРН (`stem` of 12 digits) or ОГРНИП (14 digits)."""
    if len(stem) not in (12, 14):
        raise ValueError("an ОГРН without its check digit has 12 or 14 digits")
    return stem + str(int(stem) % (len(stem) - 1) % 10)


def with_account_key(account: str, key_stem: str) -> str:
    """Return `account` (20 digits, whatever stands in the ninth place) with the key that fits its bank.

    `key_stem` comes from `account_key_stem(bik)` or `correspondent_key_stem(bik)`.
    """
    blank = f"{account[:KEY_PLACE]}0{account[KEY_PLACE + 1 :]}"
    return f"{blank[:KEY_PLACE]}{_account_sum(key_stem + blank) * 3 % 10}{blank[KEY_PLACE + 1 :]}"


def account_key_stem(bik: str) -> str:
    """Return the three digits that an account's key is counted with: the last three of the БИК.

    A bank that is itself such a centre (the last three digits are 000, 001 or 002) takes 0 and digits 5–6.
    """
    return correspondent_key_stem(bik) if bik[-3:] in ("000", "001", "002") else bik[-3:]


def correspondent_key_stem(bik: str) -> str:
    """Return what a correspondent account's key is counted with: 0 and digits 5–6 of the БИК."""
    return f"0{bik[4:6]}"


def _check_keyed(account: str, bik: str, field: str, key_stem: Callable[[str], str]) -> tuple[Finding, ...]:
    if not account:
        return ()
    if not _is_digits(account, 20) or not int(account):
        return (Finding(f"{field}_form", field, values={"lengths": (20,), "length": len(account)}),)
    if not bik:
        return (Finding("bik_needed", "bik"),)
    if not _is_digits(bik, 9):
        return ()  # the БИК has its own finding; the account cannot be judged
    if _account_sum(key_stem(bik) + account) % 10:
        return (Finding(f"{field}_checksum", field, values={"bik": bik}),)
    return ()


def _check_together(given: Requisites) -> Iterator[Finding]:
    organisation, person = len(given.inn) == 10, len(given.inn) == 12
    if organisation and not given.kpp:
        yield Finding("kpp_needed", "kpp", Severity.WARNING)
    if person and given.kpp:
        yield Finding("kpp_of_person", "kpp")
    if (organisation and len(given.ogrn) == 15) or (person and len(given.ogrn) == 13):
        yield Finding("ogrn_of_other_form", "ogrn", values={"inn_length": len(given.inn)})


def _weighed(digits: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 % 10)


def _account_sum(digits: str) -> int:
    return sum(int(d) * ACCOUNT_WEIGHTS[i % 3] for i, d in enumerate(digits))


def _is_digits(text: str, *lengths: int) -> bool:
    return len(text) in lengths and text.isascii() and text.isdigit()
