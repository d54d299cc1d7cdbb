"""Formatting and small parts for templates: `{% load kam %}`."""

from functools import cache
from typing import Any

from django import forms, template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kam import formats
from kam.pages.chips import DRAFT
from kam.pages.chips import chip as state_chip
from kam.pages.filters import FilterSet
from kam.pages.once import once_field

register = template.Library()

register.filter("money", formats.money)
register.filter("short_money", formats.short_money)
register.filter("short", formats.short)
register.filter("sum_of_money", formats.sum_of_money)
register.filter("quantity", formats.quantity)
register.filter("percent", formats.percent)
register.filter("plain_percent", formats.plain_percent)
register.filter("days", formats.days)
register.filter("day", formats.day)
register.filter("moment", formats.moment)


register.simple_tag(once_field, name="once")


@register.tag("fixed")
def fixed_part(parser: Any, token: Any) -> "FixedNode":
    """`{% fixed %}…{% endfixed %}`: a part that is the same for everybody, on every page and at any time.

    It sees nothing of the page and is written once in each language.
    """
    nodes = parser.parse(("endfixed",))
    parser.delete_first_token()
    return FixedNode(nodes)


class FixedNode(template.Node):
    """What stands between `{% fixed %}` and `{% endfixed %}`, with what was written of it by language."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self.written: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = get_language()
        if language not in self.written:
            self.written[language] = self.nodelist.render(context.new())
        return self.written[language]


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A decorative icon; the word beside it carries the meaning."""
    return format_html('<i class="ti ti-{} {}" aria-hidden="true"></i>', name, extra)


@register.simple_tag
def chip(label: Any, tone: str = DRAFT, icon: str = "") -> SafeString:
    """A state as word, colour and icon; see `kam.pages.chips`."""
    return state_chip(label, tone, icon)


@register.simple_tag
def widget(bound: forms.BoundField, size: str = "", hide_label: bool = False) -> SafeString:
    """The control of a field with the look of its kind; `size` "sm" for filter bars."""
    control = bound.field.widget
    if isinstance(control, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        classes = "form-check-input"
    elif isinstance(control, forms.Select):
        classes = f"form-select form-select-{size}" if size else "form-select"
    else:
        classes = f"form-control form-control-{size}" if size else "form-control"
    attributes = {"class": f"{classes} {control.attrs.get('class', '')}".strip()}
    if bound.errors:
        attributes["class"] += " is-invalid"
        attributes["aria-describedby"] = f"{bound.auto_id}_error"
    if hide_label:
        attributes["aria-label"] = str(bound.label)
    return bound.as_widget(attrs=attributes)


@register.simple_tag
def list_filter(filterset: FilterSet, name: str) -> SafeString:
    """A filter of a list: its label, its control, and what is wrong with what was set."""
    if name in filterset.hidden:
        return SafeString("")
    if name in filterset.filters:
        return _filter(filterset.form[name])
    return blank_filter(type(filterset), name, get_language())


@cache
def blank_filter(filterset: type[FilterSet], name: str, language: str | None) -> SafeString:
    """A filter that is not set: the same for everybody, so it is written once in each language."""
    return _filter(filterset(names={name}).form[name])


def _filter(bound: forms.BoundField) -> SafeString:
    errors = format_html_join("", '<div class="filter-error">{}</div>', ((error,) for error in bound.errors))
    return format_html(
        '<div class="filter"><label for="{}">{}</label>{}{}</div>',
        bound.id_for_label, bound.label, widget(bound, "sm"), errors,
    )  # fmt: skip


@register.simple_tag
def field(bound: forms.BoundField) -> SafeString:
    """A whole field: label, control, help, and its errors beside it."""
    control = bound.field.widget
    errors = mark_safe("")
    if bound.errors:
        lines = format_html_join("", "<div>{}</div>", ((error,) for error in bound.errors))
        errors = format_html('<div class="invalid-feedback d-block" id="{}_error">{}</div>', bound.auto_id, lines)
    hint = mark_safe("")
    if bound.help_text:
        hint = format_html('<small class="form-hint" id="{}_helptext">{}</small>', bound.auto_id, bound.help_text)
    if isinstance(control, forms.CheckboxInput):
        return format_html(
            '<div class="field field-check" data-field="{}"><label class="form-check">{}'
            '<span class="form-check-label">{}</span></label>{}{}</div>',
            bound.name, widget(bound), bound.label, hint, errors,
        )  # fmt: skip
    wide = " field-wide" if isinstance(control, forms.Textarea | forms.CheckboxSelectMultiple) else ""
    required = " required" if bound.field.required else ""
    return format_html(
        '<div class="field{}" data-field="{}"><label class="form-label{}" for="{}">{}</label>{}{}{}</div>',
        wide, bound.name, required, bound.id_for_label, bound.label, widget(bound), hint, errors,
    )  # fmt: skip


@register.filter
def words(value: str) -> list[str]:
    """The words of a text, for a loop of a template."""
    return value.split()
