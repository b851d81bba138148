"""What the `consistency` modules of the apps share: `manage.py check_consistency` runs them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet

ROWS_AT_ONCE = 500

T = TypeVar("T")
Counter = Callable[[int], None]
"""Called with how many rows of a long table have been read."""
BrokenRule = tuple[QuerySet[Any], str, str]
"""The rows that break a rule, the rule, and what to do."""


@dataclass(frozen=True)
class Problem:
    rule: str
    where: str
    to_do: str


def ignore_progress(_rows: int) -> None:
    """For a caller that shows no progress."""


def watched(rows: Iterable[T], count: Counter) -> Iterator[T]:
    for number, row in enumerate(rows, start=1):
        if number % ROWS_AT_ONCE == 0:
            count(number)
        yield row


def one_problem_each(
    rows: QuerySet[Any], count: Counter, rule: str, to_do: str
) -> Iterator[Problem]:
    for row in watched(rows.order_by("pk").iterator(ROWS_AT_ONCE), count):
        yield Problem(rule, str(row), to_do)


def circles(successor: dict[int, int]) -> Iterator[frozenset[int]]:
    """Each circle in a mapping of every member to the one that follows it, once."""
    settled: set[int] = set()
    for start in successor:
        path: list[int] = []
        here: int | None = start
        while here is not None and here not in settled:
            settled.add(here)
            path.append(here)
            here = successor.get(here)
        if here in path:
            yield frozenset(path[path.index(here) :])
