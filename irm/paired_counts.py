"""Both counts of a plan's commitments by completion: government's words, and a report's totals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from irm.completion_totals import PairedCount, beside
from irm.models import Report
from milestones.levels import LevelCounts
from milestones.models import NationProgress


@dataclass(frozen=True)
class PairedCounts:
    report: Report
    rows: list[PairedCount]
    counts: LevelCounts
    """Government's words on the commitments as a whole, counted here."""
    sources: list[tuple[str, str, date]]
    """Where government says so: title, address and as-of date."""

    @property
    def covers_same(self) -> bool:
        return self.counts.total == self.report.total

    @property
    def contradict(self) -> bool:
        """Whether two counts of as many commitments differ."""
        differ = any((row.government or 0) != (row.assessor or 0) for row in self.rows)
        return self.covers_same and differ


def paired_counts(reports: Iterable[Report]) -> list[PairedCounts]:
    """Of reports that give totals; not of a draft whose final report gives them. Two queries."""
    totals = [report for report in reports if report.totals]
    final = {(one.plan_id, one.kind) for one in totals if not one.is_for_comment}
    shown = [
        one for one in totals if not one.is_for_comment or (one.plan_id, one.kind) not in final
    ]
    words = NationProgress.objects.public().of_government().filter(milestone=None)
    words = words.filter(commitment__plan__in=[report.plan_id for report in shown])
    counts = words.whole_level_counts_by_plan()
    sources = list(
        words.order_by("update__source_title")
        .values_list("commitment__plan", "update__source_title", "update__source_url")
        .annotate(until=Max("as_of"))
    )
    return [
        PairedCounts(
            report,
            beside(report.totals, counts.get(report.plan_id, LevelCounts())),
            counts.get(report.plan_id, LevelCounts()),
            [(title, url, day) for plan, title, url, day in sources if plan == report.plan_id],
        )
        for report in shown
    ]
