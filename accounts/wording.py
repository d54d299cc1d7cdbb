"""What the reasons of this floor's rules say to people."""

from django.utils.translation import gettext_lazy as _

REQUISITES = {
    "inn_form": _("An INN has 10 digits (organisation) or 12 (person); this one has %(length)s characters."),
    "inn_zeros": _("An INN of zeros belongs to nobody."),
    "inn_checksum": _("The check digits of the INN do not fit: there is a typing error."),
    "kpp_form": _("A KPP is 9 characters like 770101001."),
    "kpp_zeros": _("A KPP does not begin with 0000."),
    "kpp_needed": _("An organisation usually has a KPP."),
    "kpp_of_person": _("A person (INN of 12 digits) has no KPP."),
    "ogrn_form": _("An OGRN has 13 digits, an OGRNIP 15; this one has %(length)s characters."),
    "ogrn_first_digit": _("An OGRN begins with 1 or 5, an OGRNIP with 3."),
    "ogrn_checksum": _("The check digit of the OGRN does not fit: there is a typing error."),
    "ogrn_of_other_form": _("OGRN goes with an INN of 10 digits, OGRNIP with one of 12."),
    "bik_form": _("A BIK has 9 digits."),
    "bik_country": _("The BIK is not of a Russian bank."),
    "bik_needed": _("Enter the BIK: without it the account cannot be checked."),
    "account_form": _("An account has 20 digits; this one has %(length)s characters."),
    "account_checksum": _("The account does not fit the bank with BIK %(bik)s."),
    "treasury_account": _("This is a treasury account: it cannot be checked against its BIK."),
    "correspondent_account_form": _("A correspondent account has 20 digits; this one has %(length)s characters."),
    "correspondent_account_checksum": _("The correspondent account does not fit the bank with BIK %(bik)s."),
    "correspondent_account_of_other_bank": _("The correspondent account is not of the bank with BIK %(bik)s."),
    "duplicate": _("A client with this INN and KPP exists already: %(client)s (KAM: %(manager)s)."),
    "duplicate_unseen": _("Another KAM has a client with this INN and KPP. Ask the head of sales before you go on."),
}

DUE_DATES = {
    "moved_off_day_off": _("%(off_on)s is a day off: moved to %(moved_on)s."),
}
