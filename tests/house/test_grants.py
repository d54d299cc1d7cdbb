"""The matrix of rights and the code name the same permissions: none is asked for that nobody has, none lies unused."""

import ast
import re
from pathlib import Path

from django.apps import apps

from kam.access import ScopedQuerySet
from kam.api.views import VIEWSETS
from kam.pages import PAGES
from kam.roles import GUARDED, ROLES, is_granted

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = ("kam", "accounts", "orders", "stock", "bonuses", "reports")
CODE = re.compile(rf"({'|'.join(FLOORS)})\.(view|add|change|[a-z]+)_[a-z_]+")
NO_RIGHTS = {"orders.prove_counters"}  # kinds of background work, written alike


def written() -> dict[str, str]:
    """Every permission written in the code, with a file that names it."""
    found = {}
    for path in (path for app in FLOORS for path in sorted((ROOT / app).rglob("*.py"))):
        if "migrations" in path.parts or path.name == "roles.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.setdefault(node.value, str(path.relative_to(ROOT)))
    return {code: path for code, path in found.items() if code not in NO_RIGHTS}


def put_together() -> dict[str, str]:
    """Every permission that pages, the API and querysets make of a model's name."""
    found = {}
    for page in PAGES:
        verbs = ["view", *(["add"] if page.can_create() else []), *(["change"] if page.can_change() else [])]
        found |= {page.permission(verb): page.key() for verb in [*verbs, *(["export"] if page.exportable else [])]}
    for prefix, view in VIEWSETS.items():
        verbs = ["view", *(["add"] if view.create_action else []), *(["change"] if view.change_action else [])]
        found |= {view.permission(verb): prefix for verb in verbs}
    for model in apps.get_models():
        rows = model._default_manager.all()
        if isinstance(rows, ScopedQuerySet):
            found[rows.permission_to_view()] = model._meta.label_lower
    return {code: place for code, place in found.items() if code}


def test_somebody_has_every_right_that_is_asked_for():
    asked = {**put_together(), **written()}
    nobody = {
        code: place for code, place in asked.items() if not any(is_granted(r.grants, code) for r in ROLES.values())
    }
    assert not nobody


def test_every_grant_is_asked_for():
    asked = {*put_together(), *written(), *GUARDED}
    granted = set().union(*(role.grants for role in ROLES.values()))
    assert not sorted(code for code in granted - asked if not code.endswith("_*"))
