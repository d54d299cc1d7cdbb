"""Who may do what: the one readable place.

A role is a group of the same name, seeded by migration. It says how far its holder sees (`scope`) and
what its holder may do (`grants`). Codes are `app.verb_noun`; `app.view_*` opens every document of an app but
what is guarded. The sets of codes that several roles share stand in `kam.grants`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_lazy as _

from kam.grants import (
    BANK_VIEW,
    BANK_WORK,
    CATALOGUE_WORK,
    CLAIM_WORK,
    CLIENT_WORK,
    COLLECTING,
    COLLECTING_POLICY,
    COVER_WORK,
    EVERYONE,
    EXPORT,
    GUARDED,
    MONEY_WORK,
    ORDER_WORK,
    REVIEW_WORK,
    SETTLEMENT_WORK,
    TRUSTED,
    WAREHOUSE_WORK,
)


class Scope(Enum):
    """Whose clients a role sees."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True)
class Role:
    """What holders of one role see and may do."""

    label: str
    scope: Scope
    grants: frozenset[str]


ROLES: dict[str, Role] = {
    "kam": Role(
        _("Key account manager"),
        Scope.OWN,
        frozenset(
            TRUSTED
            | CLAIM_WORK
            | SETTLEMENT_WORK
            | CLIENT_WORK
            | ORDER_WORK
            | COLLECTING
            | EXPORT
            | REVIEW_WORK
            | {
                "orders.add_intake",
                "orders.change_intake",
                "orders.view_margin",
            }
        ),
    ),
    "sales_support": Role(
        _("Sales support"),
        Scope.ALL,
        frozenset(
            TRUSTED
            | CLAIM_WORK
            | SETTLEMENT_WORK
            | CLIENT_WORK
            | ORDER_WORK
            | WAREHOUSE_WORK
            | BANK_WORK
            | EXPORT
            | {
                "orders.settle_discrepancyact",
                "orders.add_intake",
                "orders.change_intake",
                "orders.take_intake",
                "orders.return_intake",
                "orders.receive_supply",
                "orders.import_catalogue",
                "accounts.import_clients",
                "orders.add_supply",
                "orders.change_supply",
            }
        ),
    ),
    "head_of_sales": Role(
        _("Head of sales"),
        Scope.TEAM,
        frozenset(
            TRUSTED
            | CLAIM_WORK
            | SETTLEMENT_WORK
            | CLIENT_WORK
            | ORDER_WORK
            | CATALOGUE_WORK
            | COLLECTING
            | EXPORT
            | REVIEW_WORK
            | COVER_WORK
            | {
                "orders.approve_discrepancyact",
                "orders.settle_discrepancyact",
                "orders.decide_creditreview",
                "orders.view_margin",
                "orders.view_cost",
                "orders.set_cost",
                "orders.approve_order",
                "orders.return_order",
                "orders.release_order",
                "orders.close_order",
                "orders.add_specialterm",
                "orders.change_specialterm",
                "orders.add_quota",
                "orders.approve_return",
                "orders.add_intake",
                "orders.change_intake",
                "accounts.hand_over_client",
                "accounts.change_terms",
                "accounts.place_hold",
                "accounts.lift_hold",
                "accounts.import_clients",
                "accounts.change_clientgroup",
                "accounts.add_clientgroup",
                "kam.add_substitution",
            }
        ),
    ),
    "finance_director": Role(
        _("Finance director"),
        Scope.ALL,
        frozenset(
            TRUSTED
            | CLAIM_WORK
            | SETTLEMENT_WORK
            | MONEY_WORK
            | BANK_WORK
            | COLLECTING
            | COLLECTING_POLICY
            | EXPORT
            | REVIEW_WORK
            | COVER_WORK
            | {
                "orders.approve_discrepancyact",
                "orders.approve_offset",
                "orders.decide_creditreview",
                "orders.add_exchangerate",
                "accounts.add_creditfact",
                "accounts.change_creditfact",
                "accounts.change_creditpolicy",
                "accounts.set_any_limit",
                "orders.view_margin",
                "orders.view_cost",
                "orders.set_cost",
                "orders.release_order",
                "orders.add_invoice",
                "orders.approve_return",
                "orders.print_document",
                "orders.change_company",
                "orders.add_vatrate",
                "accounts.change_terms",
                "accounts.place_hold",
                "accounts.lift_hold",
                "accounts.change_contract",
                "accounts.add_contract",
                "accounts.change_clientgroup",
                "accounts.add_clientgroup",
                "accounts.change_decreedday",
                "accounts.add_decreedday",
                "accounts.import_clients",
                "reports.run_night",
                "orders.import_invoices",
            }
        ),
    ),
    "general_director": Role(
        _("General director"),
        Scope.ALL,
        frozenset(
            TRUSTED
            | EXPORT
            | BANK_VIEW
            | {
                "orders.approve_discrepancyact",
                "orders.approve_offset",
                "orders.view_margin",
                "orders.view_cost",
                "orders.approve_order",
                "orders.return_order",
                "orders.release_order",
                "accounts.change_terms",
                "accounts.set_any_limit",
                "accounts.place_hold",
                "accounts.lift_hold",
                "orders.confirm_placement",
                "orders.follow_debts",
                "accounts.hand_over_client",
                "kam.add_substitution",
            }
        ),
    ),
    "marketing": Role(_("Marketing"), Scope.ALL, frozenset(EVERYONE | CATALOGUE_WORK | EXPORT)),
    "trainer": Role(
        _("Trainer"),
        Scope.ALL,
        frozenset(EVERYONE | {"accounts.add_activity", "accounts.change_activity"}),
    ),
    "service": Role(
        _("Service engineer"),
        Scope.ALL,
        frozenset(EVERYONE | CLAIM_WORK | {"orders.add_return", "orders.receive_return"}),
    ),
    "administrator": Role(
        _("Administrator"),
        Scope.ALL,
        frozenset(
            TRUSTED
            | CATALOGUE_WORK
            | EXPORT
            | {
                "kam.view_*",
                "kam.view_exportlog",
                "kam.add_user",
                "kam.change_user",
                "kam.add_substitution",
                "kam.change_setting",
                "accounts.import_clients",
                "reports.run_night",
                "orders.import_invoices",
                "orders.change_company",
                "orders.add_warehouse",
                "orders.change_warehouse",
                "orders.add_vatrate",
                "accounts.add_pricecolumn",
                "accounts.change_pricecolumn",
                "accounts.add_territory",
                "accounts.change_territory",
                "accounts.add_segment",
                "accounts.change_segment",
                "accounts.add_decreedday",
                "accounts.change_decreedday",
                "accounts.change_clientgroup",
                "accounts.add_clientgroup",
            }
        ),
    ),
}


def grants_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything that holders of all these roles may do; unknown names grant nothing."""
    return frozenset().union(*(ROLES[role].grants for role in roles if role in ROLES))


def roles_with(permission: str) -> list[str]:
    """The names of the roles that grant a permission."""
    return [name for name, role in ROLES.items() if is_granted(role.grants, permission)]


def is_granted(grants: frozenset[str], permission: str) -> bool:
    """Whether a set of grants holds a permission: itself or, unless it is guarded, through `app.verb_*`."""
    if permission in grants:
        return True
    if permission in GUARDED:
        return False
    app, _dot, codename = permission.partition(".")
    verb = codename.partition("_")[0]
    return f"{app}.{verb}_*" in grants
