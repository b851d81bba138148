"""Whether one address works: asked, redirected, asked again, and put into plain words."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.parse import SplitResult

from django.utils import timezone

from .answers import Answer, Unanswered, in_words, why
from .requests import Limits, Reply, ask, parts_of, redirected

REDIRECTS = frozenset({301, 302, 303, 307, 308})
ASKS_TO_WAIT = frozenset({429, 503})

Turn = Callable[[str], AbstractContextManager[None]]
"""Waits until a host may be asked again; nobody else asks it meanwhile."""


def at_once(_host: str) -> AbstractContextManager[None]:
    """Wait for nothing."""
    return nullcontext()


def check_address(address: str, limits: Limits, turn: Turn = at_once) -> Answer:
    """Ask for the address and return what came of it; nothing is raised for what others do.

    Each redirect is judged like an address of its own. `turn` is taken for each request.
    """
    try:
        for _number in range(limits.redirects + 1):
            parts = parts_of(address, limits)
            reply = _ask_politely(parts, limits, turn)
            if reply.status not in REDIRECTS or not reply.location:
                return _answer(reply)
            address = redirected(address, reply.location)
    except (OSError, HTTPException, UnicodeError, Unanswered) as error:
        return Answer(words=why(error, limits.seconds))
    return Answer(words=f"More than {limits.redirects} redirects", has_answered=True)


def _ask_politely(parts: SplitResult, limits: Limits, turn: Turn) -> Reply:
    """Ask for the head alone, and for the whole only where that is refused."""
    host = parts.hostname or ""
    try:
        with turn(host):
            reply = ask("HEAD", parts, limits)
        if reply.status < 400 or reply.status in ASKS_TO_WAIT:
            return reply
    except (ConnectionResetError, HTTPException):
        # Some hosts hang up where they do not expect the question.
        pass
    with turn(host):
        return ask("GET", parts, limits)


def _answer(reply: Reply) -> Answer:
    return Answer(
        words=in_words(reply.status),
        is_alive=200 <= reply.status < 300,
        has_answered=True,
        wait=_seconds(reply.retry_after) if reply.status in ASKS_TO_WAIT else None,
    )


def _seconds(retry_after: str) -> float:
    """Return for how long the host asks to be left alone; it says seconds or a time, or nothing."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - timezone.now()).total_seconds())
    except (ValueError, TypeError):
        return 0.0
