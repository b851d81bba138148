"""The connection to a SQLite file, as docs/decisions/0013-writers-on-sqlite.md explains."""

import sqlite3
import time

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

PAUSE = 0.005
"""Seconds between two attempts. SQLite itself soon sleeps for 0.1, and is passed over."""


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self) -> None:
        seconds = self.settings_dict["OPTIONS"].get("timeout", 5)
        until = time.monotonic() + seconds
        self._let_sqlite_wait(0)
        try:
            while not self._began():
                if time.monotonic() >= until:
                    raise OperationalError(
                        f"The database was busy for {seconds} seconds, and nothing was written. "
                        "Try again."
                    )
                time.sleep(PAUSE)
        finally:
            # For the statements that write outside a transaction.
            self._let_sqlite_wait(seconds)

    def _began(self) -> bool:
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except OperationalError as error:
            code = getattr(error.__cause__, "sqlite_errorcode", 0)
            # The low byte says busy; the others say why, such as a file that is being recovered.
            if code & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    def _let_sqlite_wait(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
