"""The sections of the page: how many commitments and milestones each has, and the first of them.

All is counted by the database. Of milestones only contradictions and missing evidence are counted:
most are never assessed one by one, and whether anybody has spoken is asked of the commitment.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from irm.disagreements.rows import Places, Unit
from irm.disagreements.rule import KINDS_IN, MEANINGS, DisagreementSection
from irm.disagreements.shown import ComparedRow, rows_of
from ogp_tracker.common.texts import StrOrPromise

OF_MILESTONES = (DisagreementSection.CONTRADICTIONS, DisagreementSection.EVIDENCE)

NEWEST_PLAN_FIRST = (
    F("plan__end_date").desc(nulls_last=True),
    F("plan__title").asc(),
    F("order").asc(nulls_last=True),
    F("slug").asc(),
)


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

    @property
    def query(self) -> str:
        """What chooses all of its rows on the page."""
        chosen = {"kind": self.kinds} | ({"unit": [self.unit]} if self.unit else {})
        return urlencode(chosen, doseq=True)


def sections_of(places: Places, each: int = 0) -> list[DisagreementRows]:
    """Of these places, with the first `each` rows of each. A fixed number of queries."""
    sections = {section: DisagreementRows(section) for section in DisagreementSection}
    wholes: dict[DisagreementSection, list[int]] = defaultdict(list)
    milestones: dict[DisagreementSection, list[int]] = defaultdict(list)
    for comparison, not_found, number, key in _first_wholes(places, max(each, 1)):
        for section, kinds in KINDS_IN.items():
            if comparison in kinds or (not_found and section == DisagreementSection.EVIDENCE):
                wholes[section].append(key)
                sections[section].commitments += number
    for section in OF_MILESTONES:
        found = places.by_milestone(*KINDS_IN[section]).parts.annotate(total=Window(Count("pk")))
        for key, total in found.values_list("pk", "total")[: max(each, 1)]:
            milestones[section].append(key)
            sections[section].milestones = total
    if each:
        _add_rows(sections, places, wholes, milestones, each)
    return list(sections.values())


def _first_wholes(places: Places, each: int) -> list[tuple[str, bool, int, int]]:
    """Comparison, whether no evidence was found, and the key of the first commitments of each.

    The number of them all stands with the first, else 0.
    """
    alike = (F("comparison"), F("not_found"))
    rows = places.wholes.order_by().annotate(
        place=Window(RowNumber(), partition_by=alike, order_by=NEWEST_PLAN_FIRST),
        total=Window(Count("pk"), partition_by=alike),
    )
    found = rows.filter(place__lte=each).values_list(
        "comparison", "not_found", "total", "place", "pk"
    )
    # What only the assessor says comes before what only government says: it is rarer.
    ordered = sorted(found, key=lambda row: (row[2], *row[:2], row[3]))
    return [(one, no, total if place == 1 else 0, key) for one, no, total, place, key in ordered]


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
        sections[section].rows = [
            *(of_wholes[key] for key in wholes[section][:each]),
            *(of_milestones[key] for key in milestones[section]),
        ]
