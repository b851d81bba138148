"""The sheet that an account is looking at, kept between the preview and the writing.

In the cache that all processes share, one for each account: a second one takes the place of the
first, and after some hours it is gone.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.core.cache import cache

SECONDS = 4 * 3600


@dataclass(frozen=True)
class KeptSheet:
    """A file as it was chosen, and for which report."""

    uid: str
    name: str
    content: bytes
    report: str


def keep(account: Any, *, name: str, content: bytes, report: str) -> KeptSheet:
    """Keep the file for the account and return it."""
    sheet = KeptSheet(uuid4().hex, name, content, report)
    cache.set(_key(account), sheet.__dict__, SECONDS)
    return sheet


def kept(account: Any, uid: str) -> KeptSheet | None:
    """Return the file of this id, or None if it is no longer kept, or another one is."""
    found = cache.get(_key(account))
    return KeptSheet(**found) if found and found["uid"] == uid else None


def forget(account: Any) -> None:
    """Keep nothing any more."""
    cache.delete(_key(account))


def _key(account: Any) -> str:
    return f"sheet-{account.pk}"
