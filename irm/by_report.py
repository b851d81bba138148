"""Assessments in a list, report by report, what is found first. Pure but for the order."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Case, F, Max, Value, When, Window

from irm.disagreements.rule import FINDINGS
from irm.models import Assessment, Report
from irm.querysets import AssessmentQuerySet

FINDS = Case(
    When(completion__in=FINDINGS, then=Value(2)), When(is_recorded=True, then=1), default=0
)


@dataclass(frozen=True)
class AssessmentsInReport:
    report: Report
    found: list[Assessment]
    """With a code of completion that is a finding."""
    others: list[Assessment]


def findings_first(rows: AssessmentQuerySet) -> AssessmentQuerySet:
    """Reports that find how far anything is come first, and in each what it finds."""
    most = Window(Max(FINDS), partition_by=F("report"))
    return (
        rows.for_list()
        .annotate(finds=FINDS, report_finds=most)
        .order_by(
            F("report_finds").desc(),
            F("report__plan__end_date").desc(nulls_last=True),
            "report__title",
            "report",
            F("finds").desc(),
            "commitment__slug",
        )
    )


def by_report(rows: Iterable[Assessment]) -> list[AssessmentsInReport]:
    groups = []
    for report, same in groupby(rows, lambda row: row.report):
        of_report = list(same)
        found = [row for row in of_report if row.completion in FINDINGS]
        others = [row for row in of_report if row.completion not in FINDINGS]
        groups.append(AssessmentsInReport(report, found, others))
    return groups
