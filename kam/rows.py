"""One row read, changed or added by a statement made once per model: for the few paths that must be quick.

The ORM builds each query anew, which costs more than the database takes to answer it. What is written goes through
the fields (`pre_save`, `get_db_prep_save`), so values are prepared as the ORM prepares them.
"""

from functools import cache

from django.db import connection

LOCK = " FOR NO KEY UPDATE"


def locked_row(model, pk: int):
    """Read one row of the model under a lock that leaves foreign keys to it alone; raises model.DoesNotExist."""
    sql, names, decoders = _selection(model)
    with connection.cursor() as cursor:
        cursor.execute(sql, [pk])
        row = cursor.fetchone()
    if row is None:
        raise model.DoesNotExist(f"{model._meta.label} {pk}")
    values = list(row)
    for position, decode in decoders:
        values[position] = decode(values[position], None, connection)
    return model.from_db(connection.alias, names, values)


def save_fields(document, names) -> None:
    """Write the named fields of a row that exists, as `save(update_fields=…)` does."""
    meta = document._meta
    fields = [meta.get_field(name) for name in names]
    values = [field.get_db_prep_save(field.pre_save(document, False), connection) for field in fields]
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{meta.db_table}" SET {columns} WHERE "{meta.pk.column}" = %s', [*values, document.pk])


def save_rows(documents, names) -> None:
    """Write the named fields of rows that exist and are locked, all in one statement, as `bulk_update` does."""
    documents = list(documents)
    if not documents:
        return
    model = type(documents[0])
    fields = [model._meta.get_field(name) for name in names]
    columns = [[each.pk for each in documents]]
    columns += [
        [field.get_db_prep_save(field.pre_save(each, False), connection) for each in documents] for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_update(model, tuple(names)), columns)


def insert_row(document) -> None:
    """Add a row whose key the database gives, as `save(force_insert=True)` does."""
    meta = document._meta
    fields = [field for field in meta.local_concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(field.pre_save(document, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(type(document)), values)
        document.pk = cursor.fetchone()[0]
    document._state.adding = False
    document._state.db = connection.alias


@cache
def _selection(model) -> tuple[str, list[str], list]:
    meta = model._meta
    fields = meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    decoders = [(n, field.from_db_value) for n, field in enumerate(fields) if hasattr(field, "from_db_value")]
    sql = f'SELECT {columns} FROM "{meta.db_table}" WHERE "{meta.pk.column}" = %s{LOCK}'
    return sql, [field.attname for field in fields], decoders


@cache
def _insertion(model) -> str:
    meta = model._meta
    fields = [field for field in meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({places}) RETURNING "{meta.pk.column}"'


@cache
def _update(model, names: tuple[str, ...]) -> str:
    meta = model._meta
    fields = [meta.pk, *(meta.get_field(name) for name in names)]
    given = ", ".join(f"%s::{field.rel_db_type(connection)}[]" for field in fields)
    taken = ", ".join(f'"{field.column}" = given."{field.column}"' for field in fields[1:])
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return (
        f'UPDATE "{meta.db_table}" SET {taken} FROM unnest({given}) given ({columns}) '
        f'WHERE "{meta.db_table}"."{meta.pk.column}" = given."{meta.pk.column}"'
    )
