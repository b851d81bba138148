"""The mark of the public data, asked before every answer from the cache, as cheaply as it can be.

One connection of each process is kept for it. The answer always comes from a look at the
database that began after the question, so that whoever has written something reads it; many who
ask at once share one look.
"""

import logging
import os
import time
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ogp_tracker.opendata import version

REST = 1
"""Seconds for which nobody looks again after the database did not answer: who waits for it in vain
must not do so one after the other."""

MARK = b"SELECT version FROM opendata_publicversion"

logger = logging.getLogger(__name__)


class Unknown(Exception):
    """The database does not tell the mark: nothing may be answered from the cache, nor kept."""


class Looker:
    """Looks through a connection of its own, opened when it is first needed."""

    def __init__(self, like: BaseDatabaseWrapper) -> None:
        self._like = like
        self._connection: BaseDatabaseWrapper | None = None

    def look(self) -> str:
        """Return the mark as it stands now; raise Unknown."""
        try:
            return self._look(self._opened())
        except Exception:
            # Whatever was wrong with the old connection (the server was started anew, say).
            self.close()
        try:
            return self._look(self._opened())
        except Exception as problem:
            self.close()
            raise Unknown from problem

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception:
                logger.debug("A broken connection could not be closed.", exc_info=True)

    def _opened(self) -> Any:
        if self._connection is None:
            self._connection = self._like.copy()
            self._connection.inc_thread_sharing()
            self._begin(self._connection)
            self._connection.connect()
        return self._connection.connection

    def _begin(self, connection: BaseDatabaseWrapper) -> None:
        """Note what has to be known of a connection before it is opened."""

    def _look(self, connection: Any) -> str:
        raise NotImplementedError


class PostgreSQL(Looker):
    """One round trip to the server, past all that Django and psycopg do for a query."""

    def _look(self, connection: Any) -> str:
        found = connection.pgconn.exec_params(MARK, None)
        value: bytes | None = found.get_value(0, 0)
        if value is None:
            raise Unknown
        return value.decode()


class SQLite(Looker):
    """SQLite tells for nothing whether anybody else has written; only then the mark is read."""

    def _begin(self, connection: BaseDatabaseWrapper) -> None:
        self._path = str(connection.settings_dict["NAME"])
        self._file = self._identity()
        self._written: int | None = None

    def _look(self, connection: Any) -> str:
        # A backup that was put in its place is another file, which this connection never sees.
        if self._identity() != self._file:
            raise Unknown
        (written,) = connection.execute("PRAGMA data_version").fetchone()
        if written != self._written:
            (self._mark,) = connection.execute(MARK.decode()).fetchone()
            # Noted last, and as it was before the mark was read.
            self._written = written
        return self._mark

    def _identity(self) -> tuple[int, int]:
        found = os.stat(self._path)
        return found.st_dev, found.st_ino


class InMemory(Looker):
    """A database that lives in this process only, as in tests: the question that Django asks."""

    def look(self) -> str:
        """Return the mark as it stands now, or one that never comes again."""
        return version.current().version


class Mark:
    """The mark of the public data for all threads of this process."""

    def __init__(self, looker: Looker) -> None:
        self._looker = looker
        self._lock = Lock()
        self._looks = 0
        self._seen: tuple[str, float] | None = None
        """The mark, and when the look at it began."""
        self._rests_until = 0.0

    def current(self) -> str:
        """Return the mark as it stands now; raise Unknown."""
        before = self._looks
        with self._lock:
            # Unless another thread has looked since this one came, and looked to the end.
            if self._looks == before:
                self._looks += 1
                self._look()
            if self._seen is None:
                raise Unknown
            return self._seen[0]

    def recent(self) -> str:
        """Return the mark as it stood at most PAGE_CACHE_CHECK_MILLISECONDS ago; raise Unknown."""
        age = settings.PAGE_CACHE_CHECK_MILLISECONDS / 1000
        seen = self._seen
        if age and seen is not None and time.monotonic() - seen[1] < age:
            return seen[0]
        return self.current()

    def close(self) -> None:
        """Let go of the connection; the next look opens another."""
        with self._lock:
            self._looker.close()

    def _look(self) -> None:
        self._seen, began = None, time.monotonic()
        if began < self._rests_until:
            return
        try:
            self._seen = (self._looker.look(), began)
        except Unknown:
            logger.warning("The version of the public data could not be read.", exc_info=True)
            self._rests_until = time.monotonic() + REST


def of_this_process() -> Mark:
    """Return the mark of the site's database."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        return Mark(PostgreSQL(connection))
    in_memory = getattr(connection, "is_in_memory_db", lambda: True)()
    return Mark(InMemory(connection) if in_memory else SQLite(connection))
