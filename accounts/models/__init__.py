"""Nouns of the clients' floor."""

from accounts.models.activity import Activity
from accounts.models.client import Client
from accounts.models.client_group import ClientGroup
from accounts.models.client_handover import ClientHandover
from accounts.models.contact import Contact
from accounts.models.contract import Contract
from accounts.models.credit_cover import CreditCover
from accounts.models.credit_fact import CreditFact
from accounts.models.credit_hold import CreditHold
from accounts.models.credit_policy import CreditPolicy
from accounts.models.credit_terms import CreditTerms
from accounts.models.decreed_day import DecreedDay
from accounts.models.outlet import Outlet
from accounts.models.price_column import PriceColumn
from accounts.models.segment import Segment
from accounts.models.territory import Territory

__all__ = [
    "Activity",
    "Client",
    "ClientGroup",
    "ClientHandover",
    "Contact",
    "Contract",
    "CreditCover",
    "CreditFact",
    "CreditHold",
    "CreditPolicy",
    "CreditTerms",
    "DecreedDay",
    "Outlet",
    "PriceColumn",
    "Segment",
    "Territory",
]
