"""Rows of a resource as the database gives them, in a fixed number of queries.

First the primary keys of the rows of a page are read, then their cells, then the cells of nested
rows. Compiling a table's columns to SQL takes Django several times as long as the database needs to
answer, so the SQL is cached; it contains the date, so it is made again each day.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F

from ogp_tracker.api.cursor import OrderedRows
from ogp_tracker.api.resources import Resource
from ogp_tracker.opendata.table import Table
from ogp_tracker.opendata.tables import BY_NAME

Cells = Sequence[str]


@dataclass(frozen=True)
class ApiRow:
    """One row: its cells as text, in the order of the columns, and its nested rows."""

    cells: Cells
    nested: dict[str, list["ApiRow"]] = field(default_factory=dict)


@dataclass(frozen=True)
class RowPage:
    rows: list[ApiRow]
    next_cursor: str | None


def page_of(resource: Resource, ordered: OrderedRows, cursor: str, size: int, on: date) -> RowPage:
    """At most `size` rows after the cursor. Raises InvalidCursor."""
    positions = list(ordered.after(cursor).values_list(*ordered.position)[: size + 1])
    # The last term of every order is the primary key.
    rows = rows_of(resource, [position[-1] for position in positions[:size]], on)
    return RowPage(rows, ordered.cursor(positions[size - 1]) if len(positions) > size else None)


def row_of(resource: Resource, key: dict[str, Any], on: date) -> ApiRow | None:
    named = {one.path: key[one.column.name] for one in resource.keys}
    pks = resource.table.queryset(on).filter(**named).values_list("pk", flat=True)[:1]
    return next(iter(rows_of(resource, list(pks), on)), None)


def rows_of(resource: Resource, pks: list[Any], on: date) -> list[ApiRow]:
    """The rows with these primary keys, in this order, with their nested rows."""
    if not pks:
        return []
    cells = cells_of(resource.table, "pk", pks, on)
    inside = {
        nested.name: cells_of(nested.table, nested.parent, pks, on) for nested in resource.nested
    }
    return [
        ApiRow(text, {name: [ApiRow(one) for one in found[pk]] for name, found in inside.items()})
        for pk in pks
        for text in cells[pk]
    ]


def cells_of(table: Table, parent: str, pks: list[Any], on: date) -> dict[Any, list[Cells]]:
    """The cells of the public rows of a table, by the primary key of their parent row.

    `parent` is the path to the parent row.
    """
    sql, params, order = sql_of(table.name, table.rows, parent, on, settings.SITE_URL)
    placeholders = ", ".join(["%s"] * len(pks))
    found: dict[Any, list[Cells]] = defaultdict(list)
    with connection.cursor() as cursor:
        sql = f"{sql} WHERE belongs_to IN ({placeholders}) ORDER BY {order}"
        cursor.execute(sql, [*params, *pks])
        for belongs_to, *rest in cursor.fetchall():
            found[belongs_to].append(rest[order.count(",") + 1 :])
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
