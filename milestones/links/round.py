"""Checking many addresses, a few at a time, and never two of one host at once."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Lock
from time import monotonic

from .addresses import host_of
from .answers import NOT_CHECKED, LinkAnswer
from .check import check_address
from .requests import Limits

log = logging.getLogger(__name__)

AT_ONCE = 4
PAUSE = 2.0
"""In seconds, between two requests to one host."""

LONGEST_WAIT = 60.0
"""In seconds; a host that asks for more is not requested again until the next run."""


class Turns:
    """Turns to request a host, with a pause after each."""

    def __init__(self, pause: float, stop: Event) -> None:
        self.pause, self.stop = pause, stop
        self.lock = Lock()
        self.of_hosts: dict[str, Lock] = defaultdict(Lock)
        self.free_at: dict[str, float] = {}

    @contextmanager
    def take(self, host: str) -> Iterator[None]:
        """Wait for the turn, and pass it on after a pause."""
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
