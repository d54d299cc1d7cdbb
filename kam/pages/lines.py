"""Lines of a document inside its form: a formset declared on the page.

    class OrderPage(Page):
        lines = (Lines("lines", OrderLineForm, _("Lines")),)

The action gets them as a keyword of that name: a list of dicts of cleaned values, removed and empty lines left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from kam.pages.filters import scope_choices


@dataclass(frozen=True, slots=True)
class Lines:
    """One formset: the keyword of the action, the form of a line, and how a document's lines become initial values."""

    name: str
    form: type[forms.BaseForm]
    label: Any = ""
    initial: Callable[[Any], list[dict[str, Any]]] | None = None
    extra: int = 3
    at_least: int = 0

    def formset(self, user: Any, data: Any = None, document: Any = None) -> Any:
        """The bound or fresh formset, its choices scoped to the writer."""
        made = forms.formset_factory(
            self.form, extra=self.extra, can_delete=True, min_num=self.at_least, validate_min=self.at_least > 0
        )
        initial = self.initial(document) if self.initial and document is not None else None
        formset = made(data, prefix=self.name, initial=initial)
        for form in formset.forms:
            scope_choices(form, user)
        return formset


def cleaned_lines(formset: Any) -> list[dict[str, Any]]:
    """The lines a person filled in, in order."""
    found = []
    for form in formset.forms:
        values = {key: value for key, value in form.cleaned_data.items() if key != "DELETE"}
        if form.cleaned_data.get("DELETE") or not any(v not in (None, "", False) for v in values.values()):
            continue
        found.append(values)
    return found
