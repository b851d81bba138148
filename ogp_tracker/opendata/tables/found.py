"""Tables of what assessors found, and of government's replies.

A report that is only out for public comment may still change: its assessments are on the pages,
which say so, but they are not exported as findings.
"""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Replace
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from commitments.models import Institution, OGPValue
from irm.codebook import COMPLETION, VARIABLES, ReportKind, Variable
from irm.filters import AssessmentFilter
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones.levels import OVERALL_SIGNS, STATE_SIGNS, Provenance
from milestones.models import Milestone, NationProgress
from ogp_tracker.common.counting import count_of
from ogp_tracker.opendata.addresses import page_of
from ogp_tracker.opendata.columns import (
    LIST_SEPARATOR,
    Column,
    ListOf,
    code_column,
    date_column,
    list_column,
    number_column,
    text_column,
    time_column,
    yes_no_column,
)
from ogp_tracker.opendata.table import Table

from .delivered import (
    MILESTONE_KEY,
    label_column,
    milestone_columns,
    nations_of,
    overall_columns,
    said_columns,
    spoken,
    whole_columns,
)

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
    refers_to={"plans": ("plan_id",), "institutions": ("institution_id",)},
    authors=("assessor", "tracker"),
    columns=(
        text_column("report_id", _("The last part of its address here."), "slug", required=True),
        code_column(
            "kind", _("The kind of report, which decides what it codes."), ReportKind, required=True
        ),
        text_column(
            "plan_id",
            _("The plan that it is about. Empty: it is not about a single plan."),
            "plan__slug",
        ),
        text_column("title", _("Its title, as published."), required=True),
        code_column("assessor", _("Who assessed."), Report.Assessor, required=True),
        text_column(
            "institution_id", _("The page of the assessor here, if any."), "institution__slug"
        ),
        date_column(
            "evidence_cut_off",
            _("The last date from which it considers evidence. Empty: the report does not say."),
        ),
        date_column("released_on", _("When the assessor published it.")),
        text_column("report_url", _("Where it is published."), "url"),
        code_column(
            "stage",
            _("Whether it is final. Findings are exported from final reports only."),
            Report.Stage,
            required=True,
        ),
        list_column(
            "completion_totals",
            _(
                "How many commitments in its plan have each value of completion, if the report"
                " itself says so: each value as published, with the number."
            ),
            Replace("completion_totals", Value("\n"), Value(LIST_SEPARATOR)),
        ),
        text_column("tracker_note", _("A note by this site about it.")),
        text_column("url", _("Its page here."), page_of("reports", "slug")),
    ),
)


def coded(variable: Variable) -> Iterator[Column]:
    yield text_column(
        variable.name,
        variable.definition,
        variable.name,
        codes=tuple(code for code in variable.codes() if code),
        ogp_name=OGP_NAMES.get(variable.name, ""),
    )
    if variable.words_name:
        yield text_column(
            variable.words_name,
            format_lazy(_("{}, as published, for a value without a code."), variable.label),
        )


def milestone_counts() -> Iterator[Column]:
    """Of the outer row's commitment, as `levels.LevelCounts` counts them."""
    milestones = Milestone.objects.filter(commitment=OuterRef("commitment"))
    signs = {**OVERALL_SIGNS, **STATE_SIGNS}
    for one, sign in signs.items():
        yield number_column(
            f"milestones_{one}",
            _("How many of its milestones are at: %(overall)s.") % {"overall": sign.word},
            count_of(milestones.standing_at(one), "commitment"),
        )
    going_on = milestones.going_on()
    yield number_column(
        "milestones_read",
        _("How many of the levels of its milestones are our reading."),
        count_of(going_on.filter(overall_is_read=True), "commitment"),
    )
    here = spoken(milestone=OuterRef("pk"))
    by_others = here.exclude(provenance=Provenance.ASSESSOR_REPORT)
    yield number_column(
        "milestones_told",
        _("For how many of its milestones progress is known only from an assessor's report."),
        count_of(going_on.filter(Exists(here), ~Exists(by_others)), "commitment"),
    )


