"""The declared pages of this floor."""

from accounts.pages.clients import ClientPage
from accounts.pages.credit import (
    CreditCoverPage,
    CreditFactPage,
    CreditHoldPage,
    CreditPolicyPage,
    CreditTermsPage,
)
from accounts.pages.directories import ClientGroupPage, DecreedDayPage, PriceColumnPage, SegmentPage, TerritoryPage
from accounts.pages.parts import ContactPage, ContractPage, OutletPage
from accounts.pages.week import ActivityPage

__all__ = [
    "ActivityPage",
    "ClientGroupPage",
    "ClientPage",
    "ContactPage",
    "ContractPage",
    "CreditCoverPage",
    "CreditFactPage",
    "CreditHoldPage",
    "CreditPolicyPage",
    "CreditTermsPage",
    "DecreedDayPage",
    "OutletPage",
    "PriceColumnPage",
    "SegmentPage",
    "TerritoryPage",
]
