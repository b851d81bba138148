"""Tables of what assessors found, and of government's replies.

A report that is only out for public comment may still change: its assessments are on the pages,
which say so, but they are not exported as findings.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from commitments.models import AmendmentState, Institution, Nation, OGPValue
from irm.codebook import COMPLETION, VARIABLES, ReportKind, Variable
from irm.filters import AssessmentFilter
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones.conditions import state_by_amendment
from milestones.levels import SIGNS
from milestones.models import Milestone, NationProgress
from ogp_tracker.common.counting import count_of
from ogp_tracker.opendata.addresses import page_of
from ogp_tracker.opendata.columns import (
    Column,
    ListOf,
    date_column,
    list_column,
    number_column,
    text_column,
    time_column,
)
from ogp_tracker.opendata.table import Table

from .delivered import LEVELS, MILESTONE_KEY, in_scope, milestone_columns, overall_level, reported

ASSESSMENT_KEY = ("report_id", "commitment_id")

NATION_CODES = ("eng", "sct", "wls", "nir")

OGP_NAMES = {
    "specificity": "Specificity",
    "potential_impact": "Potential Impact",
    "completion": "Completion (Progress Report)",
    "did_it_open_government": "Did It Open Government (Overall)",
}
"""What OGP's published table of commitments calls a variable of the codebook."""

REPORTS = Table(
    name="reports",
    title=_("Reports"),
    description=_("The documents and pages in which assessors published what they found."),
    rows=lambda on: Report.objects.citable().order_by("pk"),
    key=("report_id",),
    refers_to={"plans": ("plan_id",)},
    authors=("assessor", "tracker"),
    columns=(
        text_column("report_id", _("The last part of its address here."), "slug", required=True),
        text_column(
            "kind",
            _("The kind of report, which decides what it codes."),
            codes=tuple(ReportKind.values),
            required=True,
        ),
        text_column("plan_id", _("The plan that it is about. Empty: not one plan."), "plan__slug"),
        text_column("title", _("Its title, as published."), required=True),
        text_column(
            "assessor", _("Who assesses."), codes=tuple(Report.Assessor.values), required=True
        ),
        date_column(
            "evidence_cut_off",
            _("The last day from which it considers evidence. Empty: it does not say."),
        ),
        date_column("released_on", _("When the assessor published it.")),
        text_column("report_url", _("Where it is published."), "url"),
        text_column("tracker_note", _("What this tracker says about it.")),
        text_column("url", _("Its page here."), page_of("reports", "slug")),
    ),
)


def coded(variable: Variable) -> Column:
    return text_column(
        variable.name,
        variable.definition,
        variable.name,
        codes=tuple(code for code in variable.codes() if code),
        ogp_name=OGP_NAMES.get(variable.name, ""),
    )


GOING_ON = {"milestone__amendment_state": "", "milestone__commitment__amendment_state": ""}


def parts_at(level: str) -> Any:
    """For how many milestones and nations of the outer row's commitment a level is reported."""
    rows = NationProgress.objects.in_scope().filter(
        applies=True, level=level, milestone__commitment=OuterRef("commitment"), **GOING_ON
    )
    return count_of(rows, "milestone__commitment")


def parts_amended(state: str) -> Any:
    """For how many parts of the outer row's commitment the plan was so amended."""
    rows: Any = Milestone.objects.filter(commitment=OuterRef("commitment")).by_part()
    amended = rows.annotate(by_amendment=state_by_amendment()).filter(by_amendment=state)
    return count_of(amended.filter(part_applies=True), "commitment")


def government_counts() -> Iterator[Column]:
    """The least advanced level first."""
    settled = NationProgress.objects.in_scope().filter(
        milestone__commitment=OuterRef("commitment"), **GOING_ON
    )
    parts = Milestone.objects.going_on().filter(
        commitment=OuterRef("commitment"), commitment__nations__isnull=False
    )
    unreported = count_of(parts, "commitment") - count_of(
        settled.filter(Q(applies=False) | ~Q(level="")), "milestone__commitment"
    )
    yield number_column(
        "government_progress_not_reported",
        _("In how many parts (a milestone in a nation) government has reported no level."),
        unreported,
    )
    for level in LEVELS:
        yield number_column(
            f"government_progress_{level}",
            _("How many parts government reports as: %(level)s.") % {"level": SIGNS[level].word},
            parts_at(level),
        )
    for state in AmendmentState:
        yield number_column(
            f"government_progress_{state}",
            _("How many parts are, by amendment: %(state)s.") % {"state": state.label},
            parts_amended(state),
        )


def leads(commitment: str) -> ListOf:
    bodies = Institution.objects.filter(
        involvements__commitment=OuterRef(commitment), involvements__role="lead"
    )
    return ListOf(bodies.order_by("name"), "name")


def nations_of(commitment: str) -> ListOf:
    return ListOf(
        Nation.objects.filter(commitments=OuterRef(commitment)).order_by("position"), "code"
    )


