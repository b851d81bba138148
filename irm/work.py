"""What still has to be recorded of a report: the commitments of its plan, and how far each is."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment
from irm.codebook import ReportKind, variables_of
from irm.models import Assessment, Report
from milestones.models import Milestone
from ogp_tracker.common.counting import count_of


class AssessmentState(TextChoices):
    """How far the assessment of a commitment is; what is left to do comes first."""

    TO_DO = "to_do", _("To do")
    COVERED = "covered", _("Covered, not recorded here")
    IN_PROGRESS = "in_progress", _("In progress")
    ASSESSED = "assessed", _("Assessed")


WITHOUT_CODES = tuple(kind for kind in ReportKind.values if not any(variables_of(kind)))
"""Kinds of report that give no codes: there is no list of commitments to work through."""


@dataclass(frozen=True)
class WorkListRow:
    commitment: Commitment
    assessment: Assessment | None
    milestones: int
    findings: int
    """On how many of the milestones the report has a finding recorded."""

    @property
    def state(self) -> AssessmentState:
        if self.assessment is None:
            return AssessmentState.TO_DO
        if self.assessment.published_on is None:
            return AssessmentState.IN_PROGRESS
        is_recorded = self.assessment.is_recorded
        return AssessmentState.ASSESSED if is_recorded else AssessmentState.COVERED


def covered_by(report: Report) -> QuerySet[Commitment]:
    """Those of its plan that readers can see, and those that it assesses already, in its order."""
    own = Assessment.objects.filter(report=report, commitment=OuterRef("pk"))
    of_the_plan = Q(pk__in=Commitment.objects.public().filter(plan=report.plan_id).values("pk"))
    wanted = Q(Exists(own)) | (of_the_plan if report.plan_id else Q(pk__in=()))
    return Commitment.objects.filter(wanted).order_by(F("order").asc(nulls_last=True), "slug")


def rows_of(report: Report) -> list[WorkListRow]:
    milestones = count_of(Milestone.objects.filter(commitment=OuterRef("pk")), "commitment")
    assessments = {
        one.commitment_id: one
        for one in Assessment.objects.filter(report=report)
        .annotate(finding_count=Count("findings"))
        .defer("analysis", "footnotes", "commitment_as_reported")
    }
    rows = []
    for commitment in covered_by(report).annotate(milestone_count=milestones):
        one: Any = assessments.get(commitment.pk)
        findings = one.finding_count if one is not None else 0
        rows.append(WorkListRow(commitment, one, commitment.milestone_count, findings))
    return rows


def with_counts(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Annotate how many commitments are `to_do`, `covered`, `in_progress`, `assessed`."""
    own = Assessment.objects.filter(report=OuterRef("pk"))
    assessed_here = Assessment.objects.filter(
        report=OuterRef(OuterRef("pk")), commitment=OuterRef("pk")
    )
    missing = (
        Commitment.objects.public()
        .filter(~Exists(assessed_here), plan=OuterRef("plan"))
        .exclude(plan=None)
    )
    published = own.filter(published_on__isnull=False)
    return reports.annotate(
        assessed=count_of(published.recorded(), "report"),
        covered=count_of(published.filter(is_recorded=False), "report"),
        in_progress=count_of(own.filter(published_on=None), "report"),
        to_do=count_of(missing, "plan"),
    )


def open_reports(reports: QuerySet[Report]) -> QuerySet[Report]:
    return (
        with_counts(reports)
        .select_related("plan")
        .alias(
            is_open=Q(in_progress__gt=0)
            | (Q(to_do__gt=0) | Q(covered__gt=0)) & ~Q(kind__in=WITHOUT_CODES)
        )
        .order_by("-is_open", F("released_on").desc(nulls_first=True), "title")
    )


def start_assessment(report: Report, commitment: Commitment) -> Assessment:
    """The report's assessment of the commitment; if there is none, a new draft."""
    found = Assessment.objects.filter(report=report, commitment=commitment).first()
    if found is not None:
        return found
    begun = Assessment(report=report, commitment=commitment)
    begun.full_clean()
    begun.save()
    return begun
