"""Questions asked on a page of their own: done with what result, handed over to whom, lifted why."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actions import clear_decreed_day, complete_activity, hand_over_clients, lift_hold, log_activity
from accounts.forms import CompleteForm, HandOverForm, HandOverManyForm, LiftForm, LogForm
from accounts.models import Activity, Client, CreditHold, DecreedDay
from accounts.queries import clients_to_hand_over
from kam.clock import today
from kam.pages import Form, Screen
from kam.pages.edits import groups_of
from kam.pages.views import back_from, gone_to
from kam.refusals import Refused


class FormScreen(Screen):
    """A form of its own: GET shows it, POST calls `act(document, values)`, which returns what to tell the person.

    With a `model` the screen is about one row, found as the person sees it; with `by_right` as the screen's own right
    reaches it, for a deed on a row whose page may be closed to the person.
    """

    template = "accounts/form.html"
    form: type[Form] = Form
    model: Any = None
    by_right = False
    submit: Any = gettext_lazy("Save")
    groups = ()

    def act(self, document: Any, values: dict[str, Any]) -> str:
        """Call the action; returns what was done, in words. May raise Refused."""
        raise NotImplementedError

    def back(self, document: Any) -> str:
        """Where to go afterwards if the address names no other place."""
        raise NotImplementedError

    def found(self, kwargs: dict[str, Any]) -> Any:
        """The row the screen is about, or 404."""
        if self.model is None:
            return None
        rows, user = self.model._default_manager.all(), self.request.user
        seen = rows.reached_by(user, self.permission) if self.by_right else rows.visible_to(user)
        row = seen.filter(pk=kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.model is not None and request.user.is_authenticated:
            # An unseen row is 404 whatever the right, so that an answer does not tell that it exists.
            self.found(kwargs)
        return super().dispatch(request, *args, **kwargs)

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return self.asked(self.found(kwargs), self.form(user=request.user, initial=request.GET.dict()))

    def named(self, document: Any) -> str:
        """What the reader calls the document."""
        return str(document)

    def asked(self, document: Any, form: Any) -> dict[str, Any]:
        """What the template of the form needs."""
        return {
            "form": form,
            "groups": groups_of(self, form),
            "formsets": [],
            "errors": sum(len(found) for found in form.errors.values()) if form.is_bound else 0,
            "title": f"{self.title}: {self.named(document)}" if document is not None else self.title,
            "crumb": self.named(document) if document is not None else _("Back"),
            "back_url": back_from(self.request, self.back(document)),
            "submit": self.submit,
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self.found(kwargs)
        form = self.form(request.POST, user=request.user)
        if form.is_valid():
            try:
                told = self.act(document, form.cleaned_data)
            except Refused as refused:
                form.add_refusals(refused.refusals)
            else:
                messages.success(request, told)
                return gone_to(request, back_from(request, self.back(document)))
        return self.render(self.asked(document, form), 422)


class CompleteScreen(FormScreen):
    """An activity is done: what came of it, what comes next."""

    app, name, path = "accounts", "activity_complete", "activities/<int:pk>/complete/"
    title, permission, submit = gettext_lazy("Done"), "accounts.change_activity", gettext_lazy("Done")
    form, model = CompleteForm, Activity

    def act(self, document: Any, values: dict[str, Any]) -> str:
        values = {**values, "next_subject": values["next_subject"] or None}
        complete_activity(document.pk, by=self.request.user, **values)
        if values["next_subject"]:
            return _("“%(subject)s” is done; the next step is planned.") % {"subject": document}
        return _("“%(subject)s” is done.") % {"subject": document}

    def back(self, document: Any) -> str:
        return reverse("accounts:client_detail", args=[document.client_id])


class LogScreen(FormScreen):
    """A call or a visit as it happened, from the client's page."""

    app, name, path = "accounts", "client_log", "clients/<int:pk>/log/"
    title, permission = gettext_lazy("Log a call or visit"), "accounts.add_activity"
    form, model = LogForm, Client

    def asked(self, document: Any, form: Any) -> dict[str, Any]:
        form.fields["contact"].widget.query = {"client": str(document.pk)}
        return super().asked(document, form)

    def act(self, document: Any, values: dict[str, Any]) -> str:
        contact = values.pop("contact")
        log_activity(document.pk, by=self.request.user, day=today(), contact_id=contact and contact.pk, **values)
        if values["next_subject"]:
            return _("It is written down; the next step is planned.")
        return _("It is written down.")

    def back(self, document: Any) -> str:
        return reverse("accounts:client_detail", args=[document.pk])


class HandOverScreen(FormScreen):
    """One client goes to another KAM."""

    app, name, path = "accounts", "client_hand_over", "clients/<int:pk>/hand-over/"
    title, permission = gettext_lazy("Hand the client over"), "accounts.hand_over_client"
    submit = gettext_lazy("Hand over")
    form, model = HandOverForm, Client

    def act(self, document: Any, values: dict[str, Any]) -> str:
        hand_over_clients([document.pk], by=self.request.user, day=today(), **values)
        return _("%(client)s is looked after by %(manager)s now.") % {
            "client": document,
            "manager": values["to_manager"],
        }

    def back(self, document: Any) -> str:
        if Client.objects.visible_to(self.request.user).filter(pk=document.pk).exists():
            return reverse("accounts:client_detail", args=[document.pk])
        return reverse("accounts:client_list")


class HandOverManyScreen(FormScreen):
    """Many clients go to another KAM."""

    app, name, path = "accounts", "clients_hand_over", "clients/hand-over/"
    title, permission = gettext_lazy("Hand clients over"), "accounts.hand_over_client"
    submit = gettext_lazy("Hand over")
    form = HandOverManyForm

    def act(self, document: Any, values: dict[str, Any]) -> str:
        named, former = values.pop("clients"), values.pop("from_manager")
        chosen = clients_to_hand_over(self.request.user, [each.pk for each in named], former and former.pk)
        handed = hand_over_clients(chosen, by=self.request.user, day=today(), **values) if chosen else []
        return ngettext("%(count)s client is handed over.", "%(count)s clients are handed over.", len(handed)) % {
            "count": len(handed)
        }

    def back(self, document: Any) -> str:
        return reverse("accounts:client_list")


class LiftScreen(FormScreen):
    """A hold is lifted."""

    app, name, path = "accounts", "credithold_lift", "holds/<int:pk>/lift/"
    title, permission, submit = gettext_lazy("Lift the hold"), "accounts.lift_hold", gettext_lazy("Lift the hold")
    form, model = LiftForm, CreditHold

    def act(self, document: Any, values: dict[str, Any]) -> str:
        lift_hold(document.pk, by=self.request.user, reason=values["reason"])
        return _("The hold on %(client)s is lifted.") % {"client": document.client}

    def back(self, document: Any) -> str:
        return reverse("accounts:client_detail", args=[document.client_id])


class ClearDayScreen(FormScreen):
    """The usual calendar decides on a day again."""

    app, name, path = "accounts", "decreedday_clear", "decreed-days/<int:pk>/clear/"
    title, permission = gettext_lazy("Follow the usual calendar again"), "accounts.change_decreedday"
    submit = gettext_lazy("Remove the exception")
    model = DecreedDay

    def act(self, document: Any, values: dict[str, Any]) -> str:
        clear_decreed_day(document.day, by=self.request.user)
        return _("%(day)s follows the usual calendar again.") % {"day": document}

    def back(self, document: Any) -> str:
        return reverse("accounts:decreedday_list")
