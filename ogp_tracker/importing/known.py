"""What the tracker already has of the things that a sheet names, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet

from commitments.models import Commitment, OGPValue
from commitments.rights import Rights
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Milestone

from .sheet import SheetRow
from .targets import COMMITMENT, MILESTONE, OF_FINDINGS, REPORT, ImportTable

Key = tuple[str, ...]
M = TypeVar("M", bound=Model)


class Known:
    """Reports, commitments, milestones and what is recorded of them, by the ids of a sheet.

    A researcher sees what is public of commitments, and every assessment. With `locked` the rows
    stay as they are until the transaction ends.
    """

    def __init__(
        self, target: ImportTable, rows: Iterable[SheetRow], rights: Rights, *, locked: bool = False
    ) -> None:
        self.target = target
        self.locked = locked
        rows = list(rows)
        named = {row.cells[REPORT] for row in rows}
        reports = self._held(Report.objects.filter(slug__in=named).order_by("pk"))
        self.reports: dict[str, Report] = {one.slug: one for one in reports}
        seen = rights.seen_commitments().filter(slug__in={row.cells[COMMITMENT] for row in rows})
        self.commitments: dict[str, Commitment] = {one.slug: one for one in seen}
        self.values = list(OGPValue.objects.order_by("name"))
        self.assessments: dict[Key, Assessment] = {}
        self._read_assessments()
        self.milestones: dict[Key, Milestone] = {}
        self.findings: dict[Key, MilestoneFinding] = {}
        if target is OF_FINDINGS:
            self._read_findings()

    def _held(self, rows: QuerySet[M]) -> QuerySet[M]:
        return rows.select_for_update(of=("self",), no_key=True) if self.locked else rows

    def _read_assessments(self) -> None:
        rows = Assessment.objects.filter(report__in=list(self.reports.values()))
        rows = rows.select_related("commitment", "shares_text_with__commitment").prefetch_related(
            "relevant_values"
        )
        reports = {one.pk: one for one in self.reports.values()}
        for one in self._held(rows.order_by("pk")):
            one.report = reports[one.report_id]
            self.assessments[one.report.slug, one.commitment.slug] = one
            self.commitments.setdefault(one.commitment.slug, one.commitment)

    def _read_findings(self) -> None:
        by_key = {one.pk: key for key, one in self.assessments.items()}
        commitments = {one.pk: one for one in self.commitments.values()}
        numbers = {}
        for milestone in Milestone.objects.filter(commitment__in=list(commitments)):
            milestone.commitment = commitments[milestone.commitment_id]
            number = str(milestone.number)
            numbers[milestone.pk] = number
            self.milestones[milestone.commitment.slug, number] = milestone
        rows = MilestoneFinding.objects.filter(assessment__report__in=list(self.reports.values()))
        for one in self._held(rows.order_by("pk")):
            key = by_key[one.assessment_id]
            one.assessment = self.assessments[key]
            if one.milestone_id in numbers:
                one.milestone = self.milestones[key[1], numbers[one.milestone_id]]
                self.findings[(*key, numbers[one.milestone_id])] = one

    def key_of(self, cells: dict[str, str]) -> Key:
        """The number of a milestone without what a spreadsheet adds."""
        key = tuple(cells[name] for name in self.target.key)
        if self.target is OF_FINDINGS:
            return (*key[:2], cells[MILESTONE].lstrip("0") or "0")
        return key

    def stored(self) -> dict[Key, Assessment | MilestoneFinding]:
        return {**(self.findings if self.target is OF_FINDINGS else self.assessments)}

    def not_assessed(self) -> dict[str, list[str]]:
        """By report: the ids of its plan's commitments of which it has no assessment."""
        plans = {one.plan_id for one in self.reports.values() if one.plan_id}
        found: dict[int | None, list[str]] = defaultdict(list)
        rows = Commitment.objects.public().filter(plan__in=plans).order_by("order", "slug")
        for plan, slug in rows.values_list("plan", "slug"):
            found[plan].append(slug)
        return {
            slug: [one for one in found[report.plan_id] if (slug, one) not in self.assessments]
            for slug, report in self.reports.items()
        }
