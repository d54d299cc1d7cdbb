"""A form of its own with one row of inputs for each line of a document: ship, give back, allocate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.screens import FormScreen
from kam.pages.views import back_from, gone_to
from kam.refusals import Refused


@dataclass(frozen=True, slots=True)
class Cell:
    """What a line shows in a column."""

    text: Any
    numeric: bool = False
    hint: Any = ""


@dataclass(slots=True)
class Line:
    """One row: its key, what it shows, and its inputs by column."""

    key: int
    cells: Sequence[Cell]
    inputs: dict[str, forms.Field]
    position: int = 0  # what a refusal calls it
    bound: list[Any] = field(default_factory=list)  # inputs and cells, each with the label of its column
    shown: list[Any] = field(default_factory=list)


class LinesScreen(FormScreen):
    """GET shows lines with first values; POST calls `act(document, values)`, its `lines` by key, then by column."""

    template = "orders/lines_form.html"
    headings: tuple[tuple[Any, bool], ...] = ()  # label of a shown column, and whether it is a figure
    inputs: tuple[tuple[str, Any], ...] = ()  # column of an input and its label
    lines_title: Any = ""
    empty: Any = ""
    found_by: Any = ""  # by what a line can be searched for; the word stands in the address as `q`
    made = ""  # the address of what `act` made, to go there

    def lines(self, document: Any) -> list[Line]:
        """The rows of the document."""
        raise NotImplementedError

    def built(self, document: Any, data: Any = None) -> tuple[Any, list[Line]]:
        """The form with an input for each line and column."""
        form, lines = self.form(data, user=self.request.user, initial=self.first_values(document)), self.lines(document)
        for line in lines:
            for column, made in line.inputs.items():
                form.fields[f"{column}_{line.key}"] = made
        return form, lines

    def first_values(self, document: Any) -> dict[str, Any]:
        """First values of the fields that are not of a line."""
        return {}

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        document = self.found(kwargs)
        return self.asked_lines(document, *self.built(document))

    def asked_lines(self, document: Any, form: Any, lines: list[Line]) -> dict[str, Any]:
        """What the template needs."""
        names = {f"{column}_{line.key}" for line in lines for column in line.inputs}
        for line in lines:
            line.bound = [
                (label, form[f"{column}_{line.key}"]) for column, label in self.inputs if column in line.inputs
            ]
            line.shown = [(label, cell) for (label, _numeric), cell in zip(self.headings, line.cells, strict=False)]
        context = self.asked(document, form)
        groups = [{**g, "fields": [f for f in g["fields"] if f.name not in names]} for g in context["groups"]]
        return {
            **context,
            "groups": [group for group in groups if group["fields"]],
            "lines": lines,
            "headings": self.headings,
            "input_labels": [label for _column, label in self.inputs],
            "lines_title": self.lines_title,
            "empty": self.empty,
            "about_lines": self.about_lines(document),
            "parts": self.parts(document),
            "found_by": self.found_by,
            "asked_for": self.request.GET.get("q", ""),
        }

    def parts(self, document: Any) -> list[tuple[str, str, bool]]:
        """Where there are too many lines for one page: label, address and whether it is shown, of each part."""
        return []

    def about_lines(self, document: Any) -> Any:
        """A sentence over the lines."""
        return ""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self.found(kwargs)
        form, lines = self.built(document, request.POST)
        if form.is_valid():
            try:
                told = self.act(document, self.values_of(form, lines))
            except Refused as refused:
                put_refusals(form, lines, refused)
            else:
                messages.success(request, told)
                return gone_to(request, self.made or back_from(request, self.back(document)))
        return self.render(self.asked_lines(document, form, lines), 422)

    @staticmethod
    def values_of(form: Any, lines: list[Line]) -> dict[str, Any]:
        """The cleaned values, those of the lines apart."""
        values = dict(form.cleaned_data)
        found = {line.key: {column: values.pop(f"{column}_{line.key}") for column in line.inputs} for line in lines}
        return {**values, "lines": found}


def put_refusals(form: Any, lines: list[Line], refused: Refused) -> None:
    """Each reason beside its line or field, else on top."""
    by_position = {line.position: line for line in lines}
    rest = []
    for refusal in refused.refusals:
        line = by_position.get(refusal.line) if refusal.line is not None else None
        if line is None:
            rest.append(refusal)
        else:
            form.add_error(f"{next(iter(line.inputs))}_{line.key}", str(refusal.text))
    form.add_refusals(rest)
