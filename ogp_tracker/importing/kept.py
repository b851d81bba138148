"""The sheet that an account is looking at, kept between the preview and the writing.

In the cache that all processes share, one for each account: a second one replaces the first, and
after some hours it is gone.
"""

from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.models import User
from django.core.cache import cache

SECONDS = 4 * 3600


@dataclass(frozen=True)
class KeptSheet:
    """A file as it was chosen, and for which report."""

    uid: str
    name: str
    content: bytes
    report: str


def keep(account: User, *, name: str, content: bytes, report: str) -> KeptSheet:
    sheet = KeptSheet(uuid4().hex, name, content, report)
    cache.set(_key(account), sheet.__dict__, SECONDS)
    return sheet


def kept(account: User, uid: str) -> KeptSheet | None:
    """None if it is no longer kept, or another one is."""
    found = cache.get(_key(account))
    return KeptSheet(**found) if found and found["uid"] == uid else None


def forget(account: User) -> None:
    cache.delete(_key(account))


def _key(account: User) -> str:
    return f"sheet-{account.pk}"
