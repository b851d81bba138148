"""In which nations nothing is left to do at a milestone, as one text. Pure.

Completed, or it does not apply there. The text has the codes of the nations in their alphabet:
"eng wls". A milestone carries it, so that very many can be counted without a look at each nation.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations

from milestones.levels import Level


def is_settled(applies: bool, level: str) -> bool:
    return not applies or level == Level.COMPLETED


def text_of(codes: Iterable[str]) -> str:
    return " ".join(sorted(codes))


@cache
def codes_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


def texts_with(codes: Iterable[str], every: Iterable[str]) -> Iterator[str]:
    """All texts that have these codes, out of `every` code that there is."""
    wanted = frozenset(codes)
    others = sorted(frozenset(every) - wanted)
    for number in range(len(others) + 1):
        for more in combinations(others, number):
            yield text_of({*wanted, *more})
