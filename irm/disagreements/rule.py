"""When government's word and the assessor's agree, differ, or cannot be compared. Pure.

Government gives levels, for a commitment as a whole (which comes first) or for each milestone, in
each nation; what an assessor's report tells of progress is not its word. An assessor gives the
codebook's codes of completion, for a commitment or a milestone as a whole. Four codes are levels by
another name; “No Evidence Available” is none, and neither is a finding in words only.

A code and the levels beside it differ if it is below all or above all of them. What lies between
is no contradiction: “Substantial” for a commitment fits milestones of which most are completed and
one was never begun. `docs/decisions/0018-disagreements.md`
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from irm.codebook import BLANK, COMPLETION, NOTHINGS, precedence
from milestones.levels import NOT_REPORTED, ORDER, Cell, Level, Overall, Provenance, stands_at
from ogp_tracker.common.texts import StrOrPromise

LEVEL_OF: dict[str, Level] = {
    "not_started": Level.NOT_STARTED,
    "limited": Level.LIMITED,
    "substantial": Level.SUBSTANTIAL,
    "complete": Level.COMPLETED,
}
"""The codes of completion that mean the same as a level."""

FOUND_NONE = "no_evidence_available"
"""The code of an assessor who looked and found no evidence to judge by."""

FINDINGS = tuple(value.code for value in COMPLETION.values)
"""The codes that are findings; the kinds of nothing are none."""


class Comparison(TextChoices):
    """Exactly one is true of each place."""

    DIFFER = "differ", _("The two differ")
    AGREE = "agree", _("The two agree")
    NOT_COMPARABLE = "not_comparable", _("The two cannot be compared")
    ONLY_GOVERNMENT = "only_government", _("Only government has spoken here")
    ONLY_ASSESSOR = "only_assessor", _("Only the assessor has spoken here")
    NOBODY = "nobody", _("Neither has spoken here")


class MissingEvidence(TextChoices):
    """What can be true of a place besides, whatever the comparison gives."""

    NOT_GIVEN = "evidence_not_given", _("No evidence for the level is recorded here")
    NOT_FOUND = "evidence_not_found", _("The assessor found no evidence to judge by")


KINDS: tuple[Comparison | MissingEvidence, ...] = (*Comparison, *MissingEvidence)
"""What readers can look for; each is counted by itself."""


class Unit(TextChoices):
    WHOLE = "commitment", _("Commitments as a whole")
    PART = "milestone", _("Milestones in the nations")


class DisagreementSection(TextChoices):
    """The sections of the page, in their order."""

    CONTRADICTIONS = "contradictions", _("They contradict each other")
    EVIDENCE = "evidence", _("Evidence is missing")
    ONE = "one", _("Only one has spoken")
    NEITHER = "neither", _("Neither has spoken here")
    BOTH = "both", _("They agree, or cannot be compared")


KINDS_IN: dict[DisagreementSection, tuple[Comparison | MissingEvidence, ...]] = {
    DisagreementSection.CONTRADICTIONS: (Comparison.DIFFER,),
    DisagreementSection.EVIDENCE: tuple(MissingEvidence),
    DisagreementSection.ONE: (Comparison.ONLY_GOVERNMENT, Comparison.ONLY_ASSESSOR),
    DisagreementSection.NEITHER: (Comparison.NOBODY,),
    DisagreementSection.BOTH: (Comparison.AGREE, Comparison.NOT_COMPARABLE),
}


MEANINGS: dict[DisagreementSection, StrOrPromise] = {
    DisagreementSection.CONTRADICTIONS: _(
        "The assessor’s finding is below, or above, every level that government gives."
    ),
    DisagreementSection.EVIDENCE: _(
        "No evidence is recorded here for a level that calls for it, or the assessor found none to"
        " judge by."
    ),
    DisagreementSection.ONE: _(
        "Only government, or only the assessor, has said anything about the commitment that is"
        " recorded here. That is not a disagreement."
    ),
    DisagreementSection.NEITHER: _("Nothing that either of them says is recorded here."),
    DisagreementSection.BOTH: _(
        "Both have spoken about the commitment. What they say agrees, or one of them gives no level"
        " to compare."
    ),
}


class NotComparable(TextChoices):
    """Why the two cannot be compared."""

    NO_CODE = "no_code", _("The report gives no code")
    CODE_IS_NO_LEVEL = "code_is_no_level", _("The assessor's code is not a level")
    LEVEL_NOT_GIVEN = "level_not_given", _("Government's words give no level")


class AssessorsWord(NamedTuple):
    code: str
    """A code of completion, or blank."""
    report_kind: str
    in_words: bool
    """Whether the report has words on it, which count where it gives no code."""

    @property
    def finds_something(self) -> bool:
        """Whether it finds anything: a kind of nothing other than blank says that it does not."""
        if self.report_kind not in COMPLETION.given_in:
            return False
        return self.code in FINDINGS or (self.code == BLANK and self.in_words)


@cache
def weight_of(code: str, report_kind: str) -> tuple[int, int]:
    """The weight of a code among those of several reports: the greatest is compared.

    A code that is a finding comes before words only, and these before the kinds of nothing; then
    the report of the latest stage, OGP's page last.
    """
    weight = 0 if code in {nothing.code for nothing in NOTHINGS} else 1 if code == BLANK else 2
    return (weight, precedence(report_kind))


def governments_word(cell: Cell) -> str:
    """Its level, Level not given, or "" where no government has reported."""
    if cell.provenance == Provenance.ASSESSOR_REPORT or stands_at(cell) == Overall.NOT_REPORTED:
        return NOT_REPORTED
    return str(stands_at(cell))


def compare(words: Iterable[str], found: AssessorsWord | None) -> Comparison:
    """`words` are those of government, each as from `governments_word`."""
    given = [word for word in words if word != NOT_REPORTED]
    if found is None or not found.finds_something:
        return Comparison.ONLY_GOVERNMENT if given else Comparison.NOBODY
    if not given:
        return Comparison.ONLY_ASSESSOR
    ranks = [ORDER[Level(word)] for word in given if word != Overall.LEVEL_NOT_GIVEN]
    level = LEVEL_OF.get(found.code)
    if level is None or not ranks:
        return Comparison.NOT_COMPARABLE
    is_between = min(ranks) <= ORDER[level] <= max(ranks)
    return Comparison.AGREE if is_between else Comparison.DIFFER


FOOTNOTE_MARK = r"\[[0-9]+\]"


def shows_whether_evidence_is_given(provenance: str, found: str) -> bool:
    """Whether a level without evidence here has none as far as anybody can know.

    Only documents can lack it: an officer always gives some. Of a level that an assessor's report
    tells it is known if the report's words on the milestone, `found`, have no footnote.
    """
    if provenance == Provenance.ASSESSOR_REPORT:
        return found != "" and not re.search(FOOTNOTE_MARK, found)
    return provenance == Provenance.PUBLISHED_ELSEWHERE


def why_not_comparable(code: str) -> NotComparable:
    """Why what cannot be compared cannot, by the assessor's code."""
    if code == BLANK:
        return NotComparable.NO_CODE
    return NotComparable.LEVEL_NOT_GIVEN if code in LEVEL_OF else NotComparable.CODE_IS_NO_LEVEL


def kinds(
    comparison: Comparison, *, not_given: bool, not_found: bool
) -> list[Comparison | MissingEvidence]:
    """Which kinds a place is of.

    `not_given`: the level needs evidence and none is recorded here. `not_found`: the assessor
    looked and found none.
    """
    missing = {MissingEvidence.NOT_GIVEN: not_given, MissingEvidence.NOT_FOUND: not_found}
    return [comparison, *(one for one, is_missing in missing.items() if is_missing)]
