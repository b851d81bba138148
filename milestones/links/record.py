"""Which addresses of evidence are due for a check, and recording the results."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urldefrag

from django.db.models import F, Q

from milestones.models import Evidence

from .addresses import host_of
from .answers import LinkAnswer

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
