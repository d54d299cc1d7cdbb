"""Letters about debts, their policy, the stop list, key rates, and stops of shipping by lateness."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.panels import allowed
from accounts.screens import FormScreen
from kam import formats
from kam.clock import today
from kam.inbox import Effect, add_effect
from kam.pages import Attachments, Button, Fact, Facts, Figure, Page, Trail, address_of, paper_button
from orders.actions.collecting_policy import (
    change_key_rate,
    change_letter_level,
    create_key_rate,
    create_letter_level,
)
from orders.actions.letter_steps import change_letter, move_letter
from orders.actions.shipping_stops import change_stop_policy, create_stop_policy
from orders.actions.stop_list import allow_letters, stop_letters
from orders.documents.kinds import LETTER_CLAIM
from orders.filters.collecting import LetterFilter, ShippingStopFilter, StopListFilter
from orders.flow import LETTER_FLOW
from orders.forms.collecting import (
    AllowForm,
    KeyRateForm,
    LetterForm,
    LetterLevelForm,
    NewStopForm,
    PostForm,
    StopPolicyForm,
)
from orders.models import CollectionLetter, KeyRate, LetterLevel, ShippingStop, StopListEntry, StopPolicy
from orders.pages.debtor_panels import LetterLines, LetterText
from orders.rules.penalty import is_rate_in_doubt
from orders.tables.collecting import (
    KeyRateTable,
    LetterLevelTable,
    LetterTable,
    ShippingStopTable,
    StopListTable,
    StopPolicyTable,
)
from orders.wording import why_stopped

WAITING = (CollectionLetter.Status.PROPOSED, CollectionLetter.Status.FAILED)


class LetterPage(Page):
    """Reminders, letters and claims."""

    model, table, filterset, form = CollectionLetter, LetterTable, LetterFilter, LetterForm
    flow, move, change = LETTER_FLOW, move_letter, change_letter
    step_forms = {"post": PostForm}
    path, icon, menu, menu_order = "letters", "mail", "receivables", 18
    search = ("number__istartswith", "client__search")
    empty = _("No letter fits.")
    figures = (
        Figure(_("Debt"), "amount"),
        Figure(_("Overdue"), "overdue", tone=lambda letter, user: "wrong" if letter.overdue else ""),
        Figure(_("Penalty"), "penalty"),
    )
    panels = (
        LetterText(),
        LetterLines(),
        Facts(
            "client", "level", "channel", "contact", "email", "prepared_on", "episode_on",
            Fact("decided_by", hide_empty=True), Fact("sent_at", hide_empty=True), Fact("tracking", hide_empty=True),
            title=_("Sending"), side=True,
        ),
        Trail(),
        Attachments(),
    )  # fmt: skip
    actions = (paper_button(LETTER_CLAIM),)

    @classmethod
    def detail_rows(cls, user):
        return super().detail_rows(user).select_related("client__manager", "level", "contact", "decided_by")

    @classmethod
    def editable(cls, document, user):
        may = allowed(user, "orders.change_collectionletter", document.client.manager_id)
        return document.status in WAITING and may

    @classmethod
    def heading(cls, document):
        return gettext("Letter %(number)s") % {"number": document.number}

    @classmethod
    def subheading(cls, document):
        return f"{document.client} · {document.level}"

    @classmethod
    def choice_hint(cls, document):
        return str(document.client)


def letter_effects(letters: list[CollectionLetter], user: Any) -> dict[int, list[Effect]]:
    """What each letter asks for, and to whom it goes."""
    return {
        letter.pk: [
            Effect(_("Debt"), letter.amount),
            Effect(_("Overdue"), letter.overdue, tone="wrong" if letter.overdue else ""),
            *([Effect(_("Penalty"), letter.penalty)] if letter.with_penalty else []),
            Effect(_("To whom"), letter.email or gettext("no e-mail address"), kind="text"),
        ]
        for letter in letters
    }


add_effect(LETTER_FLOW, letter_effects, related=("client__manager", "level"))


class LetterLevelPage(Page):
    """When clients are written to, by which way and in which words."""

    model, table, form = LetterLevel, LetterLevelTable, LetterLevelForm
    create, change = create_letter_level, change_letter_level
    path, icon, menu, menu_order = "letter-levels", "mail-cog", "settings", 66
    search = ("name",)
    panels = (
        Facts("level", "name", "days", "channel", "min_amount", "contact_role", title=_("When and how")),
        Facts("is_automatic", "with_penalty", "is_active", title=_("Sending")),
        LetterText(),
        Trail(),
    )


class KeyRatePage(Page):
    """Key rates of the Bank of Russia, for the interest of the law."""

    model, table, form = KeyRate, KeyRateTable, KeyRateForm
    create, change = create_key_rate, change_key_rate
    path, icon, menu, menu_order = "key-rates", "building-bank", "settings", 67
    help = _("The interest of the law follows this table: enter each new rate from the day it is in force.")
    panels = (Facts("starts_on", Fact(lambda rate: formats.exact(rate.rate), _("Rate, % a year"))), Trail())

    @classmethod
    def initial(cls, request):
        return {"starts_on": today(), **super().initial(request)}

    @classmethod
    def warning(cls):
        last = KeyRate.objects.order_by("-starts_on").first()
        if last is None or not is_rate_in_doubt(last.starts_on, today()):
            return ""
        text = gettext("The last rate is of %(day)s and is carried on since: enter what the Bank of Russia set later.")
        return text % {"day": formats.day(last.starts_on)}

    @classmethod
    def heading(cls, document):
        return gettext("Key rate from %(day)s") % {"day": formats.day(document.starts_on)}


class StopPolicyPage(Page):
    """From which lateness on shipping stops by itself."""

    model, table, form = StopPolicy, StopPolicyTable, StopPolicyForm
    create, change = create_stop_policy, change_stop_policy
    path, icon, menu, menu_order = "stop-policies", "truck-off", "settings", 68
    titles = _("Rules for stops")
    search = ("name",)
    help = _("Every night, and after each payment, the program stops and frees clients by these rules.")
    panels = (Facts("name", "channel", "days", "amount", "is_active"), Trail())


def told_of_stop(stop) -> str:
    """The reason of a stop from the figures it stood on."""
    return str(why_stopped(stop.overdue, stop.days_allowed, stop.days))


class ShippingStopPage(Page):
    """Whom the program stopped, with the figures it stood on."""

    model, table, filterset = ShippingStop, ShippingStopTable, ShippingStopFilter
    path, icon, menu, menu_order = "shipping-stops", "truck-off", "receivables", 19
    search = ("client__search",)
    empty = _("Nobody is stopped by lateness.")
    panels = (
        Facts(
            "client", Fact(told_of_stop, _("Reason"), href=lambda stop: address_of(stop.hold)), "placed_on",
            "overdue", "days", "policy", "days_allowed",
            "amount_from", Fact("lifted_on", hide_empty=True), title=_("Stop"),
        ),
    )  # fmt: skip

    @classmethod
    def heading(cls, document):
        return gettext("Stop: %(client)s") % {"client": document.client}


def on_stop_list(*, by, day, client, invoice=None, **values) -> StopListEntry:
    """Put a client or an invoice on the stop list from a form's values."""
    return stop_letters(by=by, day=day, client_id=client.pk, invoice_id=invoice and invoice.pk, **values)


