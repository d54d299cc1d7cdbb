"""What an importer asks for beside the file, as it comes over the API."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from kam.api.problems import Problem
from kam.desk.imports import options_form, said
from kam.imports import Importer


def chosen(importer: Importer, sent: Any, *, beside: Iterable[str] = (), under: str = "") -> dict[str, str]:
    """The options of the importer as they were sent; raises a problem that names every field that is wrong.

    `beside` are fields that may stand next to the options, `under` is where the options stand in what was sent.
    """
    form = options_form(importer)(sent)
    wrong = [
        (name, _("There is no such field."), "unknown") for name in sorted(set(sent) - set(form.fields) - set(beside))
    ]
    wrong += [(name, text, "invalid") for name, texts in form.errors.items() for text in texts]
    if wrong:
        errors = [{"pointer": f"{under}/{name}", "detail": text, "code": code} for name, text, code in wrong]
        raise Problem(400, "invalid", _("What was sent is not valid."), errors=errors)
    return said(form)