def leads(commitment: str) -> ListOf:
    bodies = Institution.objects.filter(
        involvements__commitment=OuterRef(commitment), involvements__role="lead"
    )
    return ListOf(bodies.order_by("name"), "name")


ASSESSMENTS = Table(
    name="assessments",
    title=_("Assessments"),
    description=_(
        "What one report finds about one commitment. Each row also has the commitment's title,"
        " plan, nations and lead, progress updates about it as a whole, and how many of its"
        " milestones are at each level. A code applies to the commitment in this report, on the"
        " scale used at the time."
    ),
    rows=lambda on: Assessment.objects.citable().order_by("pk"),
    key=ASSESSMENT_KEY,
    refers_to={"reports": ("report_id",), "commitments": ("commitment_id",), "plans": ("plan_id",)},
    authors=("assessor", "government"),
    filters=AssessmentFilter,
    columns=(
        text_column("report_id", _("The report."), "report__slug", required=True),
        code_column(
            "report_kind", _("The kind of report."), ReportKind, "report__kind", required=True
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
        text_column("number_in_report", _("The number of the commitment in the report.")),
        text_column("title_in_report", _("The title of the commitment in the report.")),
        text_column(
            "shares_text_with",
            _("The commitment whose text in this report also covers this one."),
            "shares_text_with__commitment__slug",
        ),
        yes_no_column(
            "is_recorded",
            _(
                "Whether what the report finds is recorded here. If false, the report covers the"
                " commitment, but this site does not have its findings: an empty code then means"
                " nothing."
            ),
        ),
        *(column for variable in VARIABLES for column in coded(variable)),
        list_column(
            "relevant_values",
            _("The OGP values for which the report finds it relevant."),
            ListOf(OGPValue.objects.filter(assessments=OuterRef("pk")).order_by("name"), "name"),
        ),
        text_column(
            "heading_as_published", _("The heading on OGP's page above the report's words.")
        ),
        text_column("commitment_as_reported", _("The commitment, as the report gives it.")),
        text_column("analysis", _("What the report says about it.")),
        text_column("footnotes", _("The footnotes of the analysis, one on each line.")),
        date_column(
            "evidence_cut_off",
            _("The last date from which the report considers evidence."),
            "report__evidence_cut_off",
        ),
        *whole_columns("commitment"),
        *milestone_counts(),
        date_column("published_on", _("The date on which it was published here."), required=True),
        text_column(
            "url", _("The page of the commitment here."), page_of("commitments", "commitment__slug")
        ),
    ),
)


def said_in(code: str) -> Iterator[Column]:
    """What is said of the outer row's milestone in one nation."""
    rows = NationProgress.objects.in_scope().filter(
        milestone=OuterRef("milestone"), nation__code=code
    )
    for column in said_columns():
        yield replace(
            column,
            name=f"{column.name}_{code}",
            description=format_lazy("{}: {}", code, column.description),
            source=Subquery(rows.values(column.name)[:1]),
        )


FINDINGS = Table(
    name="findings",
    title=_("Findings on milestones"),
    description=_(
        "What an assessment says about one milestone, with its progress in each nation as recorded"
        " here."
    ),
    rows=lambda on: MilestoneFinding.objects.citable().order_by("pk"),
    key=("report_id", *MILESTONE_KEY),
    refers_to={"assessments": ASSESSMENT_KEY, "milestones": MILESTONE_KEY},
    authors=("assessor", "government"),
    columns=(
        text_column("report_id", _("The report."), "assessment__report__slug", required=True),
        *milestone_columns("milestone__"),
        label_column("milestone__", required=True),
        text_column(
            "completion",
            _("The completion code, if the report gives this milestone one."),
            codes=tuple(code for code in COMPLETION.codes() if code),
        ),
        text_column(
            "found",
            _("The finding in the words of the report. Empty: the report gives only a code."),
        ),
        *overall_columns("milestone", "milestone__"),
        *(column for code in NATION_CODES for column in said_in(code)),
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
