"""Rows of a public table, read block by block, so that memory does not grow with them."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from typing import Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from psycopg.types.string import ByteaBinaryLoader

from ogp_tracker.opendata.as_at import with_history_ctes

Block = Sequence[tuple[bytes, ...]]
"""Rows of cells in UTF-8, as the database sends them: what is written as bytes is not decoded."""

ROWS_AT_ONCE = 50
"""Few enough to stay in the processor's cache while they are written, which is twice as fast."""


@contextmanager
def snapshot(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Read everything inside as at one point in time, without making writers wait.

    A transaction of Django's would, on SQLite, take the writer's turn.
    """
    connection = connections[using]
    connection.ensure_connection()
    if connection.vendor != "sqlite":
        is_first = not connection.in_atomic_block
        with transaction.atomic(using=using):
            if is_first:
                connection.cursor().execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
            yield
    elif connection.connection.in_transaction:
        yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("COMMIT")


def blocks_of(cells: QuerySet[Any], as_at: datetime | None = None) -> Iterator[Block]:
    """The rows of a query of cells, some at a time, as they were just before `as_at`.

    They come from one snapshot, however long the reading takes. The query goes to the database as
    the ORM wrote it, and what comes back is not touched: no objects are made of rows.
    """
    connection = connections[cells.db]
    sql, params = cells.query.get_compiler(cells.db, elide_empty=False).as_sql()
    sql, params = with_history_ctes(connection, as_at, sql, params)
    read = _of_postgresql if connection.vendor == "postgresql" else _of_sqlite
    with snapshot(cells.db):
        yield from read(connection, sql, params)


def in_blocks(rows: Iterable[tuple[str, ...]]) -> Iterator[Block]:
    cells = (tuple(cell.encode() for cell in row) for row in rows)
    while block := list(islice(cells, ROWS_AT_ONCE)):
        yield block


def _of_postgresql(
    connection: BaseDatabaseWrapper, sql: str, params: tuple[Any, ...]
) -> Iterator[Block]:
    """Psycopg passes on text in the binary format, which is UTF-8 and needs no decoding.

    The rows come as a stream: the server goes on while earlier rows are written.
    """
    # Several rows at once need libpq 17, which comes with psycopg's own wheels.
    at_once = ROWS_AT_ONCE if psycopg.pq.version() >= 17_00_00 else 1
    query = psycopg.ClientCursor(connection.connection).mogrify(sql, params)
    with psycopg.Cursor(connection.connection) as cursor:
        for name in ("text", "varchar"):
            cursor.adapters.register_loader(name, ByteaBinaryLoader)
        stream = cursor.stream(query.encode(), binary=True, size=at_once)
        with closing(cast("Generator[tuple[bytes, ...]]", stream)) as rows:
            while block := list(islice(rows, ROWS_AT_ONCE)):
                yield block


def _of_sqlite(
    connection: BaseDatabaseWrapper, sql: str, params: tuple[Any, ...]
) -> Iterator[Block]:
    """SQLite returns bytes; this is set for each block, because it applies to all cursors."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while True:
            connection.connection.text_factory = bytes
            try:
                block = cursor.fetchmany(ROWS_AT_ONCE)
            finally:
                connection.connection.text_factory = str
            if not block:
                return
            yield block
