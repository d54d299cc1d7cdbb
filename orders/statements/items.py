"""What a statement says, one value each. ``line`` is the line of the file it was read from."""

import enum
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


class Source(enum.StrEnum):
    """The format a statement came in."""

    EXCHANGE = "1c"
    CAMT = "camt.053"
    MT940 = "mt940"


class Severity(enum.StrEnum):
    """ERROR: the document was left out. WARNING: taken, a person should look. NOTE: left out on purpose."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file: where, in which field, what value, and a sentence for the person."""

    severity: Severity
    code: str
    text: str
    line: int = 0
    field: str = ""
    value: str = ""
    file: str = ""


@dataclass(slots=True)
class Section:
    """One account for a period. `number` counts the sections of a file from nought; unknown balances are None.

    `received` and `spent` are what the bank itself adds up, None where it does not.
    """

    number: int
    account: str
    source: Source
    starts_on: date | None = None
    ends_on: date | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    received: Decimal | None = None
    spent: Decimal | None = None
    currency: str = ""
    reference: str = ""
    owner_inn: str = ""
    bik: str = ""
    bank: str = ""
    line: int = 0
    file: str = ""


@dataclass(slots=True)
class Movement:
    """Money that came to the account of its section or went from it; `other_*` is the other party.

    `fee` says that the bank's own code calls it a charge, `reversal` that it takes an earlier entry back.
    """

    section: int
    is_incoming: bool
    amount: Decimal
    booked_on: date
    currency: str = ""
    document_kind: str = ""
    document_number: str = ""
    document_on: date | None = None
    other_name: str = ""
    other_inn: str = ""
    other_kpp: str = ""
    other_account: str = ""
    other_bik: str = ""
    other_bank: str = ""
    purpose: str = ""
    reference: str = ""
    fee: bool = False
    reversal: bool = False
    line: int = 0


Item = Section | Movement | Finding


@dataclass(slots=True)
class Statement:
    """A section with its movements: for small files and tests."""

    section: Section
    movements: list[Movement] = field(default_factory=list)
