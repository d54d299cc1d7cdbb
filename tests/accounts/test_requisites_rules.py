import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.requisites import (
    Requisites,
    Severity,
    account_key_stem,
    check_account,
    check_bik,
    check_correspondent_account,
    check_inn,
    check_kpp,
    check_ogrn,
    check_requisites,
    correspondent_key_stem,
    is_blocking,
    with_account_key,
    with_inn_key,
    with_ogrn_key,
)

BANK = "044525225"


def codes(findings):
    return [each.code for each in findings]


def digits(length):
    return st.text("0123456789", min_size=length, max_size=length)


@pytest.mark.parametrize("inn", ["", "7707083893", "7736050003", "500100732259"])
def test_a_real_inn_passes(inn):
    assert check_inn(inn) == ()


@pytest.mark.parametrize(
    ("inn", "code"),
    [
        ("0000000000", "inn_zeros"),
        ("000000000000", "inn_zeros"),
        ("7707083894", "inn_checksum"),
        ("7770083893", "inn_checksum"),
        ("500100732258", "inn_checksum"),
        ("500100732359", "inn_checksum"),
        ("770708389", "inn_form"),
        ("77070838931", "inn_form"),
        ("770708389x", "inn_form"),
        ("٧٧٠٧٠٨٣٨٩٣", "inn_form"),
    ],
)
def test_a_wrong_inn_is_an_error(inn, code):
    findings = check_inn(inn)
    assert codes(findings) == [code]
    assert is_blocking(findings)
    assert findings[0].field == "inn"


@pytest.mark.parametrize("digit", "0123456789")
@pytest.mark.parametrize("length", [10, 12])
def test_one_repeated_digit_is_never_an_inn(digit, length):
    assert is_blocking(check_inn(digit * length))


@given(st.one_of(digits(9), digits(10)).filter(int), st.data())
def test_one_changed_digit_is_nearly_always_seen(stem, data):
    inn = with_inn_key(stem)
    assert check_inn(inn) == ()
    key = inn[len(stem) :]
    other = data.draw(digits(len(key)).filter(lambda each: each != key))
    assert codes(check_inn(stem + other)) == ["inn_checksum"]


@pytest.mark.parametrize(
    ("kpp", "expected"),
    [("", []), ("773601001", []), ("7736AB001", []), ("7736ab001", ["kpp_form"]), ("77360100", ["kpp_form"]),
     ("7736АВ001", ["kpp_form"]), ("773601A01", ["kpp_form"]), ("000001001", ["kpp_zeros"])],
)  # fmt: skip
def test_kpp(kpp, expected):
    assert codes(check_kpp(kpp)) == expected


@pytest.mark.parametrize(
    ("ogrn", "expected"),
    [
        ("", []),
        ("1027700132195", []),
        ("1027700070518", []),
        ("304500116000157", []),
        ("1027700132194", ["ogrn_checksum"]),
        ("304500116000158", ["ogrn_checksum"]),
        ("0000000000000", ["ogrn_first_digit"]),
        ("000000000000000", ["ogrn_first_digit"]),
        ("102770013219", ["ogrn_form"]),
    ],
)
def test_ogrn(ogrn, expected):
    assert codes(check_ogrn(ogrn)) == expected


@given(st.one_of(digits(11).map("1".__add__), digits(13).map("3".__add__)))
def test_a_completed_ogrn_passes(stem):
    assert check_ogrn(with_ogrn_key(stem)) == ()


@pytest.mark.parametrize(
    ("bik", "expected"),
    [("", []), (BANK, []), ("017003983", []), ("04452522", ["bik_form"]), ("000000000", ["bik_form"]),
     ("144525225", ["bik_country"])],
)  # fmt: skip
def test_bik(bik, expected):
    assert codes(check_bik(bik)) == expected


def test_an_account_fits_its_bank():
    account = with_account_key("40702810000000012345", account_key_stem(BANK))
    assert account == "40702810200000012345"
    assert check_account(account, BANK) == ()
    assert codes(check_account(account, "044525974")) == ["account_checksum"]
    assert codes(check_account("40702810600000012345", BANK)) == ["account_checksum"]


@pytest.mark.parametrize(
    ("account", "bik"),
    [("40602810700000000025", "049805746"), ("40102810100000010001", "040305000")],
)
def test_the_examples_of_the_central_bank(account, bik):
    assert with_account_key(account[:8] + "0" + account[9:], account_key_stem(bik)) == account


def test_an_account_at_a_settlement_centre_is_keyed_by_the_centre():
    centre = "044525000"
    account = with_account_key("40503810000000012345", account_key_stem(centre))
    assert account_key_stem(centre) == correspondent_key_stem(centre) == "025"
    assert check_account(account, centre) == ()


def test_a_real_correspondent_account_fits_its_bank():
    assert check_correspondent_account("30101810400000000225", BANK) == ()


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("30101810500000000225", ["correspondent_account_checksum"]),
        ("3010181040000000022", ["correspondent_account_form"]),
        ("00000000000000000000", ["correspondent_account_form"]),
        (
            with_account_key("30101810000000000226", correspondent_key_stem(BANK)),
            ["correspondent_account_of_other_bank"],
        ),
        (
            with_account_key("40702810000000000225", correspondent_key_stem(BANK)),
            ["correspondent_account_of_other_bank"],
        ),
    ],
)
def test_a_wrong_correspondent_account(account, expected):
    assert codes(check_correspondent_account(account, BANK)) == expected


def test_a_treasury_account_only_warns():
    findings = check_requisites(
        Requisites(
            bik="017003983",
            account="03100643000000018500",
            correspondent_account="40102810445370000059",
        )
    )
    assert [(each.code, each.field, each.severity) for each in findings] == [
        ("treasury_account", "account", Severity.WARNING),
        ("treasury_account", "correspondent_account", Severity.WARNING),
    ]
    assert not is_blocking(findings)


def test_an_account_needs_a_bik():
    assert codes(check_account("40702810200000012345", "")) == ["bik_needed"]


def test_an_account_is_not_judged_by_a_broken_bik():
    findings = check_requisites(Requisites(bik="0445", account="40702810200000012345"))
    assert codes(findings) == ["bik_form"]


def test_nothing_given_is_nothing_wrong():
    assert check_requisites(Requisites()) == ()


def test_spaces_are_ignored():
    assert check_requisites(Requisites(inn="7707 083893", kpp=" 773601001", ogrn="1027700132195 ")) == ()


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (Requisites(inn="7707083893"), [("kpp_needed", Severity.WARNING)]),
        (Requisites(inn="500100732259", kpp="773601001"), [("kpp_of_person", Severity.ERROR)]),
        (Requisites(inn="500100732259", ogrn="1027700132195"), [("ogrn_of_other_form", Severity.ERROR)]),
        (
            Requisites(inn="7707083893", kpp="773601001", ogrn="304500116000157"),
            [("ogrn_of_other_form", Severity.ERROR)],
        ),
    ],
)
def test_fields_are_held_against_each_other(given_, expected):
    assert [(each.code, each.severity) for each in check_requisites(given_)] == expected


def test_everything_wrong_is_shown_at_once():
    findings = check_requisites(Requisites("0000000000", "1", "2", "3", "40702810200000012345", "30101810400000000225"))
    assert codes(findings) == ["inn_zeros", "kpp_form", "ogrn_form", "bik_form"]


@given(digits(20), digits(7).map("04".__add__))
def test_a_keyed_account_always_fits(account, bik):
    keyed = with_account_key("407" + account[3:], account_key_stem(bik))
    assert check_account(keyed, bik) == ()
