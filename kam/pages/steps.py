"""Taking a step: at once, or after a form that asks for the reason and for what else the step needs."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.pages.details import Showing
from kam.pages.effects import effects_of_step
from kam.pages.filters import scope_choices
from kam.pages.forms import reads_user
from kam.pages.views import PageView, asked_by_htmx, back_from, gone_to, with_query
from kam.refusals import Refused


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class StepView(PageView):
    """GET: what the step asks for, as a page or in the dialog. POST: take it; all reasons for a refusal at once."""

    def step(self, name: str) -> Any:
        try:
            return self.page.flow.step(name)
        except KeyError:
            raise Http404 from None

    def form(self, step: Any, document: Any, data: Any = None, files: Any = None) -> Any:
        """The form of what the step asks for; None if it asks for nothing."""
        form_class = self.page.step_forms.get(step.name)
        if form_class is None:
            return ReasonForm(data) if step.needs_reason else None
        kwargs: dict[str, Any] = {"user": self.request.user} if reads_user(form_class) else {}
        if hasattr(form_class, "initial_for"):
            kwargs["initial"] = form_class.initial_for(document)
        form = form_class(data, files, **kwargs)
        scope_choices(form, self.request.user)
        if step.needs_reason and "reason" not in form.fields:
            form.fields["reason"] = ReasonForm.base_fields["reason"]
        return form

    def get(self, request: HttpRequest, pk: Any, step: str) -> HttpResponse:
        document, found = self.document(pk), self.step(step)
        if not request.user.has_perm(found.permission):
            raise PermissionDenied
        return self.asked(document, found, self.form(found, document))

    def post(self, request: HttpRequest, pk: Any, step: str) -> HttpResponse:
        document, found = self.document(pk), self.step(step)
        form = self.form(found, document, request.POST, request.FILES)
        if form is not None and not form.is_valid():
            return self.asked(document, found, form, status=422)
        facts = dict(form.cleaned_data) if form is not None else {}
        reason = facts.pop("reason", request.POST.get("reason", ""))
        try:
            self.page.take(document.pk, found.name, by=request.user, reason=reason, **facts)
        except Refused as refused:
            return self.refused(document, found, form, refused)
        messages.success(request, done_text(self.page, self.document_after(document)))
        return gone_to(request, back_from(request, self.after_url(document)))

    def document_after(self, document: Any) -> Any:
        """The document as the step left it; as it was before if the step took it out of sight."""
        return self.page.detail_rows(self.request.user).filter(pk=document.pk).first() or document

    def after_url(self, document: Any) -> str:
        seen = self.page.rows(self.request.user).filter(pk=document.pk).exists()
        return self.page.detail_url(document.pk) if seen else self.page.list_url()

    def asked(self, document: Any, step: Any, form: Any, status: int = 200, refusals: Any = ()) -> HttpResponse:
        """The question of the step: in the dialog for htmx, else a page."""
        # Whoever came from a queue returns to it, whether the step is taken or not.
        back = back_from(self.request, "")
        context = {
            "document": document, "step": step, "form": form, "refusals": refusals,
            "heading": self.page.heading(document), "subheading": self.page.subheading(document), "title": step.label,
            "effects": effects_of_step(self.page.flow, step, [document], self.request.user).get(document.pk),
            "action": with_query(self.page.url("step", document.pk, step.name), back=back),
            "back_url": back or self.page.detail_url(document.pk),
        }  # fmt: skip
        template = "kam/partials/step.html" if asked_by_htmx(self.request) else "kam/step.html"
        return self.render(template, context, status)

    def refused(self, document: Any, step: Any, form: Any, refused: Refused) -> HttpResponse:
        """Every reason at once: in the form it was asked in, else on the document's page."""
        if form is not None:
            rest = []
            for refusal in refused.refusals:
                if refusal.field in form.fields:
                    form.add_error(refusal.field, str(refusal.text))
                else:
                    rest.append(refusal)
            return self.asked(document, step, form, 409, rest)
        if asked_by_htmx(self.request):
            return self.render("kam/partials/refusals.html", {"refusals": refused.refusals, "step": step}, 409)
        showing = Showing(self.page, document, self.request, tuple(refused.refusals))
        context = {"showing": showing, "document": document, "title": showing.heading, "refused_step": step}
        return self.render("kam/detail.html", context, 409)


def done_text(page: Any, document: Any) -> str:
    """What a step changed, in words."""
    flow = page.flow
    status = flow.label_of(getattr(document, flow.status_field))
    return _("%(document)s: now “%(status)s”.") % {"document": page.heading(document), "status": status}
