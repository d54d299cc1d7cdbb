"""The database of a run: built once, and built anew after a build that was broken off."""

import pytest
from django.core.management import call_command

from kam.management.commands import prepare_workspace
from kam.management.commands.prepare_workspace import MARK, read_mark, write_mark
from kam.models import User


@pytest.fixture
def calls(monkeypatch):
    """Which commands were called; the demo is one user, or breaks off after it."""
    called = []

    def call(name, **options):
        called.append(name)
        if name == "seed_demo":
            assert read_mark() == MARK
            User.objects.create_user("demo@dcm.example", "correct horse battery")
            if "broken" in called:
                raise KeyboardInterrupt

    monkeypatch.setattr(prepare_workspace, "call_command", call)
    monkeypatch.setattr(prepare_workspace, "empty_database", lambda: called.append("empty"))
    yield called


@pytest.mark.django_db
def test_the_demo_is_built_in_an_empty_database_only(calls):
    call_command("prepare_workspace")
    assert calls == ["migrate", "seed_demo", "demo_logins"]
    assert not read_mark()
    calls.clear()
    call_command("prepare_workspace")
    assert calls == ["migrate", "demo_logins"]


@pytest.mark.django_db
def test_no_demo_where_none_is_wanted(calls):
    call_command("prepare_workspace", no_demo=True)
    assert calls == ["migrate", "demo_logins"]
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_a_demo_that_was_broken_off_is_removed_first(calls):
    calls.append("broken")
    with pytest.raises(KeyboardInterrupt):
        call_command("prepare_workspace")
    assert read_mark() == MARK
    User.objects.all().delete()
    calls.clear()
    call_command("prepare_workspace")
    assert calls == ["empty", "migrate", "seed_demo", "demo_logins"]
    assert not read_mark()


@pytest.mark.django_db
def test_a_mark_of_somebody_else_is_no_reason(calls):
    User.objects.create_user("somebody@dcm.example", "correct horse battery")
    write_mark("Production, ask before you touch")
    call_command("prepare_workspace")
    assert calls == ["migrate", "demo_logins"]
    assert read_mark() == "Production, ask before you touch"
