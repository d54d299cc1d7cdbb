"""The history speaks in words: whatever verb an action writes there has one."""

import ast
from pathlib import Path

from kam.pages import PAGES
from kam.pages.trails import DONE, VERBS

ROOT = Path(__file__).parents[2]
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
    steps = {step.name for page in PAGES if page.flow is not None for step in page.flow.steps}
    known = steps | set(VERBS) | {verb for _kind, verb in DONE}
    wordless = {}
    for module in sorted(ROOT.glob("*/actions/**/*.py")):
        missing = verbs_of(module.read_text()) - known
        if missing:
            wordless[str(module.relative_to(ROOT))] = sorted(missing)
    assert not wordless
