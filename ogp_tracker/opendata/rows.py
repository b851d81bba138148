"""Rows of a public table, read block by block, so that memory does not grow with them."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from typing import Any, cast

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from psycopg.types.string import ByteaBinaryLoader

from ogp_tracker.opendata.as_at import reading, with_history_ctes

Block = Sequence[tuple[str, ...]]
RawBlock = Sequence[tuple[bytes, ...]]
"""The same in UTF-8, as the database sends it: what is written as bytes need not be decoded."""

ROWS_AT_ONCE = 500

ROWS_WRITTEN_AT_ONCE = 50
"""Of raw cells: few enough to stay in the processor's cache while they are written, which is twice
as fast."""


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
    """The rows of a query of cells, some hundred at a time, as they were just before `as_at`.

    They come from one snapshot, however long the reading takes. The query goes to the database as
    the ORM wrote it, and what comes back is not touched: no objects are made of rows.
    """
    with _executed(cells, as_at) as cursor:
        while block := cursor.fetchmany(ROWS_AT_ONCE):
            yield block


def raw_blocks_of(cells: QuerySet[Any], as_at: datetime | None = None) -> Iterator[RawBlock]:
    """The same rows as from `blocks_of`, with cells in UTF-8 as they come from the database."""
    connection = connections[cells.db]
    read = _raw_of_postgresql if connection.vendor == "postgresql" else _raw_of_sqlite
    return read(connection, cells, as_at)


def _raw_of_postgresql(
    connection: BaseDatabaseWrapper, cells: QuerySet[Any], as_at: datetime | None
) -> Iterator[RawBlock]:
    """Psycopg passes on text in the binary format, which is UTF-8 and needs no decoding.

    The rows come as a stream: the server goes on while earlier rows are written.
    """
    try:
        sql, params = with_history_ctes(connection, as_at, *cells.query.sql_with_params())
    except EmptyResultSet:
        return
    # Several rows at once need libpq 17, which comes with psycopg's own wheels.
    at_once = ROWS_WRITTEN_AT_ONCE if psycopg.pq.version() >= 17_00_00 else 1
    with snapshot(cells.db):
        query = psycopg.ClientCursor(connection.connection).mogrify(sql, params)
        with psycopg.Cursor(connection.connection) as cursor:
            for name in ("text", "varchar"):
                cursor.adapters.register_loader(name, ByteaBinaryLoader)
            stream = cursor.stream(query.encode(), binary=True, size=at_once)
            with closing(cast("Generator[tuple[bytes, ...]]", stream)) as rows:
                while block := list(islice(rows, ROWS_WRITTEN_AT_ONCE)):
                    yield block


def _raw_of_sqlite(
    connection: BaseDatabaseWrapper, cells: QuerySet[Any], as_at: datetime | None
) -> Iterator[RawBlock]:
    """SQLite returns bytes; this is set for each block, because it applies to all cursors."""
    with _executed(cells, as_at) as cursor:
        while True:
            connection.connection.text_factory = bytes
            try:
                block = cursor.fetchmany(ROWS_WRITTEN_AT_ONCE)
            finally:
                connection.connection.text_factory = str
            if not block:
                return
            yield block


@contextmanager
def _executed(cells: QuerySet[Any], as_at: datetime | None) -> Iterator[Any]:
    """A cursor that has not fetched anything yet."""
    try:
        sql, params = cells.query.sql_with_params()
    except EmptyResultSet:
        yield _EmptyCursor()
        return
    with snapshot(cells.db), connections[cells.db].chunked_cursor() as cursor:
        with reading(as_at, cells.db):
            cursor.execute(sql, params)
        yield cursor


class _EmptyCursor:
    def fetchmany(self, _size: int) -> list[Any]:
        return []
