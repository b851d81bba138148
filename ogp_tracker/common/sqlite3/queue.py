"""The queue in which those who write to one SQLite file wait.

SQLite has one writer at a time. Those who wait try again and again, more and more seldom, and who
has just finished may well be the next: under load one of them waits in vain until its time is up
("database is locked"). Here whoever waits at the head keeps the others from pushing in, and behind
it those try most often who have waited longest. The system opens both locks if a process dies.
"""

import os
import sys
import time

if sys.platform != "win32":
    import fcntl

LONGEST_PAUSE = 0.02


class Queue:
    """Two lock files beside the database: one for its head, one for whose turn it is."""

    def __init__(self, database: str) -> None:
        # Whoever may read them may wait: a command need not run as the user that made them.
        flags = os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC
        self._head = os.open(f"{database}-head", flags, 0o644)
        self._turn = os.open(f"{database}-turn", flags, 0o644)

    def enter(self, seconds: float) -> bool:
        """Wait for the turn; return False if it has not come in so many seconds."""
        began = time.monotonic()
        if not _lock(self._head, began, seconds):
            return False
        try:
            return _lock(self._turn, began, seconds)
        finally:
            _unlock(self._head)

    def leave(self) -> None:
        """Let the next one in; without a turn this does nothing."""
        _unlock(self._turn)

    def close(self) -> None:
        """Leave, and close the files."""
        os.close(self._head)
        os.close(self._turn)


def _lock(file: int, began: float, seconds: float) -> bool:
    if sys.platform == "win32":
        # There SQLite's own waiting has to do.
        return True
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - began
            if waited >= seconds:
                return False
            time.sleep(LONGEST_PAUSE / (1 + 10 * waited))
        else:
            return True


def _unlock(file: int) -> None:
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_UN)
