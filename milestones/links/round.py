"""Checking the addresses that are due, a few at a time, and never two of one host at once."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from threading import Event, Lock
from time import monotonic
from urllib.parse import urldefrag

from django.db.models import F, Q

from milestones.models import Evidence
from ogp_tracker.common.web_addresses import host_of

from .addresses import NOT_CHECKED, LinkAnswer
from .requests import Limits, check_address

FEWEST_HOSTS = 3
"""If so many hosts and no other do not answer, this machine seems to have no connection."""


def due_addresses(before: datetime, most: int) -> dict[str, list[int]]:
    """Those not checked since `before`, longest unchecked first, with the keys of their evidence.

    Only evidence that readers see is checked; several fragments (`#page=3`) are one address.
    """
    rows = (
        Evidence.objects.public()
        .exclude(url="")
        .filter(Q(last_checked_at=None) | Q(last_checked_at__lt=before))
        .order_by(F("last_checked_at").asc(nulls_first=True), "pk")
        .values_list("pk", "url")
    )
    due: dict[str, list[int]] = defaultdict(list)
    for key, url in rows.iterator(2000):
        if (address := urldefrag(url).url) in due or len(due) < most:
            due[address].append(key)
    return dict(due)


def write_down(keys: Iterable[int], answer: LinkAnswer, now: datetime) -> None:
    columns = {"last_checked_at": now, "last_answer": answer.words}
    if answer.is_alive:
        columns["last_alive_at"] = now
    Evidence.objects.filter(pk__in=list(keys)).update(**columns)


@dataclass
class Disconnected(Exception):
    """No host has answered: this machine has no connection, so nothing was recorded."""

    hosts: int


def trusted(found: Iterable[tuple[str, LinkAnswer]]) -> Iterator[tuple[str, LinkAnswer]]:
    """Yield results as they come; those without an answer only once any host has answered.

    Otherwise a server that has lost its connection would call every link dead. Raises
    Disconnected at the end if nobody answered and too many were asked for that to be chance.
    """
    held: list[tuple[str, LinkAnswer]] = []
    connected = False
    for address, answer in found:
        connected = connected or answer.has_answered
        if not connected:
            held.append((address, answer))
            continue
        yield from held
        held = []
        yield address, answer
    hosts = {host_of(address) for address, _answer in held}
    if len(hosts) >= FEWEST_HOSTS:
        raise Disconnected(len(hosts))
    yield from held


log = logging.getLogger(__name__)

AT_ONCE = 4
PAUSE = 2.0
"""In seconds, between two requests to one host."""

LONGEST_WAIT = 60.0
"""In seconds; a host that asks for more is not requested again until the next run."""


class Turns:
    def __init__(self, pause: float, stop: Event) -> None:
        self.pause, self.stop = pause, stop
        self.lock = Lock()
        self.of_hosts: dict[str, Lock] = defaultdict(Lock)
        self.free_at: dict[str, float] = {}

    @contextmanager
    def take(self, host: str) -> Iterator[None]:
        with self.lock:
            mine = self.of_hosts[host]
        with mine:
            self.stop.wait(max(0.0, self.free_at.get(host, 0.0) - monotonic()))
            if self.stop.is_set():
                raise Stopped
            try:
                yield
            finally:
                self.free_at[host] = monotonic() + self.pause


class Stopped(Exception):
    """The round was broken off."""


CheckedAddress = tuple[str, LinkAnswer]


def check_all(
    addresses: Iterable[str], limits: Limits, *, pause: float = PAUSE
) -> Iterator[CheckedAddress]:
    """Yield results as they come, until the caller stops; a host that asks to wait long is left."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        by_host[host_of(address)].append(address)
    stop, found = Event(), SimpleQueue[CheckedAddress | None]()
    turns = Turns(pause, stop)

    def check_host(of_host: list[str]) -> None:
        try:
            for address in of_host:
                answer = _checked(address, limits, turns)
                found.put((address, answer))
                if answer.wait is not None and answer.wait > LONGEST_WAIT:
                    break
        except Stopped:
            log.debug("The round was broken off.")
        finally:
            found.put(None)

    with ThreadPoolExecutor(AT_ONCE) as hosts:
        try:
            for of_host in by_host.values():
                hosts.submit(check_host, of_host)
            ended = 0
            while ended < len(by_host):
                if (answered := found.get()) is None:
                    ended += 1
                else:
                    yield answered
        finally:
            stop.set()
            hosts.shutdown(wait=False, cancel_futures=True)


def _checked(address: str, limits: Limits, turns: Turns) -> LinkAnswer:
    try:
        answer = check_address(address, limits, turns.take)
        if answer.wait is not None and 0 < answer.wait <= LONGEST_WAIT:
            turns.stop.wait(answer.wait)
            answer = check_address(address, limits, turns.take)
    except Stopped:
        raise
    except Exception:
        # One strange address must not keep all others from being checked.
        log.exception("An address could not be checked: %s", address)
        return LinkAnswer(words=NOT_CHECKED + "the check itself failed")
    return answer
