"""Files stay short, functions too, and nothing hides under a name that says nothing."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = ("kam", "accounts", "orders", "stock", "bonuses", "reports")
FILES = [p for app in FLOORS for p in sorted((ROOT / app).rglob("*.py")) if "migrations" not in p.parts]
EMPTY_NAMES = {"utils", "util", "helpers", "misc", "common"}


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("app", FLOORS)
def test_files_and_functions_are_short(app):
    long = []
    for path in (p for p in FILES if p.relative_to(ROOT).parts[0] == app):
        text = path.read_text("utf-8")
        if text.count("\n") > 400:
            long.append(f"{name(path)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > 40:
                    long.append(f"{name(path)}:{node.name}: {lines} lines")
    assert not long


def test_no_empty_names():
    assert not [name(p) for p in FILES if {p.stem, *p.relative_to(ROOT).parts} & EMPTY_NAMES]
