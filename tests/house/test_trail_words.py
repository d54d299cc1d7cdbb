"""The history speaks in words: whatever verb an action writes there has one."""

import ast
from pathlib import Path

import pytest

from kam.flows import all_flows
from kam.pages import PAGES
from kam.pages.trails import VERBS

ROOT = Path(__file__).parents[2]
# Flows of the program; tests declare some of their own.
FLOWS = [flow for flow in all_flows() if flow.model._meta.app_label in ("accounts", "orders", "stock", "bonuses")]
WRITERS = {"record", "record_many", "_record", "entry_of"}


def verbs_of(source: str) -> set[str]:
    """The verbs that a module writes: the first text among the arguments of a writer, or its `verb`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in WRITERS:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            found |= set(texts[:1])
        found |= {
            each.value.value for each in node.keywords if each.arg == "verb" and isinstance(each.value, ast.Constant)
        }
    return found


def test_the_reader_of_verbs_sees_both_ways_to_write_one():
    assert verbs_of('trail.record(order, "ship", by=who)\nchange_record(Order, pk, verb="amend")') == {"ship", "amend"}


def test_every_verb_of_the_history_has_a_word():
    known = set(VERBS) | {step.name for flow in FLOWS for step in flow.steps}
    wordless = {}
    for module in sorted(ROOT.glob("*/actions/**/*.py")):
        missing = verbs_of(module.read_text()) - known
        if missing:
            wordless[str(module.relative_to(ROOT))] = sorted(missing)
    assert not wordless


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.model._meta.label_lower)
def test_every_step_says_what_was_done(flow):
    assert not [step.name for step in flow.steps if not step.done]


@pytest.mark.parametrize("page", [page for page in PAGES if hasattr(page.move, "steps")], ids=lambda page: page.name)
def test_every_button_of_a_step_has_its_writer(page):
    assert page.move.steps <= {step.name for step in page.flow.steps}
    assert {step.name for step in page.flow.steps if step.listed} <= page.move.steps
