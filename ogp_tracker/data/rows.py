"""Rows of a public table, read block by block, so that memory does not grow with them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import QuerySet

Block = Sequence[tuple[str, ...]]

ROWS_AT_ONCE = 500


def blocks_of(cells: QuerySet[Any]) -> Iterator[Block]:
    """Yield the rows of a query of cells, some hundred at a time.

    They are those of one moment, however long the reading takes. The query goes to the database as
    the ORM wrote it, and what comes back is not touched: a row becomes no object.
    """
    try:
        sql, given = cells.query.sql_with_params()
    except EmptyResultSet:
        return
    connection = connections[cells.db]
    # Outside a transaction PostgreSQL would first keep the whole answer somewhere.
    with transaction.atomic(using=cells.db), connection.chunked_cursor() as cursor:
        cursor.execute(sql, given)
        while block := cursor.fetchmany(ROWS_AT_ONCE):
            yield block
