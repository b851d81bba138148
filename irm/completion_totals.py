"""How many commitments of its plan a report says stand at each value of completion. Pure.

Each line has one value, in the report's own words, and the number: “Substantial: 7”.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from milestones.levels import SIGNS, LevelCounts, Sign
from ogp_tracker.common.texts import StrOrPromise

LINE = re.compile(r"(?P<value>\w[^:;]{0,59}?)\s*:\s*(?P<number>[0-9]{1,4})")
"""No sign of a formula comes first, and “; ” is left to the exported list."""


@dataclass(frozen=True)
class CompletionTotal:
    value: str
    """As published."""
    number: int

    @property
    def key(self) -> str:
        """Older reports say Completed, as the level is called, and later ones Complete."""
        words = self.value.casefold()
        return "completed" if words == "complete" else words


def totals_in(text: str) -> list[CompletionTotal]:
    found = (LINE.fullmatch(line.strip()) for line in text.splitlines())
    return [CompletionTotal(one["value"], int(one["number"])) for one in found if one]


def as_text(totals: Iterable[CompletionTotal]) -> str:
    return "\n".join(f"{one.value}: {one.number}" for one in totals)


def problem_in(text: str) -> str:
    """What must be changed, or "" if nothing."""
    for line in filter(None, map(str.strip, text.splitlines())):
        if not LINE.fullmatch(line):
            return _("Write “%(line)s” as a value and a number: “Limited: 3”.") % {"line": line}
    times = Counter(one.key for one in totals_in(text))
    for one in totals_in(text):
        if times[one.key] > 1:
            return _("“%(value)s” is given twice. Keep one line.") % {"value": one.value}
    return ""


@dataclass(frozen=True)
class PairedCount:
    word: StrOrPromise
    sign: Sign | None
    """None for a value that is no level here."""
    government: int | None
    assessor: int | None
    """None where it has no such value."""


def beside(totals: Iterable[CompletionTotal], counts: LevelCounts) -> list[PairedCount]:
    """Each value with government's number and the report's, the most advanced first."""
    given = {one.key: one for one in totals}
    rows = []
    for sign, number in counts.rows():
        # Unlike its word, this is in no other language than that of the reports.
        mine = given.pop(sign.css.replace("-", " "), None)
        if number or mine:
            is_counted = number or sign in SIGNS.values()
            said = mine.number if mine else None
            rows.append(PairedCount(sign.word, sign, number if is_counted else None, said))
    return [*rows, *(PairedCount(one.value, None, None, one.number) for one in given.values())]
