"""The text of a payment QR code by ГОСТ Р 56042-2014: a bank's application reads the whole transfer from it."""

from dataclasses import dataclass
from decimal import Decimal

from kam.money import rounded

HEAD = "ST00012"  # the standard's mark, version 0001, coded in UTF-8 (2)
LONGEST = {"Name": 160, "BankName": 45, "Purpose": 210}


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom the money goes to."""

    name: str
    account: str
    bank: str
    bik: str
    correspondent_account: str = ""
    inn: str = ""
    kpp: str = ""

    @property
    def is_payable(self) -> bool:
        """Whether everything a bank cannot do without is known."""
        return bool(self.name and self.account and self.bank and self.bik)


def qr_text(payee: Payee, amount: Decimal, purpose: str) -> str:
    """Return the text of the code; `amount` is in roubles, the code has kopecks.

    Raises ValueError when the payee lacks what the standard demands or the amount is not positive.
    """
    if not payee.is_payable:
        raise ValueError("a payment code needs name, account, bank and БИК")
    if rounded(amount) <= 0:
        raise ValueError("a payment code needs a positive amount")
    values = {
        "Name": payee.name,
        "PersonalAcc": payee.account,
        "BankName": payee.bank,
        "BIC": payee.bik,
        "CorrespAcc": payee.correspondent_account or "0",
        "PayeeINN": payee.inn,
        "KPP": payee.kpp,
        "Sum": str(int(rounded(amount) * 100)),
        "Purpose": purpose,
    }
    parts = [f"{name}={_clean(name, value)}" for name, value in values.items() if value]
    return "|".join([HEAD, *parts])


def _clean(name: str, value: str) -> str:
    """The separator cannot be part of a value; long values are cut as the standard allows."""
    text = " ".join(value.replace("|", " ").split())
    return text[: LONGEST.get(name, len(text))]
