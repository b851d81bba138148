"""The sections of the page: how many commitments and milestones each has, and the first of them.

Of milestones only contradictions and missing evidence are counted:
most are never assessed one by one, and whether anybody has spoken is asked of the commitment.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Window

from irm.disagreements.rows import Places, Unit
from irm.disagreements.rule import KINDS_IN, MEANINGS, DisagreementSection
from irm.disagreements.shown import ComparedRow, rows_of
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


def sections_of(places: Places, each: int) -> list[DisagreementRows]:
    """Of these places, with the first `each` rows of each. A fixed number of queries."""
    sections = {section: DisagreementRows(section) for section in DisagreementSection}
    wholes: dict[DisagreementSection, list[int]] = defaultdict(list)
    milestones: dict[DisagreementSection, list[int]] = defaultdict(list)
    # Three columns of each: to number them in the database took longer, and the query is long.
    rows = places.wholes.newest_plan_first().values_list("pk", "comparison", "not_found")
    for key, comparison, not_found in rows.iterator():
        for section, kinds in KINDS_IN.items():
            if comparison in kinds or (not_found and section == DisagreementSection.EVIDENCE):
                wholes[section].append(key)
                sections[section].commitments += 1
    for section in OF_MILESTONES:
        found = places.by_milestone(*KINDS_IN[section]).parts.annotate(total=Window(Count("pk")))
        for key, total in found.values_list("pk", "total")[:each]:
            milestones[section].append(key)
            sections[section].milestones = total
    _add_rows(sections, places, wholes, milestones, each)
    return list(sections.values())


def _add_rows(
    sections: dict[DisagreementSection, DisagreementRows],
    places: Places,
    wholes: dict[DisagreementSection, list[int]],
    milestones: dict[DisagreementSection, list[int]],
    each: int,
) -> None:
    shown = [section for section in sections if section != DisagreementSection.NEITHER]
    of_wholes, of_milestones = rows_of(
        places.wholes.filter(pk__in=[key for one in shown for key in wholes[one][:each]]),
        [key for one in shown for key in milestones[one]],
    )
    for section in shown:
        rows = [of_wholes[key] for key in wholes[section][:each]]
        rows += [of_milestones[key] for key in milestones[section]]
        sections[section].rows = rows[:each]
