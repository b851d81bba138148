"""Many keys at once: asked for, and read."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

AT_ONCE = 1000


class Keys:
    """Many keys, written down once for all the queries of a page that ask for them."""

    def __init__(self, keys: Iterable[int]) -> None:
        self.text = ",".join(map(str, sorted(keys)))


class Among(Func):
    """The condition that a column holds one of the keys, which travel as one parameter.

    `__in` would write, bind and read thousands of parameters in every query of a page.
    `by_index=False` hides the column from the database, so that it looks for rows by another one.
    """

    output_field = BooleanField()

    def __init__(self, column: str, keys: Keys, *, by_index: bool = True) -> None:
        self.keys = keys
        super().__init__(F(column) if by_index else F(column) + Value(0))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        template = "%(expressions)s IN (SELECT value FROM json_each(%%s))"
        sql, params = self.as_sql(compiler, connection, template=template, **context)
        return sql, (*params, f"[{self.keys.text}]")

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        template = "%(expressions)s = ANY(%%s::bigint[])"
        sql, params = self.as_sql(compiler, connection, template=template, **context)
        return sql, (*params, f"{{{self.keys.text}}}")


def plain(rows: "QuerySet[Any, Any]") -> Iterator[tuple[Any, ...]]:
    """As the database gives them: Django would look at each of very many, and keep them all."""
    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        while block := cursor.fetchmany(AT_ONCE):
            yield from block
