"""Requisites of companies that do not exist, with check digits that fit: for the demo company and the tests."""

from accounts.rules.requisites import (
    Requisites,
    account_key_stem,
    correspondent_key_stem,
    with_account_key,
    with_inn_key,
    with_ogrn_key,
)


def invented_requisites(number: int, tax_office: str = "7701", sole_trader: bool = False) -> Requisites:
    """Return a whole set of requisites, another one for every `number` from 0 to 99 999.

    `tax_office` (4 digits) begins the ИНН and the КПП; its first two digits are the region.
    """
    if not 0 <= number < 100_000:
        raise ValueError("numbers of invented companies go from 0 to 99999")
    region = tax_office[:2]
    bik = f"0445{region if region != '77' else '25'}{600 + number % 300}"
    kind = "40802" if sole_trader else "40702"
    account = f"{kind}8100{number % 9999 + 1:04}{number:07}"
    correspondent = f"30101810000000000{bik[-3:]}"
    return Requisites(
        inn=with_inn_key(f"{tax_office}9{number:05}" if sole_trader else f"{tax_office}{number:05}"),
        kpp="" if sole_trader else f"{tax_office}01001",
        ogrn=with_ogrn_key(f"318{region}0009{number:05}" if sole_trader else f"115{region}90{number:05}"),
        bik=bik,
        account=with_account_key(account, account_key_stem(bik)),
        correspondent_account=with_account_key(correspondent, correspondent_key_stem(bik)),
    )
