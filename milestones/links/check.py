"""Whether one address works: requested, redirected, and the result put into plain words."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.parse import SplitResult

from django.utils import timezone

from .answers import LinkAnswer, Unanswered, in_words, why
from .requests import Limits, ResponseHead, ask, parts_of, redirected

REDIRECTS = frozenset({301, 302, 303, 307, 308})
ASKS_TO_WAIT = frozenset({429, 503})

Turn = Callable[[str], AbstractContextManager[None]]
"""Waits until a host may be requested again; nothing else requests it meanwhile."""


def at_once(_host: str) -> AbstractContextManager[None]:
    return nullcontext()


def check_address(address: str, limits: Limits, turn: Turn = at_once) -> LinkAnswer:
    """Nothing is raised for what servers do. Each redirect is judged like an address of its own."""
    try:
        for _number in range(limits.redirects + 1):
            reply = _ask_politely(parts_of(address, limits), limits, turn)
            if reply.status not in REDIRECTS or not reply.location:
                return _answer(reply)
            address = redirected(address, reply.location)
    except (OSError, HTTPException, UnicodeError, Unanswered) as error:
        return LinkAnswer(words=why(error, limits.seconds))
    return LinkAnswer(words=f"More than {limits.redirects} redirects", has_answered=True)


def _ask_politely(parts: SplitResult, limits: Limits, turn: Turn) -> ResponseHead:
    """Send HEAD, and GET only if that is refused."""
    host = parts.hostname or ""
    try:
        with turn(host):
            reply = ask("HEAD", parts, limits)
        if reply.status < 400 or reply.status in ASKS_TO_WAIT:
            return reply
    except (ConnectionResetError, HTTPException):
        # Some hosts close the connection on HEAD.
        pass
    with turn(host):
        return ask("GET", parts, limits)


def _answer(reply: ResponseHead) -> LinkAnswer:
    return LinkAnswer(
        words=in_words(reply.status),
        is_alive=200 <= reply.status < 300,
        has_answered=True,
        wait=_seconds(reply.retry_after) if reply.status in ASKS_TO_WAIT else None,
    )


def _seconds(retry_after: str) -> float:
    """Return how long the host asks to wait; the header is seconds, a time, or empty."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - timezone.now()).total_seconds())
    except (ValueError, TypeError):
        return 0.0
