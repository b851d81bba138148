"""Rows of a resource as the database gives them, in a fixed number of queries.

First come the numbers of the rows of a page, then their cells, then the cells of the rows inside
them. To put a table's columns together as SQL takes Django several times as long as the database
needs to answer, so that is done once a day (days stand in it) and kept.
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

from ogp_tracker.api.cursor import Ordered
from ogp_tracker.api.resources import Resource
from ogp_tracker.opendata.tables import BY_NAME

Cells = Sequence[str]


@dataclass(frozen=True)
class Row:
    """One row: its cells as text, in the order of the columns, and the rows inside it."""

    cells: Cells
    parts: dict[str, list["Row"]] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the cursor to the next ones if there are any."""

    rows: list[Row]
    next_cursor: str | None


def page_of(resource: Resource, ordered: Ordered, cursor: str, size: int, on: date) -> Page:
    """Return up to `size` rows behind the cursor, read on the day `on`. Raises BadCursor."""
    places = list(ordered.behind(cursor).values_list(*ordered.place)[: size + 1])
    # The last term of every order is the primary key.
    rows = rows_of(resource, [place[-1] for place in places[:size]], on)
    return Page(rows, ordered.cursor(places[size - 1]) if len(places) > size else None)


def row_of(resource: Resource, key: dict[str, Any], on: date) -> Row | None:
    """Return the public row with this key, read on the day `on`; None if there is none."""
    named = {one.path: key[one.column.name] for one in resource.keys}
    pks = resource.rows(on).filter(**named).values_list("pk", flat=True)[:1]
    return next(iter(rows_of(resource, list(pks), on)), None)


def rows_of(resource: Resource, pks: list[Any], on: date) -> list[Row]:
    """Return the rows with these primary keys, in their order, with what stands inside them."""
    if not pks:
        return []
    cells = cells_of(resource.name, "pk", pks, on)
    inside = {part.name: cells_of(part.table.name, part.row, pks, on) for part in resource.parts}
    return [
        Row(text, {name: [Row(one) for one in found[pk]] for name, found in inside.items()})
        for pk in pks
        for text in cells[pk]
    ]


def cells_of(table: str, row: str, pks: list[Any], on: date) -> dict[Any, list[Cells]]:
    """Return the cells of the public rows of a table that belong to rows with these keys.

    `row` is the path to that which they belong to, and the result goes by its key.
    """
    sql, given, order = sql_of(table, row, on, settings.SITE_URL)
    marks = ", ".join(["%s"] * len(pks))
    found: dict[Any, list[Cells]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE belongs_to IN ({marks}) ORDER BY {order}", [*given, *pks])
        for belongs_to, *rest in cursor.fetchall():
            found[belongs_to].append(rest[order.count(",") + 1 :])
    return found


@lru_cache(maxsize=64)
def sql_of(table: str, row: str, on: date, _site: str) -> tuple[str, tuple[Any, ...], str]:
    """Return the query for the cells of a table, what is given to it, and its order."""
    columns = BY_NAME[table].columns
    ordered = Ordered.of(BY_NAME[table].queryset(on), table)
    places = {f"place_{number}": value for number, value in enumerate(ordered.place)}
    cells = ordered.rows.order_by().annotate(belongs_to=F(row), **places)
    sql, given = cells.values_list(
        "belongs_to", *places, *(column.as_text(on) for column in columns)
    ).query.sql_with_params()
    return f"SELECT * FROM ({sql}) cells", given, ", ".join(places)  # noqa: S608
