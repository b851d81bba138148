"""The connection to a SQLite file: a transaction takes its turn before it asks for the lock."""

from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from .queue import Queue


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but that transactions begin one after the other.

    A single statement outside a transaction does not wait in the queue; SQLite's own lock keeps
    it apart from the others as ever.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: Queue | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if not self.is_in_memory_db():
            self._queue = self._queue or Queue(str(self.settings_dict["NAME"]))
            seconds = self.settings_dict["OPTIONS"].get("timeout", 5)
            if not self._queue.enter(seconds):
                raise OperationalError(
                    f"The database was busy for {seconds} seconds; nothing was written. Try again."
                )
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_queue()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        # Only now: if the commit fails, the transaction is still open and is rolled back.
        self._leave_queue()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_queue()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._queue is not None:
                self._queue.close()
                self._queue = None

    def _leave_queue(self) -> None:
        if self._queue is not None:
            self._queue.leave()
