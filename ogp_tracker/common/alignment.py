"""Where two sequences of words or lines agree, in a time that does not grow with their square.

Passages are cut at the words that occur once in both (the idea of patience sorting), again and
again; what is then small is compared in full, and what is still long has too little in common to
show.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

_TABLE = 10_000
"""Up to this many pairs of words a passage is compared in full."""

_DEPTH = 12
"""How often a passage is cut into smaller ones at the words that occur in it only once."""


@dataclass(frozen=True)
class _Span:
    """The passage of the old words and the passage of the new words that are compared."""

    old_from: int
    old_to: int
    new_from: int
    new_to: int

    @property
    def is_one_sided(self) -> bool:
        return self.old_from == self.old_to or self.new_from == self.new_to

    @property
    def pairs(self) -> int:
        return (self.old_to - self.old_from) * (self.new_to - self.new_from)


def matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Where the same passages are in the old and the new sequence, and their lengths."""
    pairs: list[tuple[int, int]] = []
    waiting = [(_Span(0, len(old), 0, len(new)), 0)]
    while waiting:
        span, depth = waiting.pop()
        ends, inner = _same_ends(old, new, span)
        pairs += ends
        if inner.is_one_sided:
            continue
        if inner.pairs <= _TABLE:
            pairs += _common(old, new, inner)
        elif depth < _DEPTH and (anchors := _anchors(old, new, inner)):
            pairs += anchors
            waiting += [(part, depth + 1) for part in _between(anchors, inner)]
    pairs.sort()
    # Neighbours on the same diagonal are one passage.
    found = []
    for _diagonal, run in groupby(
        enumerate(pairs), key=lambda item: (item[1][0] - item[0], item[1][1] - item[0])
    ):
        matched = [pair for _place, pair in run]
        found.append((*matched[0], len(matched)))
    return found


def _same_ends(
    old: Sequence[str], new: Sequence[str], span: _Span
) -> tuple[list[tuple[int, int]], _Span]:
    """What is the same at the beginning and at the end, and what lies between."""
    old_from, old_to, new_from, new_to = span.old_from, span.old_to, span.new_from, span.new_to
    pairs = []
    while old_from < old_to and new_from < new_to and old[old_from] == new[new_from]:
        pairs.append((old_from, new_from))
        old_from, new_from = old_from + 1, new_from + 1
    while old_from < old_to and new_from < new_to and old[old_to - 1] == new[new_to - 1]:
        old_to, new_to = old_to - 1, new_to - 1
        pairs.append((old_to, new_to))
    return pairs, _Span(old_from, old_to, new_from, new_to)


def _anchors(old: Sequence[str], new: Sequence[str], span: _Span) -> list[tuple[int, int]]:
    """The places of words that occur once in both, as many as keep their order."""
    once_in_new = _once(new, span.new_from, span.new_to)
    shared = [
        (place, once_in_new[word])
        for word, place in _once(old, span.old_from, span.old_to).items()
        if word in once_in_new
    ]
    shared.sort()
    return _longest_rising(shared)


def _once(words: Sequence[str], start: int, stop: int) -> dict[str, int]:
    counts = Counter(words[start:stop])
    return {words[place]: place for place in range(start, stop) if counts[words[place]] == 1}


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of the pairs, sorted by the first, that rises in the second."""
    tails: list[int] = []
    tail_of: list[int] = []
    before: list[int] = []
    for index, (_old, new) in enumerate(pairs):
        place = bisect_left(tails, new)
        before.append(tail_of[place - 1] if place else -1)
        tails[place : place + 1] = [new]
        tail_of[place : place + 1] = [index]
    chosen = []
    index = tail_of[-1] if tail_of else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = before[index]
    return chosen[::-1]


def _between(anchors: list[tuple[int, int]], span: _Span) -> Iterator[_Span]:
    old_from, new_from = span.old_from, span.new_from
    for old_at, new_at in [*anchors, (span.old_to, span.new_to)]:
        part = _Span(old_from, old_at, new_from, new_at)
        if not part.is_one_sided:
            yield part
        old_from, new_from = old_at + 1, new_at + 1


def _common(old: Sequence[str], new: Sequence[str], span: _Span) -> Iterator[tuple[int, int]]:
    ours, theirs = old[span.old_from : span.old_to], new[span.new_from : span.new_to]
    for here, there, length in SequenceMatcher(None, ours, theirs, False).get_matching_blocks():
        for place in range(length):
            yield span.old_from + here + place, span.new_from + there + place
