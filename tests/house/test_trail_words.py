"""What actions write into the trail has words of its own: no name from the code is shown to a reader."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import get_resolver

from kam.pages import trails

FLOORS = ("kam", "accounts", "orders", "stock", "bonuses", "reports")
ROOT = Path(__file__).resolve().parents[2]


def written():
    """The names of figures that actions put beside their verbs."""
    sources = (path.read_text() for floor in FLOORS for path in ROOT.glob(f"{floor}/actions/**/*.py"))
    told = (changes for source in sources for changes in re.findall(r"changes=\{([^{}]*)\}", source))
    return sorted({name for changes in told for name in re.findall(r'"([a-z_]+)":', changes)})


@pytest.mark.parametrize("name", written())
def test_a_figure_of_the_trail_has_words(name):
    get_resolver().url_patterns  # noqa: B018 - the floors tell their words where their pages are declared
    ours = [model for model in apps.get_models() if model._meta.app_label in FLOORS]
    assert name in trails.NAMES or any(name in {field.name for field in model._meta.fields} for model in ours)
