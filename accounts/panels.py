"""Parts of pages that say more than rows and facts: what stands in the way, the terms, what comes next, the week."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions.rows import KEEPER_ROLES
from accounts.models import Activity, ClientGroup
from accounts.queries import live_holds, neglected_clients, terms_shown, week_of
from kam.access import authority
from kam.clock import today
from kam.models import TrailEntry
from kam.pages import Panel
from kam.refusals import Forbidden

NEGLECTED_SHOWN = 8
LIMITS_SHOWN = 10
PLANNED_SHOWN = 5


class Standing(Panel):
    """What stands in the way of selling to the client: holds, and terms that are missing."""

    template = "accounts/panels/standing.html"
    permission = "accounts.view_credithold"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        holds = live_holds([document.pk]).get(document.pk, [])
        knows = allowed(request.user, "accounts.view_creditterms", document.manager_id)
        untermed = knows and document.status == "active" and terms_today(document, request.user) is None
        if not holds and not untermed:
            return None
        return {
            "holds": holds,
            "untermed": untermed,
            "may_lift": allowed(request.user, "accounts.lift_hold", document.manager_id),
            "may_set": allowed(request.user, "accounts.change_terms", document.manager_id),
        }


class TermsToday(Panel):
    """On what terms the client buys today."""

    template = "accounts/panels/terms.html"
    title = _("Terms today")
    side = True
    permission = "accounts.view_creditterms"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        terms = terms_today(document, request.user)
        return {"terms": terms} if terms is not None else None


class GroupLimits(Panel):
    """The limit of a group and how it came to be; on a client, that of its group."""

    template = "accounts/panels/group_limits.html"
    title = _("The group's limit")
    permission = "accounts.view_creditterms"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        group = document if isinstance(document, ClientGroup) else document.group
        if group is None:
            return None
        entries = TrailEntry.objects.visible_to(request.user).of(group).filter(changes__has_key="credit_limit")
        history = [
            {"entry": entry, "before": _amount(entry, 0), "after": _amount(entry, 1)}
            for entry in entries.select_related("by")[:LIMITS_SHOWN]
        ]
        return {"group": group, "history": history, "href": reverse("accounts:clientgroup_detail", args=[group.pk])}


def _amount(entry: TrailEntry, which: int) -> Decimal | None:
    value = entry.changes["credit_limit"][which]
    return None if value is None else Decimal(value)


class NextSteps(Panel):
    """What is planned with the client, each with its quick way to be done."""

    template = "accounts/panels/next_steps.html"
    title = _("Next steps")
    permission = "accounts.view_activity"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        return {
            "activities": planned_with(document, request.user),
            "today": today(),
            "back": reverse("accounts:client_detail", args=[document.pk]),
            "may_add": request.user.has_perm("accounts.add_activity"),
            "may_change": request.user.has_perm("accounts.change_activity"),
        }


# Who plans days with clients, and so starts the day from the week even when nothing stands in it.
WEEK_ROLES = {*KEEPER_ROLES, "trainer"}


class WeekPanel(Panel):
    """The person's own week: late, today, soon; each done with a few words."""

    template = "accounts/panels/week.html"
    title = _("My week")
    permission = "accounts.change_activity"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        day = today()
        week = week_of(request.user, day)
        if week.is_empty and not week.done and not request.user.roles & WEEK_ROLES:
            return None  # the week is not how this person works
        groups = (
            ("late", _("Late"), week.overdue),
            ("today", _("Today"), week.today),
            ("soon", _("Coming days"), week.soon),
        )
        return {
            "week": week,
            "groups": [{"name": name, "label": label, "activities": rows} for name, label, rows in groups if rows],
            "today": day,
            "back": reverse("kam:today"),
            "may_add": request.user.has_perm("accounts.add_activity"),
            "may_change": True,
        }


class Neglected(Panel):
    """The person's clients with whom nothing is planned."""

    template = "accounts/panels/neglected.html"
    title = _("Clients without a next step")
    side = True
    permission = "accounts.add_activity"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        clients = neglected_clients(request.user, NEGLECTED_SHOWN + 1)
        if not clients:
            return None
        query = urlencode({"manager": request.user.pk, "status": "active", "no_next_step": "true"})
        return {
            "clients": clients[:NEGLECTED_SHOWN],
            "all_href": f"{reverse('accounts:client_list')}?{query}" if len(clients) > NEGLECTED_SHOWN else "",
        }


class Offers(Panel):
    """Buttons over the rows of a tab: what can be added here. Each is (label, address of the document, permission)."""

    template = "accounts/panels/offers.html"

    def __init__(self, *offers: tuple[Any, Callable[[Any], str], str]) -> None:
        self.offers = offers

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        found = [
            {"label": label, "href": href(document)}
            for label, href, permission in self.offers
            if allowed(request.user, permission, document.manager_id)
        ]
        return {"offers": found} if found else None


def allowed(user: Any, permission: str, manager_id: int | None) -> bool:
    """Whether the person may do this to rows of this manager."""
    try:
        authority(user, permission, manager_id)
    except Forbidden:
        return False
    return True


def terms_today(client: Any, user: Any) -> Any:
    """The terms of a client today as the user may see them, or None; read once for one page."""
    if not hasattr(client, "terms_today"):
        client.terms_today = terms_shown([client], user, today()).get(client.pk)
    return client.terms_today


def planned_with(client: Any, user: Any) -> list[Activity]:
    """The first things planned with a client as the user sees them; read once for one page."""
    if not hasattr(client, "planned"):
        rows = client.activities.visible_to(user).to_do().select_related("owner", "outlet", "contact")
        client.planned = list(rows.order_by("due_on", "pk")[:PLANNED_SHOWN])
    return client.planned


def next_step(client: Any, user: Any) -> Activity | None:
    """What is planned next with a client as the user sees it."""
    return next(iter(planned_with(client, user)), None)
