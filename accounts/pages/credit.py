"""Credit terms and holds."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import place_hold, set_terms
from accounts.filters import HoldFilter, TermsFilter
from accounts.forms import HoldForm, TermsForm
from accounts.models import Client, CreditHold, CreditTerms
from accounts.panels import allowed
from accounts.queries import terms_on
from accounts.tables import HoldTable, TermsTable
from kam.clock import today
from kam.pages import WRONG, Button, Fact, Facts, Page, Trail
from kam.pages.fields import number_of

COPIED = (
    "credit_limit", "days", "day_kind", "discount_percent", "overdue_days_allowed", "overdue_amount_allowed",
)  # fmt: skip


class CreditTermsPage(Page):
    """On what terms clients buy, and bought."""

    model, table, filterset, form = CreditTerms, TermsTable, TermsFilter, TermsForm
    path, icon, menu, menu_order = "credit-terms", "scale", "clients", 60
    permissions = {"add": "accounts.change_terms"}
    search = ("client__search",)
    panels = (
        Facts("client", "starts_on", "ends_on", "credit_limit", "days", "day_kind", title=_("Credit")),
        Facts("price_column", Fact("discount_percent", kind="percent"), title=_("Prices")),
        Facts("overdue_days_allowed", "overdue_amount_allowed", title=_("What is forgiven")),
        Facts("agreed_by", "reason", title=_("Agreement"), side=True),
        Trail(),
    )

    @staticmethod
    def create(*, by, client, **values):
        """Set the terms of a client."""
        return set_terms(client.pk, by=by, **values)

    @classmethod
    def initial(cls, request):
        """Begin with the terms valid today, so that only what changes is typed."""
        found = {**super().initial(request), "starts_on": today()}
        client_id = number_of(str(found.get("client", "")))
        if client_id is not None and Client.objects.visible_to(request.user).filter(pk=client_id).exists():
            terms = terms_on([client_id], today()).get(client_id)
            if terms is not None:
                found |= {name: getattr(terms, name) for name in COPIED}
                found["price_column"] = terms.price_column_id
        return found

    @classmethod
    def heading(cls, document):
        return _("Terms %(period)s") % {"period": document.period}

    @classmethod
    def subheading(cls, document):
        return document.client.name


class CreditHoldPage(Page):
    """Stops on shipping."""

    model, table, filterset, form = CreditHold, HoldTable, HoldFilter, HoldForm
    path, icon, menu, menu_order = "holds", "hand-stop", "clients", 70
    permissions = {"add": "accounts.place_hold"}
    status, tones = "state", {"on_hold": WRONG}
    search = ("client__search", "reason")
    panels = (
        Facts(
            "client",
            "reason",
            Fact("placed_by", hide_empty=True),
            "placed_at",
            Fact("lifted_by", hide_empty=True),
            Fact("lifted_at", hide_empty=True),
            Fact("lift_reason", hide_empty=True),
            title=_("Hold"),
        ),
    )
    actions = (
        Button(
            _("Lift the hold"),
            lambda hold, user: reverse("accounts:credithold_lift", args=[hold.pk]),
            permission="accounts.lift_hold",
            primary=True,
            shown=lambda hold, user: (
                hold.lifted_at is None and allowed(user, "accounts.lift_hold", hold.client.manager_id)
            ),
        ),
    )

    @staticmethod
    def create(*, by, client, reason):
        """Put a client on hold."""
        return place_hold(client.pk, by=by, reason=reason)

    @classmethod
    def heading(cls, document):
        return _("Hold: %(client)s") % {"client": document.client}

    @classmethod
    def subheading(cls, document):
        return document.reason
