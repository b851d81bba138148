"""Many addresses, a few at a time, and never two of one host at once."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Lock
from time import monotonic

from .addresses import host_of
from .answers import NOT_CHECKED, Answer
from .check import check_address
from .requests import Limits

log = logging.getLogger(__name__)

AT_ONCE = 4
PAUSE = 2.0
"""In seconds, between two requests to one host."""

LONGEST_WAIT = 60.0
"""In seconds; a host that asks for more is left alone until the next run."""


class Turns:
    """Whose turn it is to ask a host, with a pause after each."""

    def __init__(self, pause: float, stop: Event) -> None:
        self.pause, self.stop = pause, stop
        self.lock = Lock()
        self.of_hosts: dict[str, Lock] = defaultdict(Lock)
        self.free_at: dict[str, float] = {}

    @contextmanager
    def take(self, host: str) -> Iterator[None]:
        """Wait for the turn, and give it on a pause later."""
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

    def wait(self, seconds: float) -> None:
        """Wait as long as a host asks for."""
        self.stop.wait(seconds)


class Stopped(Exception):
    """The round was broken off."""


Found = tuple[str, Answer]


def check_all(addresses: Iterable[str], limits: Limits, *, pause: float = PAUSE) -> Iterator[Found]:
    """Yield each address with its answer, as the answers come.

    A host that asks to be left alone for long gives no answers for the rest of its addresses.
    Whoever stops listening stops the round.
    """
    by_host: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        by_host[host_of(address)].append(address)
    stop, found = Event(), SimpleQueue[Found | None]()
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


def _checked(address: str, limits: Limits, turns: Turns) -> Answer:
    """Check an address; if the host asks for a short wait, once more after it."""
    try:
        answer = check_address(address, limits, turns.take)
        if answer.wait is not None and 0 < answer.wait <= LONGEST_WAIT:
            turns.wait(answer.wait)
            answer = check_address(address, limits, turns.take)
    except Stopped:
        raise
    except Exception:
        # One strange address must not keep all others from being checked.
        log.exception("An address could not be checked: %s", address)
        return Answer(words=NOT_CHECKED + "the check itself failed")
    return answer
