"""How actions create and change a document that has no steps to take: rights, edit conflict, constraints, trail."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from kam import trail
from kam.access import COMMON, Authority, authority
from kam.refusals import EditConflict, Refusal, Refused
from kam.writing import writes


def refused_by(error: ValidationError) -> Refused:
    """The refusals that stand for what the model found wrong, each beside its field."""
    found = []
    for name, problems in error.error_dict.items():
        where = "" if name == NON_FIELD_ERRORS else name
        for problem in problems:
            found.extend(Refusal(problem.code or "invalid", text, field=where) for text in problem.messages)
    return Refused(*found)


def check_version(document, version: int | None) -> None:
    """Raise EditConflict where somebody saved the (locked) document after version `version` was read."""
    if version is not None and version != document.version:
        text = _("%(document)s was changed meanwhile: look at the changes and save again.")
        raise EditConflict(Refusal("edit_conflict", text % {"document": document}))


def written(document, *, exclude=()) -> None:
    """Validate the document as its constraints will and save it; raises Refused beside the fields."""
    try:
        document.full_clean(exclude=exclude)
    except ValidationError as error:
        raise refused_by(error) from error
    document.save()


@writes
def create_record(model, *, by, permission: str, manager_id: int | None = COMMON, **fields):
    """Create a row of the model and its trail; returns the document.

    `manager_id` is the manager whose row it becomes, where the right depends on it. Raises Forbidden
    without the permission, Refused with what the model finds wrong.
    """
    who = authority(by, permission, manager_id)
    document = model(**fields)
    written(document)
    trail.record(document, "create", by=who)
    return document


@writes
def change_record(model, pk: int, *, by, permission: str, version: int | None = None, manager_of=None, **fields):
    """Change fields of a row and write what changed into the trail; returns the document.

    `manager_of(document)` gives the id of the manager whose row it is. Raises Forbidden, EditConflict
    where `version` is behind, Refused with what the model finds wrong; model.DoesNotExist for no such row.
    """
    document = model.objects.select_for_update(of=("self",)).get(pk=pk)
    who = authority(by, permission, manager_of(document) if manager_of else COMMON)
    check_version(document, version)
    return save_changes(document, who=who, **fields)


def save_changes(document, *, who: Authority, verb: str = "change", reason: str = "", **fields):
    """Set the fields of a locked document, save it under its next version and write the trail, if anything changed."""
    changes = trail.changed(document, **fields)
    if changes:
        document.version = getattr(document, "version", 0) + 1
        written(document)
        trail.record(document, verb, by=who, changes=changes, reason=reason)
    return document
