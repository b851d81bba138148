"""The filters of the lists: those of the pages, and the keys of other tables.

The choices are only ever public rows, so a draft cannot be told from what does not exist.
"""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment, Institution, Nation
from irm.disagreements.rows import Unit
from irm.filters import AssessmentFilter
from irm.models import Report
from milestones.levels import Level, LevelBasis, Overall, Provenance, Schedule
from ogp_tracker.common.texts import StrOrPromise

GREATEST_NUMBER = 32767


def by(
    rows: QuerySet[Any], path: str, label: StrOrPromise, key: str = "slug"
) -> filters.ModelChoiceFilter:
    return filters.ModelChoiceFilter(field_name=path, queryset=rows, to_field_name=key, label=label)


def by_commitment(path: str = "commitment") -> filters.ModelChoiceFilter:
    return by(Commitment.objects.public(), path, _("Of this commitment"))


def by_report(path: str = "report") -> filters.ModelChoiceFilter:
    return by(Report.objects.citable(), path, _("In this report"))


class MilestoneNumberFilter(filters.Filter):
    field_class = forms.IntegerField

    def __init__(self) -> None:
        label = _("Of the milestone with this number")
        super().__init__("milestone__number", label=label, min_value=0, max_value=GREATEST_NUMBER)


class AssessmentListFilter(AssessmentFilter):
    report_id = by_report()
    commitment_id = by_commitment()


class InstitutionListFilter(filters.FilterSet):
    nation_code = by(Nation.objects.public(), "nation", _("Serves this nation"), key="code")


class ReportListFilter(filters.FilterSet):
    plan_id = by(ActionPlan.objects.public(), "plan", _("About this action plan"))


class UnitFilter(filters.ChoiceFilter):
    def __init__(self) -> None:
        label = _("About commitments as a whole, or about milestones")
        super().__init__("milestone", choices=Unit.choices, label=label)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(milestone__isnull=value == Unit.WHOLE) if value else qs


def by_code(choices: type[TextChoices], label: StrOrPromise) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(choices=choices.choices, label=label)


class MilestoneListFilter(filters.FilterSet):
    commitment_id = by_commitment()
    overall = by_code(Overall, _("At this overall level"))


class UpdateListFilter(filters.FilterSet):
    commitment_id = by_commitment()
    milestone_number = MilestoneNumberFilter()
    institution_id = by(Institution.objects.public(), "institution", _("By this institution"))
    unit = UnitFilter()
    level = by_code(Level, _("With this level"))
    level_basis = by_code(LevelBasis, _("With a level that is known in this way"))
    schedule = by_code(Schedule, _("With this schedule"))
    provenance = by_code(Provenance, _("Whose word it is"))


class FindingListFilter(filters.FilterSet):
    report_id = by_report("assessment__report")
    commitment_id = by_commitment("milestone__commitment")
    milestone_number = MilestoneNumberFilter()
