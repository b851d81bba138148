"""How many commitments of its plan a report says stand at each value of completion. Pure.

Each line has one value, in the report's own words, and the number: “Substantial: 7”.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from irm.disagreements.rule import LEVEL_OF
from milestones.levels import OVERALL_SIGNS, Level, LevelCounts

LINE = re.compile(r"(?P<value>\w[^:;]{0,59}?)\s*:\s*(?P<number>[0-9]{1,4})")
"""It begins with a letter or a digit, never with a sign of a formula; “; ” is between two values
in the exported list."""

_LEVELS = {code.replace("_", " "): level for code, level in LEVEL_OF.items()} | {
    level.value.replace("_", " "): level for level in Level
}
"""Older reports say Completed, later ones Complete."""


@dataclass(frozen=True)
class CompletionTotal:
    value: str
    """As published."""
    number: int

    @property
    def key(self) -> str:
        """The level that says the same, else the words."""
        words = self.value.casefold()
        return _LEVELS.get(words) or words


def totals_in(text: str) -> list[CompletionTotal]:
    found = (LINE.fullmatch(line.strip()) for line in text.splitlines())
    return [CompletionTotal(one["value"], int(one["number"])) for one in found if one]


def as_text(totals: Iterable[CompletionTotal]) -> str:
    return "\n".join(f"{one.value}: {one.number}" for one in totals)


def problem_in(text: str) -> str:
    """What must be changed, or "" if nothing."""
    for line in filter(None, map(str.strip, text.splitlines())):
        if not LINE.fullmatch(line):
            return _(
                "“%(line)s” is not a value and a number. Write one value a line, like"
                " “Substantial: 7”."
            ) % {"line": line}
    times = Counter(one.key for one in totals_in(text))
    for one in totals_in(text):
        if times[one.key] > 1:
            return _("“%(value)s” is given twice. Keep one line.") % {"value": one.value}
    return ""


def beside(
    totals: Iterable[CompletionTotal], counts: LevelCounts
) -> list[tuple[str, int | None, int | None]]:
    """Each value with government's number and the report's; None where it has no such value.

    The most advanced level first; values that only one of the two has come last.
    """
    given = {one.key: one for one in totals}
    by_level = {level.value: OVERALL_SIGNS[level].word for level in reversed(Level)}
    by_word = {
        str(sign.word).casefold(): sign.word
        for sign, number in counts.rows()
        if number and sign.word not in by_level.values()
    }
    numbers = {sign.word: number for sign, number in counts.rows()}
    rows = []
    for key, word in {**by_level, **by_word}.items():
        mine = given.pop(key, None)
        rows.append((word, numbers[word], mine.number if mine else None))
    return [*rows, *((one.value, None, one.number) for one in given.values())]
