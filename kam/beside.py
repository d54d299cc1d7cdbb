"""A statement put beside the rows of a query: figures of many rows told at once by SQL, to filter, sort and show by."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Field, QuerySet
from django.db.models.expressions import Col
from django.db.models.sql.constants import INNER


class Beside:
    """An inner join of a statement by its column `key` with the primary key of the rows, as `Query.alias_map` asks."""

    parent_alias: str
    join_type = INNER
    filtered_relation = None
    nullable = False

    def __init__(self, statement: str, name: str, key: str, parent_alias: str, table_alias: str | None = None) -> None:
        self.statement, self.table_name, self.key = statement, name, key
        self.parent_alias, self.table_alias = parent_alias, table_alias

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The clause of the join; the statement has no values of its own."""
        name, parent = (compiler.quote_name_unless_alias(each) for each in (self.table_alias, self.parent_alias))
        primary = connection.ops.quote_name(compiler.query.get_meta().pk.column)
        key = connection.ops.quote_name(self.key)
        return f"INNER JOIN ({self.statement.replace('%', '%%')}) {name} ON ({parent}.{primary} = {name}.{key})", []

    def relabeled_clone(self, change_map: Mapping[str, str]) -> "Beside":
        """The same join where a query renamed its tables."""
        parent, alias = (change_map.get(each, each) for each in (self.parent_alias, self.table_alias))
        return Beside(self.statement, self.table_name, self.key, parent, alias)

    def demote(self) -> "Beside":
        """An inner join as it is."""
        return self.relabeled_clone({})

    promote = demote


def beside(rows: QuerySet, statement: str, name: str, key: str, **columns: Field) -> QuerySet:
    """Those of the rows that the statement has by its column `key`, with these columns of it, each of a field's type.

    The statement carries its values in itself: nothing that a person typed may stand in it.
    """
    joined = rows.all()
    alias = joined.query.join(Beside(statement, name, key, joined.query.get_initial_alias()))
    for column, field in columns.items():
        field.set_attributes_from_name(column)
        field.model = rows.model  # expressions are told apart by the model and the name of what they read
        joined = joined.annotate(**{column: Col(alias, field)})
    return joined
