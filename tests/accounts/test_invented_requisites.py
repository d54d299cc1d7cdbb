"""Invented companies have requisites that hold together."""

import pytest

from accounts.rules.invented import invented_requisites
from accounts.rules.requisites import check_requisites


@pytest.mark.parametrize("sole_trader", [False, True])
@pytest.mark.parametrize("tax_office", ["7701", "0278", "6678"])
def test_they_pass_the_checks(tax_office, sole_trader):
    for number in (0, 1, 299, 300, 12345, 99_999):
        assert check_requisites(invented_requisites(number, tax_office, sole_trader)) == ()


def test_every_number_is_another_company():
    made = [invented_requisites(number) for number in range(2000)]
    assert (
        len({each.inn for each in made}) == len({each.ogrn for each in made}) == len({e.account for e in made}) == 2000
    )


def test_no_more_than_there_are_numbers():
    with pytest.raises(ValueError):
        invented_requisites(100_000)
