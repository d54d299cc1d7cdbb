"""The only writers of this floor."""

from accounts.actions.activities import change_activity, complete_activity, create_activity, drop_activity, log_activity
from accounts.actions.calendar import clear_decreed_day, set_decreed_day
from accounts.actions.clients import change_client, create_client, move_client
from accounts.actions.contacts import change_contact, create_contact
from accounts.actions.contracts import change_contract, create_contract
from accounts.actions.credit import (
    change_credit_cover,
    change_credit_fact,
    create_credit_cover,
    create_credit_fact,
    set_credit_policy,
)
from accounts.actions.directories import (
    change_client_group,
    change_price_column,
    change_segment,
    change_territory,
    create_client_group,
    create_price_column,
    create_segment,
    create_territory,
)
from accounts.actions.handovers import hand_over_client, hand_over_clients
from accounts.actions.holds import lift_hold, place_hold
from accounts.actions.outlets import change_outlet, create_outlet
from accounts.actions.requisites import EVERY_WARNING, Unconfirmed
from accounts.actions.terms import set_terms

__all__ = [
    "EVERY_WARNING",
    "Unconfirmed",
    "change_activity",
    "change_client",
    "change_client_group",
    "change_contact",
    "change_contract",
    "change_credit_cover",
    "change_credit_fact",
    "change_outlet",
    "change_price_column",
    "change_segment",
    "change_territory",
    "clear_decreed_day",
    "complete_activity",
    "create_activity",
    "create_client",
    "create_client_group",
    "create_contact",
    "create_contract",
    "create_credit_cover",
    "create_credit_fact",
    "create_outlet",
    "create_price_column",
    "create_segment",
    "create_territory",
    "drop_activity",
    "hand_over_client",
    "hand_over_clients",
    "lift_hold",
    "log_activity",
    "move_client",
    "place_hold",
    "set_credit_policy",
    "set_decreed_day",
    "set_terms",
]