ASSESSMENTS = Table(
    name="assessments",
    title=_("Assessments"),
    description=_(
        "What one report finds of one commitment, with the commitment's title, plan, nations and"
        " lead on each row, and how far government says it is. A code belongs to the commitment in"
        " this report, under the scheme of its time."
    ),
    rows=lambda on: Assessment.objects.citable().order_by("pk"),
    key=ASSESSMENT_KEY,
    refers_to={"reports": ("report_id",), "commitments": ("commitment_id",), "plans": ("plan_id",)},
    authors=("assessor", "government"),
    filters=lambda: AssessmentFilter,
    columns=(
        text_column("report_id", _("The report."), "report__slug", required=True),
        text_column(
            "report_kind",
            _("The kind of report."),
            "report__kind",
            codes=tuple(ReportKind.values),
            required=True,
        ),
        text_column("commitment_id", _("The commitment."), "commitment__slug", required=True),
        text_column("ogp_id", _("The id that OGP gave the commitment."), "commitment__ogp_id"),
        text_column(
            "commitment_title",
            _("The title of the commitment."),
            "commitment__title",
            required=True,
        ),
        text_column("plan_id", _("The action plan of the commitment."), "commitment__plan__slug"),
        list_column(
            "nation_codes", _("The nations in which it is delivered."), nations_of("commitment")
        ),
        list_column(
            "lead_names", _("The names of the institutions that lead it."), leads("commitment")
        ),
        text_column("number_in_report", _("The number by which the report calls it.")),
        text_column("title_in_report", _("The title by which the report calls it.")),
        text_column(
            "shares_text_with",
            _("The commitment whose words in this report stand for this one, too."),
            "shares_text_with__commitment__slug",
        ),
        *(coded(variable) for variable in VARIABLES),
        list_column(
            "relevant_values",
            _("The OGP values for which the report finds it relevant."),
            ListOf(OGPValue.objects.filter(assessments=OuterRef("pk")).order_by("name"), "name"),
        ),
        text_column("commitment_as_reported", _("The commitment, as the report gives it.")),
        text_column("analysis", _("What the report says of it.")),
        text_column("footnotes", _("The footnotes of the analysis, one a line.")),
        date_column(
            "evidence_cut_off",
            _("The last day from which the report considers evidence."),
            "report__evidence_cut_off",
        ),
        *government_counts(),
        date_column("published_on", _("The day on which it was published here."), required=True),
        text_column(
            "url", _("The page of the commitment here."), page_of("commitments", "commitment__slug")
        ),
    ),
)


def level_in(code: str) -> Subquery:
    rows = NationProgress.objects.in_scope().filter(
        milestone=OuterRef("milestone"), nation__code=code
    )
    return Subquery(rows.values("level")[:1])


FINDINGS = Table(
    name="findings",
    title=_("Findings on milestones"),
    description=_(
        "What an assessment says of one milestone, with what government reports of it in each"
        " nation."
    ),
    rows=lambda on: MilestoneFinding.objects.citable().order_by("pk"),
    key=("report_id", *MILESTONE_KEY),
    refers_to={"assessments": ASSESSMENT_KEY, "milestones": MILESTONE_KEY},
    authors=("assessor", "government"),
    columns=(
        text_column("report_id", _("The report."), "assessment__report__slug", required=True),
        *milestone_columns("milestone__"),
        text_column(
            "completion",
            _("The code of completion, if the report gives this milestone one."),
            codes=tuple(code for code in COMPLETION.codes() if code),
        ),
        text_column("found", _("What was found, in the words of the report."), required=True),
        text_column(
            "government_level",
            _("The level of the least advanced nation among those that have reported."),
            overall_level("milestone"),
            codes=LEVELS,
        ),
        number_column(
            "nations_in_scope",
            _("In how many nations it is to be delivered."),
            in_scope("milestone", "milestone__commitment"),
        ),
        number_column(
            "nations_reported", _("How many of them have reported a level."), reported("milestone")
        ),
        *(
            text_column(
                f"government_level_{code}",
                _("What government reports in one nation: %(code)s.") % {"code": code},
                level_in(code),
                codes=LEVELS,
            )
            for code in NATION_CODES
        ),
    ),
)

REPLIES = Table(
    name="replies",
    title=_("Government's replies"),
    description=_("What the leading institution answered to a published finding or assessment."),
    rows=lambda on: Reply.objects.citable().order_by("pk"),
    key=(*ASSESSMENT_KEY, "milestone_number"),
    refers_to={"assessments": ASSESSMENT_KEY, "institutions": ("institution_id",)},
    columns=(
        text_column("report_id", _("The report."), "assessment__report__slug", required=True),
        text_column(
            "commitment_id", _("The commitment."), "assessment__commitment__slug", required=True
        ),
        number_column(
            "milestone_number",
            _("The milestone. Empty: the reply is to the assessment as a whole."),
            "finding__milestone__number",
        ),
        text_column("institution_id", _("Who replies."), "institution__slug", required=True),
        text_column("text", _("The reply."), required=True),
        time_column("published_at", _("When it was published here."), required=True),
    ),
)
