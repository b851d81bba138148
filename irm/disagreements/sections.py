"""The sections of the page: how many commitments and milestones each has, and the first of them.

Of milestones only contradictions and missing evidence are counted:
most are never assessed one by one, and whether anybody has spoken is asked of the commitment.
"""

from dataclasses import dataclass, field
from itertools import islice

from irm.disagreements.rule import KINDS_IN, MEANINGS, DisagreementSection, Unit
from irm.disagreements.shown import ComparedRow, rows_of
from irm.disagreements.survey import Survey
from ogp_tracker.common.texts import StrOrPromise

OF_MILESTONES = (DisagreementSection.CONTRADICTIONS, DisagreementSection.EVIDENCE)


@dataclass
class DisagreementRows:
    section: DisagreementSection
    commitments: int = 0
    milestones: int = 0
    rows: list[ComparedRow] = field(default_factory=list)
    """The first of them."""
    plans: int = 0
    """Plans of which two counts of all commitments contradict each other."""

    @property
    def rows_total(self) -> int:
        return self.commitments + self.milestones

    @property
    def total(self) -> int:
        return self.rows_total + self.plans

    @property
    def meaning(self) -> StrOrPromise:
        return MEANINGS[self.section]

    @property
    def has_milestones(self) -> bool:
        return self.section in OF_MILESTONES

    @property
    def kinds(self) -> list[str]:
        return [str(kind) for kind in KINDS_IN[self.section]]

    @property
    def unit(self) -> str | None:
        return None if self.has_milestones else str(Unit.WHOLE)


def sections_of(found: Survey, each: int) -> list[DisagreementRows]:
    """Of what is found, with the first `each` rows of each. A fixed number of queries."""
    sections, shown = [], []
    for section, kinds in KINDS_IN.items():
        wholes, milestones = found.wholes_of(kinds), []
        one = DisagreementRows(section, len(wholes))
        if one.has_milestones:
            one.milestones = found.number_of_milestones(kinds)
            milestones = list(islice(found.milestones_of(kinds), each))
        if section != DisagreementSection.NEITHER:
            shown.append((one, wholes[:each], milestones))
        sections.append(one)
    of_wholes, of_milestones = rows_of(
        found,
        [key for _one, wholes, _milestones in shown for key in wholes],
        [key for _one, _wholes, milestones in shown for key in milestones],
    )
    for one, wholes, milestones in shown:
        rows = [*(of_wholes[key] for key in wholes), *(of_milestones[key] for key in milestones)]
        one.rows = rows[:each]
    return sections
