"""What was taken by somebody at the same moment: a violated unique constraint of a model, told as a refusal.

An action asks whether a number is free before it writes; between the question and the write another may take it.
The database refuses the second, and here its refusal is put into the words and beside the field that the model names.
"""

from django.apps import apps
from django.db import IntegrityError, connection
from django.db.models import Model, UniqueConstraint

from kam.refusals import Refusal, Refused

UNIQUE_VIOLATION = "23505"


def refused_as_taken(error: IntegrityError) -> Refused | None:
    """The refusal that stands for the error; None where no unique constraint of a model of ours was violated.

    Asks the database which columns the constraint has, so its transaction has to be over.
    """
    cause = error.__cause__
    if getattr(cause, "pgcode", None) != UNIQUE_VIOLATION:
        return None
    model = _model_of(cause.diag.table_name)
    if model is None:
        return None
    name = cause.diag.constraint_name
    declared = next((each for each in model._meta.total_unique_constraints if each.name == name), None)
    fields = declared.fields if declared else _fields_of(model, name)
    if not fields:
        return None
    # The owner comes first (a contract's client), what a person typed comes last (its number).
    return Refused(Refusal("taken", _text(model, fields, declared), fields[-1]))


def _model_of(table: str) -> type[Model] | None:
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)


def _fields_of(model: type[Model], constraint: str) -> tuple[str, ...]:
    """The names of the fields that a constraint of the table covers; none where it covers an expression."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    names = {field.column: field.name for field in model._meta.concrete_fields}
    columns = found.get(constraint, {}).get("columns") or ()
    return tuple(names[column] for column in columns) if all(column in names for column in columns) else ()


def _text(model: type[Model], fields: tuple[str, ...], declared: UniqueConstraint | None) -> str:
    if declared is not None and declared.violation_error_message != declared.default_violation_error_message:
        return str(declared.get_violation_error_message())
    return " ".join(model().unique_error_message(model, fields).messages)
