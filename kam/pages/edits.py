"""New and edit: a form whose cleaned values go to an action; refusals come back beside the fields they name."""

import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kam.models import TrailEntry
from kam.pages.calls import edge_values
from kam.pages.fields import number_of
from kam.pages.forms import reads_user
from kam.pages.lines import cleaned_lines
from kam.pages.trails import told
from kam.pages.views import PageView, back_from, gone_to
from kam.refusals import EditConflict, Refused, Unconfirmed

CHANGES_SHOWN = 10


class FormView(PageView):
    """What new and edit share: building the form, checking it with its lines, and showing it again."""

    template = "kam/form.html"

    def built(self, form_class: Any, data: Any = None, files: Any = None, document: Any = None) -> Any:
        """The form over the document (a copy: validation writes into it) or over first values."""
        kwargs: dict[str, Any] = {"user": self.request.user} if reads_user(form_class) else {}
        if issubclass(form_class, forms.ModelForm):
            if document is not None:
                kwargs["instance"] = copy.copy(document)
            else:
                kwargs["initial"] = self.page.initial(self.request)
        else:
            kwargs["initial"] = (
                self.page.values_of(document) if document is not None else self.page.initial(self.request)
            )
        return form_class(data, files, **kwargs)

    def formsets(self, data: Any = None, document: Any = None) -> list[tuple[Any, Any]]:
        return [(lines, lines.formset(self.request.user, data, document)) for lines in self.page.lines]

    def values(self, form: Any, formsets: list[tuple[Any, Any]]) -> dict[str, Any] | None:
        """The cleaned values for the action; None if something is wrong."""
        valid = form.is_valid()
        # Every formset is asked, so that all errors are shown at once.
        valid = min([formset.is_valid() for _lines, formset in formsets], default=True) and valid
        if not valid:
            return None
        return {**form.cleaned_data, **{lines.name: cleaned_lines(formset) for lines, formset in formsets}}

    def shown(self, form: Any, formsets: list[tuple[Any, Any]], status: int = 200, **context: Any) -> HttpResponse:
        errors = sum(len(found) for found in form.errors.values()) if form.is_bound else 0
        errors += sum(formset.total_error_count() for _lines, formset in formsets if formset.is_bound)
        shown = {"form": form, "formsets": formsets, "groups": groups_of(self.page, form), "errors": errors}
        return self.render(self.template, {**shown, **context}, status)

    def refuse(self, form: Any, formsets: list[tuple[Any, Any]], refused: Refused) -> None:
        """Put each reason beside its field or line, else on top."""
        for refusal in refused.refusals:
            if refusal.line is not None and formsets and refusal.line < len(formsets[0][1].forms):
                line = formsets[0][1].forms[refusal.line]
                line.add_error(refusal.field if refusal.field in line.fields else None, str(refusal.text))
            else:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.text))


class NewView(FormView):
    """GET: an empty form. POST: the page's `create` action."""

    verb = "add"

    def _context(self) -> dict[str, Any]:
        return {
            "title": _("New: %(kind)s") % {"kind": self.page.title},
            "back_url": back_from(self.request, self.page.list_url()),
            "crumb": "", "submit": _("Create"),
        }  # fmt: skip

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(self.built(self.page.new_form or self.page.form), self.formsets(), **self._context())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.built(self.page.new_form or self.page.form, request.POST, request.FILES)
        formsets = self.formsets(request.POST)
        values = self.values(form, formsets)
        if values is not None:
            try:
                document = self.page.create(by=request.user, **{**edge_values(self.page.create, request), **values})
            except Unconfirmed as unsure:
                return self.shown(form, formsets, 409, unsure=unsure.refusals, **self._context())
            except Refused as refused:
                self.refuse(form, formsets, refused)
            else:
                messages.success(request, _("%(document)s is created.") % {"document": self.page.heading(document)})
                return gone_to(request, self.page.created_url(document))
        return self.shown(form, formsets, 422, **self._context())


class EditView(FormView):
    """GET: the form over the document. POST: the page's `change` action, unless somebody saved meanwhile."""

    verb = "change"

    def _context(self, document: Any, seen: int) -> dict[str, Any]:
        return {
            "title": self.page.heading(document), "document": document,
            "back_url": self.page.detail_url(document.pk), "crumb": self.page.heading(document),
            "submit": _("Save"), "version": getattr(document, "version", ""), "seen": seen,
        }  # fmt: skip

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        document = self.document(pk)
        form = self.built(self.page.form, document=document)
        return self.shown(form, self.formsets(document=document), **self._context(document, last_entry(document)))

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        document = self.document(pk)
        form = self.built(self.page.form, request.POST, request.FILES, document)
        formsets = self.formsets(request.POST, document)
        values = self.values(form, formsets)
        current, version = str(getattr(document, "version", "")), request.POST.get("version", "")
        conflict = bool(current) and version != current
        unsure: tuple[Any, ...] = ()
        if values is not None and not conflict:
            if current:
                values["version"] = int(version)
            try:
                given = {**edge_values(self.page.change, request), **values}
                self.page.change(document.pk, by=request.user, **given)
            except EditConflict:
                conflict, document = True, self.document(pk)
            except Unconfirmed as open_ones:
                unsure = open_ones.refusals
            except Refused as refused:
                self.refuse(form, formsets, refused)
            else:
                messages.success(request, _("%(document)s is saved.") % {"document": self.page.heading(document)})
                return gone_to(request, self.page.detail_url(document.pk))
        context = {**self._context(document, last_entry(document)), "unsure": unsure}
        if conflict:
            context["conflict"] = changes_since(document, request.POST.get("seen", ""), request.user)
        return self.shown(form, formsets, 409 if conflict or unsure else 422, **context)


def last_entry(document: Any) -> int:
    """The latest trail entry of the document, so that a conflict can tell what came after."""
    return TrailEntry.objects.of(document).values_list("pk", flat=True).first() or 0


def changes_since(document: Any, seen: str, user: Any) -> list[dict[str, Any]]:
    """What others did to the document since the form was opened."""
    entries = TrailEntry.objects.visible_to(user).of(document)
    entries = entries.filter(pk__gt=number_of(seen) or 0).select_related("by", "on_behalf_of")
    return [told(entry) for entry in entries[:CHANGES_SHOWN]]


def groups_of(page: Any, form: Any) -> list[dict[str, Any]]:
    """The form's visible fields under their headings; what no group names comes last."""
    declared = getattr(form, "groups", None) or page.groups
    visible = {field.name: field for field in form.visible_fields()}
    groups = []
    for label, names in declared:
        fields = [visible.pop(name) for name in names if name in visible]
        if fields:
            groups.append({"label": label, "fields": fields})
    if visible:
        groups.append({"label": _("Other") if groups else "", "fields": list(visible.values())})
    return groups
