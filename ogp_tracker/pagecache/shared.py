"""What several processes keep together in a Redis, if REDIS_URL names one.

It saves a process from making a page that another has made. A Redis that does not answer is let
alone for a while, and each process then keeps its pages for itself.
"""

import logging
import os
import time
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

import django
from django.conf import settings
from django.core.cache import caches
from django.utils.crypto import salted_hmac

from ogp_tracker.environment import BASE_DIR, variables
from ogp_tracker.pagecache.answer import Answer

NAME = "pages"
A_DAY = 24 * 60 * 60
"""Seconds after which what is kept is never asked for again: the day is another one."""

REST = 30
"""Seconds for which a Redis that did not answer is not asked again."""

SOURCES = (".py", ".html", ".xml", ".txt", ".mo", ".css", ".js", ".svg")

logger = logging.getLogger(__name__)


class Plain:
    """Keeps bytes as they are: what comes out of Redis is never run as a program (pickle)."""

    def dumps(self, value: bytes) -> bytes:
        """Return what is written for a value."""
        return value

    def loads(self, kept: bytes) -> bytes:
        """Return the value of what was written."""
        return kept


class Shared:
    """The answers that all processes keep together; nothing if there is no Redis."""

    def __init__(self) -> None:
        self._is_there = NAME in settings.CACHES
        self._rests_until = 0.0

    def get(self, stamp: str, key: tuple[str, ...]) -> Answer | None:
        """Return the answer that was kept under this stamp, if there is one."""

        def look() -> Answer | None:
            kept: bytes | None = caches[NAME].get(_name(stamp, key))
            return None if kept is None else Answer.from_bytes(stamp, kept)

        return self._try(look)

    def put(self, stamp: str, key: tuple[str, ...], answer: Answer) -> None:
        """Keep the answer for the others."""
        self._try(lambda: caches[NAME].set(_name(stamp, key), answer.to_bytes(), A_DAY))

    def _try(self, action: Callable[[], Answer | None]) -> Answer | None:
        if not self._is_there or time.monotonic() < self._rests_until:
            return None
        try:
            return action()
        except Exception:
            logger.warning("The shared page cache does not answer.", exc_info=True)
            self._rests_until = time.monotonic() + REST
            return None


def _name(stamp: str, key: tuple[str, ...]) -> str:
    """Return the name of an answer in Redis, which nobody can guess an address from."""
    return salted_hmac(__name__, repr((tracker(), stamp, key)), algorithm="sha256").hexdigest()


@cache
def tracker() -> str:
    """Return what this version of the tracker and its settings are known by, on all machines.

    Pages that an older version has made, or one with other settings, are not those of this one.
    """
    found = sha256(django.__version__.encode())
    for name in sorted(variables.scheme):
        found.update(f"{name}={os.environ.get(name)!r}\n".encode())
    for path in sorted(_sources()):
        found.update(path.relative_to(BASE_DIR).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def _sources() -> list[Path]:
    folders = ("commitments", "irm", "milestones", "ogp_tracker", "templates", "static", "locale")
    return [
        path
        for folder in folders
        for path in (BASE_DIR / folder).rglob("*")
        if path.suffix in SOURCES and path.is_file()
    ]
