"""What the documents name is there: files, modules, commands of manage.py, routes of the API."""

import re
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from kam.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(chain(ROOT.glob("*.md"), ROOT.glob("docs/**/*.md")))
APPS = ("kam", "accounts", "orders", "stock", "bonuses", "reports", "tests")
TOPS = (*APPS, "templates", "static", "docs", "locale")
MADE = ("static/vendor",)  # by make run
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:\s]+)\)")
PATH = re.compile(rf"(?:{'|'.join(TOPS)})/[\w./\-]*\w/?")
MODULE = re.compile(rf"(?:{'|'.join(APPS)})(?:\.\w+)+")
COMMAND = re.compile(r"manage\.py (\w+)")
ROUTE = re.compile(r"(?:GET|POST|PATCH|PUT|DELETE) (/[\w\-/.{}]+)")


def missing_paths(page: Path, text: str) -> list[str]:
    """Paths in code marks, from the root, and links, from the page, that lead nowhere."""
    named = [said for said in CODE.findall(text) if PATH.fullmatch(said) and not said.startswith(MADE)]
    return [said for said in named if not (ROOT / said).exists()] + [
        link for link in LINK.findall(text) if not (page.parent / link).exists()
    ]


def missing_names(text: str) -> list[str]:
    """Modules, or names within them, that nobody can import."""
    return [said for said in CODE.findall(text) if MODULE.fullmatch(said) and not importable(said)]


def importable(name: str) -> bool:
    """Whether a dotted name is a module or something that one says about itself."""
    try:
        if find_spec(name):
            return True
    except ModuleNotFoundError:
        pass
    module, _dot, last = name.rpartition(".")
    if not module:
        return False
    path = ROOT / module.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return source.is_file() and re.search(rf"\b{last}\b", source.read_text()) is not None


def missing_routes(text: str) -> list[str]:
    """Routes of the API that lead nowhere, an id for every place in braces."""
    return [said for said in ROUTE.findall(text) if not any(map(found, forms_of(said)))]


def forms_of(said: str) -> list[str]:
    """The address as it may be meant: one of our importers or lists for a name, an id for the rest."""
    path = said.replace("{name}", "clients").replace("{key}", "orders.order")
    path = "/api/v1" + re.sub(r"\{\w+\}", "1", path).removeprefix("/api/v1")
    return [path, f"{path}/"]


def found(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page):
    text = page.read_text()
    commands = [name for name in COMMAND.findall(text) if name not in get_commands()]
    assert (missing_paths(page, text), missing_names(text), commands, missing_routes(text)) == ([], [], [], [])


def test_every_rule_is_named_by_a_page_of_algorithms():
    told = "".join(page.read_text() for page in ROOT.glob("docs/algorithms/*.md"))
    rules = [
        path for app in APPS for path in ROOT.glob(f"{app}/rules/*.py") if path.stem not in ("__init__", "invented")
    ]
    assert rules and [path.stem for path in rules if str(path.relative_to(ROOT)) not in told] == []


def test_the_index_of_algorithms_names_every_page():
    index = (ROOT / "docs/algorithms/README.md").read_text()
    pages = {path.name for path in ROOT.glob("docs/algorithms/*.md")} - {"README.md"}
    assert set(LINK.findall(index)) == pages


def test_every_variable_of_the_environment_is_told():
    told = (ROOT / "docs/deploying.md").read_text() + (ROOT / "README.md").read_text()
    assert [name for name in map(str.upper, Environment.model_fields) if not re.search(rf"\b{name}\b", told)] == []


def test_what_is_not_there_is_found():
    text = "`kam/nowhere.py` [a](nowhere.md) `kam.nowhere.at_all` `GET /nowhere/{id}/`"
    assert missing_paths(ROOT / "README.md", text) == ["kam/nowhere.py", "nowhere.md"]
    assert (missing_names(text), missing_routes(text)) == (["kam.nowhere.at_all"], ["/nowhere/{id}/"])
