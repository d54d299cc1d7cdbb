"""Credit terms and holds."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import (
    change_credit_cover,
    change_credit_fact,
    create_credit_cover,
    create_credit_fact,
    place_hold,
    set_credit_policy,
    set_terms,
)
from accounts.filters import CreditCoverFilter, CreditFactFilter, HoldFilter, TermsFilter
from accounts.forms import (
    CreditCoverForm,
    CreditFactForm,
    CreditPolicyForm,
    HoldForm,
    NewCreditCoverForm,
    NewCreditFactForm,
    TermsForm,
)
from accounts.models import Client, CreditCover, CreditFact, CreditHold, CreditPolicy, CreditTerms
from accounts.panels import allowed
from accounts.queries import terms_on
from accounts.tables import CreditCoverTable, CreditFactTable, CreditPolicyTable, HoldTable, TermsTable
from kam.clock import today
from kam.formats import day as written_day
from kam.pages import WRONG, Attachments, Button, Fact, Facts, Page, Trail
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
    def create(*, by, day, client, **values):
        """Set the terms of a client."""
        return set_terms(client.pk, by=by, day=day, **values)

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
            Fact("why", _("Reason")),
            Fact("placed_by", hide_empty=True),
            "placed_at",
            Fact("lifted_by", hide_empty=True),
            Fact("lifted_at", hide_empty=True),
            Fact("why_lifted", _("Why lifted"), hide_empty=True),
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
        return document.why


class CreditFactPage(Page):
    """What was found out about clients: claims, bankruptcy, tax debts, the day of registration."""

    model, table, filterset = CreditFact, CreditFactTable, CreditFactFilter
    form, new_form, create, change = CreditFactForm, NewCreditFactForm, create_credit_fact, change_credit_fact
    path, icon, menu, menu_order = "credit-facts", "gavel", "clients", 64
    search = ("client__search", "number")
    panels = (
        Facts(
            "client",
            "kind",
            "happened_on",
            "ended_on",
            "amount",
            Fact("number", hide_empty=True),
            Fact("source", hide_empty=True),
            Fact("comment", hide_empty=True),
            "entered_by",
        ),
        Trail(),
        Attachments(),
    )

    @classmethod
    def heading(cls, document):
        return document.get_kind_display()

    @classmethod
    def subheading(cls, document):
        return document.client.name


class CreditCoverPage(Page):
    """What pays us if a client does not."""

    model, table, filterset = CreditCover, CreditCoverTable, CreditCoverFilter
    form, new_form, create, change = CreditCoverForm, NewCreditCoverForm, create_credit_cover, change_credit_cover
    path, icon, menu, menu_order = "credit-covers", "umbrella", "clients", 66
    search = ("client__search", "number", "provider")
    panels = (
        Facts(
            "client",
            "kind",
            "provider",
            Fact("number", hide_empty=True),
            Fact("amount", currency="currency"),
            "starts_on",
            "ends_on",
            Fact("comment", hide_empty=True),
            "entered_by",
        ),
        Trail(),
        Attachments(),
    )

    @classmethod
    def heading(cls, document):
        return f"{document.get_kind_display()}: {document.provider}"

    @classmethod
    def subheading(cls, document):
        return document.client.name


class CreditPolicyPage(Page):
    """Who decides on how much credit, from which day on."""

    model, table, form = CreditPolicy, CreditPolicyTable, CreditPolicyForm
    create = set_credit_policy
    path, icon, menu, menu_order = "credit-policies", "shield-check", "settings", 56
    permissions = {"add": "accounts.change_creditpolicy"}
    search = ("comment",)
    empty = _("No policy was set: the usual one holds, with its limits of authority.")
    panels = (
        Facts(
            "starts_on", "head_limit", "validity_months", "recheck_days", "group_overdue_counts",
            Fact("comment", hide_empty=True),
        ),
        Trail(),
    )  # fmt: skip

    @classmethod
    def heading(cls, document):
        return _("Policy from %(day)s") % {"day": written_day(document.starts_on)}

    @classmethod
    def initial(cls, request):
        """Begin with the policy of today."""
        policy = CreditPolicy.objects.valid_on(today())
        names = ("head_limit", "validity_months", "recheck_days", "group_overdue_counts")
        return {"starts_on": today(), **{name: getattr(policy, name) for name in names}, **super().initial(request)}
