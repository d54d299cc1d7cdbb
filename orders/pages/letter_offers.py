"""A letter to a debtor on demand: which levels fit today, what each would name and ask for."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.clock import today
from orders.actions.letters_on_demand import Offer, Offers, letters_offered, prepare_letter
from orders.forms.collecting import PrepareLetterForm
from orders.models import CollectionLetter
from orders.pages.collecting import QuickScreen

NAMED_SHOWN = 20
Status = CollectionLetter.Status


class PrepareLetterScreen(QuickScreen):
    """A letter of the policy, prepared now and not by the night."""

    name, path = "debtor_letter", "collecting/<int:pk>/letter/"
    title, permission, form = _("Prepare a letter"), "orders.send_letter", PrepareLetterForm
    submit = _("Prepare")

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        document = self.found(kwargs)
        return self.asked(document, self.form(user=request.user, initial=request.GET.dict()))

    def asked(self, document: Any, form: Any) -> dict[str, Any]:
        offered = letters_offered(document.pk, today())
        if offered.offers:
            field = form.fields["level"]
            field.choices = [(each.level.pk, told(each)) for each in offered.offers]
            form.initial.setdefault("level", offered.offers[0].level.pk)
            if not any(each.former for each in offered.offers):
                del form.fields["reason"]
        else:
            form.fields.clear()
        return {
            **super().asked(document, form),
            "about": "orders/parts/letter_names.html",
            "without_go": not offered.offers,
            "why_none": None if offered.offers else offered.why_none,
            "disputed": [each.invoice for each in offered.disputed] if offered.offers else [],
            "named": named(offered),
        }

    def act(self, document: Any, values: dict[str, Any]) -> str:
        level, reason = values["level"], values.get("reason", "")
        letter = prepare_letter(document.pk, by=self.request.user, day=today(), level_id=level.pk, reason=reason)
        if letter.status == Status.QUEUED:
            text = gettext("Letter %(number)s goes to %(email)s.")
        else:
            text = gettext("Letter %(number)s to %(client)s is prepared and waits for approval.")
        return text % {"number": letter.number, "email": letter.email, "client": document}


def told(offer: Offer) -> SafeString:
    """A level as a choice: what it asks for, what becomes of it, and what was written before."""
    letter, count = offer.letter, len(offer.lines)
    parts = [
        ngettext("%(count)d invoice", "%(count)d invoices", count) % {"count": count},
        formats.money(letter.amount),
    ]
    if letter.with_penalty:
        parts.append(gettext("penalty %(amount)s") % {"amount": formats.money(letter.penalty)})
    if letter.status == Status.QUEUED:
        parts.append(gettext("is sent to %(email)s without asking") % {"email": letter.email})
    else:
        parts.append(gettext("waits for approval"))
    former = offer.former
    if former is not None:
        values = {"number": former.number, "day": formats.day(former.prepared_on)}
        parts.append(gettext("written already: %(number)s of %(day)s") % values)
    return format_html('<span><b>{}</b><span class="cell-hint">{}</span></span>', offer.level, " · ".join(parts))


def named(offered: Offers) -> list[dict[str, Any]]:
    """What the letters would name, each set of invoices once, with the penalty where a letter asks for it."""
    found: dict[tuple, dict[str, Any]] = {}
    for offer in offered.offers:
        key = tuple(line.debt.pk for line in offer.lines)
        group = found.setdefault(key, {"levels": [], "lines": [], "more": 0, "fined": False})
        group["levels"].append(str(offer.level))
        if not group["lines"] or (offer.level.with_penalty and not group["fined"]):
            group["lines"], group["more"] = offer.lines[:NAMED_SHOWN], max(len(offer.lines) - NAMED_SHOWN, 0)
            group["fined"] = offer.level.with_penalty
    return list(found.values())
