"""The declared pages of this floor."""

from accounts.pages.clients import ClientPage
from accounts.pages.credit import CreditHoldPage, CreditTermsPage
from accounts.pages.directories import ClientGroupPage, DecreedDayPage, PriceColumnPage, SegmentPage, TerritoryPage
from accounts.pages.parts import ContactPage, ContractPage, OutletPage
from accounts.pages.week import ActivityPage

__all__ = [
    "ActivityPage",
    "ClientGroupPage",
    "ClientPage",
    "ContactPage",
    "ContractPage",
    "CreditHoldPage",
    "CreditTermsPage",
    "DecreedDayPage",
    "OutletPage",
    "PriceColumnPage",
    "SegmentPage",
    "TerritoryPage",
]
