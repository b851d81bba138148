"""The filters of the lists: those of the pages, and the keys of other tables.

The choices are only ever public rows, so a draft cannot be told from what does not exist.
"""

from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment, Institution, Nation
from irm.disagreements.rule import Unit
from irm.filters import AssessmentFilter
from irm.models import Report
from milestones.levels import Level, LevelBasis, Overall, Provenance, Schedule
from ogp_tracker.common.either import (
    EitherFilter,
    EitherNumberField,
    EitherRowFilter,
    ReadersFilter,
)
from ogp_tracker.common.texts import StrOrPromise

GREATEST_NUMBER = 32767


def by(rows: QuerySet[Any], path: str, label: StrOrPromise, key: str = "slug") -> EitherRowFilter:
    return EitherRowFilter(field_name=path, queryset=rows, to_field_name=key, label=label)


def by_commitment(path: str = "commitment") -> EitherRowFilter:
    return by(Commitment.objects.public(), path, _("For this commitment"))


def by_report(path: str = "report") -> EitherRowFilter:
    return by(Report.objects.citable(), path, _("In this report"))


class MilestoneNumberFilter(EitherFilter):
    field_class = EitherNumberField

    def __init__(self) -> None:
        label = _("For the milestone with this number")
        super().__init__("milestone__number", label=label, min_value=0, max_value=GREATEST_NUMBER)


class AssessmentListFilter(AssessmentFilter):
    report_id = by_report()
    commitment_id = by_commitment()


class InstitutionListFilter(ReadersFilter):
    nation_code = by(Nation.objects.public(), "nation", _("Serves this nation"), key="code")


class ReportListFilter(ReadersFilter):
    plan_id = by(ActionPlan.objects.public(), "plan", _("About this action plan"))


class UnitFilter(EitherFilter):
    def __init__(self) -> None:
        label = _("About commitments as a whole, or about milestones")
        super().__init__("milestone", choices=Unit.choices, label=label)

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        return qs.filter(milestone__isnull=Unit.WHOLE in value) if len(value) == 1 else qs


def by_code(choices: type[TextChoices], label: StrOrPromise) -> EitherFilter:
    return EitherFilter(choices=choices.choices, label=label)


class MilestoneListFilter(ReadersFilter):
    commitment_id = by_commitment()
    overall = by_code(Overall, _("At this overall level"))


class UpdateListFilter(ReadersFilter):
    commitment_id = by_commitment()
    milestone_number = MilestoneNumberFilter()
    institution_id = by(Institution.objects.public(), "institution", _("By this institution"))
    unit = UnitFilter()
    level = by_code(Level, _("With this level"))
    level_basis = by_code(LevelBasis, _("With a level given by the source, or with our reading"))
    schedule = by_code(Schedule, _("With this schedule"))
    provenance = by_code(Provenance, _("By who says so"))


class FindingListFilter(ReadersFilter):
    report_id = by_report("assessment__report")
    commitment_id = by_commitment("milestone__commitment")
    milestone_number = MilestoneNumberFilter()
