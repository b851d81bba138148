"""Who asked how often in the last minute: one small file in the memory of all processes.

Each address has a place in the file, found by a number that is made of it with the secret of this
site. There stands no address and no count, but the moment at which everything that was asked
will have been worked off at the allowed rate (the generic cell rate algorithm): nothing has to be
cleared away. Why it is done so stands in docs/decisions/0015-the-api.md.
"""

import mmap
import os
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

MINUTE = 60.0
SLACK = 1.0
"""Seconds by which the clock may differ between two who wait for each other."""

PLACE = struct.Struct("=8sd")
PLACES = 1 << 16
NEIGHBOURS = 8
"""In so many places one after the other an address may stand."""


class Counts:
    """The file. It may be thrown away at any time: then everybody begins anew."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; where that is not possible, count in this process only."""
        self._thread = threading.Lock()
        self._file: int | None = None
        size = PLACE.size * PLACES
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.ftruncate(self._file, size)
        except OSError:
            self._memory = mmap.mmap(-1, size)
        else:
            self._memory = mmap.mmap(self._file, size)

    def take(self, who: bytes, rate: int, now: float) -> float:
        """Count a request of `who`, of eight bytes, if it is within `rate` requests a minute.

        Return 0 if it is, and otherwise after how many seconds the next one will be. `now` is in
        seconds since 1970.
        """
        step = MINUTE / rate
        with self._lock():
            place, done_at = self._find(who, now)
            # No more than a minute can be owed: what says otherwise is left from a clock that was
            # put back since.
            done_at = now if done_at > now + MINUTE + SLACK else max(done_at, now)
            wait = done_at + step - (now + MINUTE)
            if wait > 1e-6:
                return wait
            PLACE.pack_into(self._memory, place, who, done_at + step)
        return 0.0

    def _find(self, who: bytes, now: float) -> tuple[int, float]:
        """Return the place of `who` and what stands there; a new one is the one least in use."""
        first = int.from_bytes(who, "big")
        free, free_since = 0, float("inf")
        for number in range(NEIGHBOURS):
            place = (first + number) % PLACES * PLACE.size
            other, done_at = PLACE.unpack_from(self._memory, place)
            if other == who:
                return place, done_at
            if done_at < free_since:
                free, free_since = place, done_at
        return free, now

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep other threads and processes out; the system opens it if a process dies."""
        with self._thread:
            if self._file is None or sys.platform == "win32":
                yield
                return
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
