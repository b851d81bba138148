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
"""The same in UTF-8, as the database sends it: what is written out as bytes need not be read."""

ROWS_AT_ONCE = 500

ROWS_WRITTEN_AT_ONCE = 50
"""Of raw cells: few enough to stay near the processor while they are written, which is twice as
fast."""


@contextmanager
def one_moment(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let all that is read inside be of one moment; nobody who writes has to wait for it.

    A transaction of Django's would, on SQLite, take the place of the one who writes.
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
    """Yield the rows of a query of cells, some hundred at a time; as they were just before `as_at`.

    They are those of one moment, however long the reading takes. The query goes to the database as
    the ORM wrote it, and what comes back is not touched: a row becomes no object.
    """
    with _asked(cells, as_at) as cursor:
        while block := cursor.fetchmany(ROWS_AT_ONCE):
            yield block


def raw_blocks_of(cells: QuerySet[Any], as_at: datetime | None = None) -> Iterator[RawBlock]:
    """Yield the same rows as `blocks_of`, their cells in UTF-8 as they come from the database."""
    connection = connections[cells.db]
    read = _raw_of_postgresql if connection.vendor == "postgresql" else _raw_of_sqlite
    return read(connection, cells, as_at)


def _raw_of_postgresql(
    connection: BaseDatabaseWrapper, cells: QuerySet[Any], as_at: datetime | None
) -> Iterator[RawBlock]:
    """Have psycopg hand on text in the binary format: that is UTF-8, and nothing to be decoded.

    The rows come as a stream: the server goes on while what came is written.
    """
    try:
        sql, given = with_history_ctes(connection, as_at, *cells.query.sql_with_params())
    except EmptyResultSet:
        return
    # Several rows at once take a libpq of 17, which comes with psycopg's own wheels.
    at_once = ROWS_WRITTEN_AT_ONCE if psycopg.pq.version() >= 17_00_00 else 1
    with one_moment(cells.db):
        query = psycopg.ClientCursor(connection.connection).mogrify(sql, given)
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
    """Have SQLite hand on bytes; it is told for each block, as it does so for all cursors."""
    with _asked(cells, as_at) as cursor:
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
def _asked(cells: QuerySet[Any], as_at: datetime | None) -> Iterator[Any]:
    """Ask the query; give the cursor, which has not fetched anything yet."""
    try:
        sql, given = cells.query.sql_with_params()
    except EmptyResultSet:
        yield _Nothing()
        return
    with one_moment(cells.db), connections[cells.db].chunked_cursor() as cursor:
        with reading(as_at, cells.db):
            cursor.execute(sql, given)
        yield cursor


class _Nothing:
    """A cursor without rows."""

    def fetchmany(self, _size: int) -> list[Any]:
        """Give none."""
        return []
