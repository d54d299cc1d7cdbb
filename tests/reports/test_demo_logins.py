"""The logins that the terminal prints stand in straight columns, however long a role is called."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from reports.demo.people import PASSWORD, hire


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ru"])
def test_columns_are_as_wide_as_their_longest_word(language):
    people, out = hire(), StringIO()
    with translation.override(language):
        call_command("demo_logins", stdout=out)
    *lines, password = out.getvalue().splitlines()
    assert len(lines) == len(people)
    begins = {line.index(user.last_name) for line, user in zip(lines, people.values(), strict=True)}
    assert len(begins) == 1
    assert password.endswith(PASSWORD)