class StopListPage(Page):
    """Whom nobody writes to, and about which invoices."""

    model, table, filterset, new_form = StopListEntry, StopListTable, StopListFilter, NewStopForm
    create = on_stop_list
    path, icon, menu, menu_order = "stop-list", "mail-off", "receivables", 20
    search = ("client__search", "reason")
    titles = _("Stop list of letters")
    panels = (
        Facts(
            "client", Fact("invoice", hide_empty=True), "reason", "starts_on", Fact("ends_on", hide_empty=True),
            "placed_by", Fact("removed_on", hide_empty=True), Fact("removed_by", hide_empty=True),
            title=_("Stop list of letters"),
        ),
        Trail(),
    )  # fmt: skip
    actions = (
        Button(
            _("Allow letters again"), lambda entry, user: reverse("orders:stoplistentry_remove", args=[entry.pk]),
            permission="orders.remove_stoplistentry", primary=True,
            shown=lambda entry, user: (
                entry.removed_on is None and allowed(user, "orders.remove_stoplistentry", entry.client.manager_id)
            ),
        ),
    )  # fmt: skip

    @classmethod
    def heading(cls, document):
        return str(document.invoice or document.client)


class AllowScreen(FormScreen):
    """Take an entry off the stop list."""

    app, name, path = "orders", "stoplistentry_remove", "stop-list/<int:pk>/remove/"
    title, permission, submit = _("Allow letters again"), "orders.remove_stoplistentry", _("Allow letters again")
    form, model = AllowForm, StopListEntry

    def act(self, document: Any, values: dict[str, Any]) -> str:
        allow_letters(document.pk, by=self.request.user, day=today(), **values)
        return gettext("Letters are written again.")

    def back(self, document: Any) -> str:
        return StopListPage.detail_url(document.pk)
