"""The floors: relations between models, names of addresses and templates point down only."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = ("kam", "accounts", "orders", "stock", "bonuses", "reports")
HEIGHT = {app: height for height, app in enumerate(FLOORS)}
# reverse("orders:…"), redirect("orders:…"), {% url 'orders:…' %}, {% extends "orders/…" %}, render(…, "orders/….html")
NAMES = re.compile(
    r"""(?:reverse(?:_lazy)?\(|redirect\(|\{%\s*url\s+)\s*["'](?P<space>[a-z]+):"""
    r"""|["'](?P<folder>[a-z]+)/[\w./-]+\.html["']"""
)


def floor_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "templates" else parts[0]


def sources():
    for app in FLOORS:
        yield from (ROOT / app).rglob("*.py")
        yield from (ROOT / "templates" / app).rglob("*.html")


def code_of(path: Path) -> str:
    """A file without its docstrings: an example may name what it likes."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return text
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    return "\n".join(lines)


def upward(text: str, floor: str) -> list[str]:
    """The names in a text that lie above a floor."""
    found = ((match["space"] or match["folder"], match[0]) for match in NAMES.finditer(text))
    return [name for app, name in found if app in HEIGHT and HEIGHT[app] > HEIGHT[floor]]


@pytest.mark.parametrize("model", [m for m in apps.get_models() if m._meta.app_label in HEIGHT], ids=str)
def test_relations_point_down(model):
    for field in model._meta.get_fields(include_hidden=False):
        target = field.related_model if field.is_relation and field.concrete else None
        app = target._meta.app_label if target is not None else "kam"
        assert HEIGHT.get(app, -1) <= HEIGHT[model._meta.app_label], f"{field} looks up to {target}"


def test_names_point_down():
    wrong = {
        str(path.relative_to(ROOT)): found for path in sources() if (found := upward(code_of(path), floor_of(path)))
    }
    assert not wrong


@pytest.mark.parametrize(
    "text",
    ["reverse('orders:order_list')", '{% url "orders:order_list" %}', '{% extends "orders/x.html" %}'],
)
def test_a_name_that_looks_up_is_found(text):
    assert upward(text, "accounts")
    assert not upward(text, "orders")
    assert not upward(text, "stock")
