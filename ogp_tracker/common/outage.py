"""The database is away: noticed by every request that needs it, and logged once."""

import errno
import logging
import sqlite3
import time
from threading import Lock

from django.db import DatabaseError, InterfaceError, OperationalError

DATABASE_ERRORS = (OperationalError, InterfaceError)
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
NO_ROOM_IN_POSTGRESQL = "53100"

FORGOTTEN_AFTER = 300
"""Seconds without an error after which the next one is a new outage, if nothing ended this one."""

logger = logging.getLogger(__name__)


class Outage:
    """What this process knows of the database; each process logs for itself."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._began_at = self._noticed_at = 0.0
        self.is_on = False

    def notice(self, error: DatabaseError | InterfaceError, path: str) -> None:
        with self._lock:
            now = time.monotonic()
            is_new = not self.is_on or now - self._noticed_at > FORGOTTEN_AFTER
            self.is_on, self._noticed_at = True, now
            if is_new:
                self._began_at = now
        if is_new:
            reason = " ".join(str(error).split())
            logger.error("The database does not answer, first noticed at %s: %s", path, reason)

    def end(self) -> None:
        """The database has answered."""
        # Asked at every request, so without the lock as long as nothing is wrong.
        if not self.is_on:
            return
        with self._lock:
            was_on, self.is_on = self.is_on, False
        if was_on:
            seconds = time.monotonic() - self._began_at
            logger.warning("The database answers again, after %.0f seconds", seconds)


outage = Outage()


def is_disk_full(error: BaseException | None) -> bool:
    """Whether it came about because a file or the database could not grow."""
    while error is not None:
        if (
            (isinstance(error, OSError) and error.errno in NO_ROOM)
            or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            or getattr(error, "sqlstate", None) == NO_ROOM_IN_POSTGRESQL
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_logged(record: logging.LogRecord) -> bool:
    """A filter for Django's own lines about failed requests, most of them with a traceback."""
    return not (outage.is_on and getattr(record, "status_code", None) == 503)
