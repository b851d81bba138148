"""Rows of a resource as the database gives them, in a fixed number of queries.

First the primary keys of the rows of a page are read, then their cells, then the cells of nested
rows. Compiling a table's columns to SQL takes Django several times as long as the database needs to
answer, so the SQL is cached; it contains the date, so it is made again each day.
"""

from collections import defaultdict
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F

from ogp_tracker.api.cursor import OrderedRows
from ogp_tracker.api.parameters import ListRequest
from ogp_tracker.api.resources import Resource
from ogp_tracker.opendata.table import Table
from ogp_tracker.opendata.tables import BY_NAME

ApiRow = dict[str, Any]
"""One row: its values and its nested rows, by the names of the fields."""


def page_of(resource: Resource, wanted: ListRequest, on: date) -> tuple[list[ApiRow], str | None]:
    """The rows of a page, and the cursor of the next one. Raises InvalidCursor."""
    ordered, size = wanted.ordered, wanted.size
    positions = list(ordered.after(wanted.cursor).values_list(*ordered.position)[: size + 1])
    # The last term of every order is the primary key.
    rows = rows_of(resource, [position[-1] for position in positions[:size]], on)
    return rows, ordered.cursor(positions[size - 1]) if len(positions) > size else None


def row_of(resource: Resource, key: dict[str, Any], on: date) -> ApiRow | None:
    named = {one.path: key[one.column.name] for one in resource.keys}
    pks = resource.table.queryset(on).filter(**named).values_list("pk", flat=True)[:1]
    return next(iter(rows_of(resource, list(pks), on)), None)


def rows_of(resource: Resource, pks: list[Any], on: date) -> list[ApiRow]:
    """The rows with these primary keys, in this order, with their nested rows."""
    if not pks:
        return []
    rows = rows_by_parent(resource.table, "pk", pks, on)
    inside = {
        nested.name: rows_by_parent(nested.table, nested.parent, pks, on)
        for nested in resource.nested
    }
    return [
        row | {name: found[pk] for name, found in inside.items()} for pk in pks for row in rows[pk]
    ]


def rows_by_parent(table: Table, parent: str, pks: list[Any], on: date) -> dict[Any, list[ApiRow]]:
    """The public rows of a table, by the primary key of the row to which the path leads."""
    sql, params, order = sql_of(table.name, table.rows, parent, on, settings.SITE_URL)
    placeholders = ", ".join(["%s"] * len(pks))
    found: dict[Any, list[ApiRow]] = defaultdict(list)
    with connection.cursor() as cursor:
        sql = f"{sql} WHERE belongs_to IN ({placeholders}) ORDER BY {order}"
        cursor.execute(sql, [*params, *pks])
        for belongs_to, *rest in cursor.fetchall():
            cells = zip(table.columns, rest[order.count(",") + 1 :], strict=True)
            found[belongs_to].append({column.name: column.value_of(text) for column, text in cells})
    return found


@lru_cache(maxsize=64)
def sql_of(
    name: str, rows: Any, parent: str, on: date, _site: str
) -> tuple[str, tuple[Any, ...], str]:
    """`rows` are those of the table, or of one kind only."""
    columns = BY_NAME[name].columns
    ordered = OrderedRows.of(rows(on), name)
    positions = {f"position_{number}": value for number, value in enumerate(ordered.position)}
    cells = ordered.rows.order_by().annotate(belongs_to=F(parent), **positions)
    sql, params = cells.values_list(
        "belongs_to", *positions, *(column.as_text(on) for column in columns)
    ).query.sql_with_params()
    return f"SELECT * FROM ({sql}) cells", params, ", ".join(positions)  # noqa: S608
