"""The table of what comes of comparing government with the assessor, computed from others."""

from datetime import date

from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from irm.codebook import COMPLETION, ReportKind
from irm.disagreements.rows import Places
from irm.disagreements.rule import LEVEL_OF, Comparison, NotComparable
from irm.filters import DisagreementFilter
from milestones.levels import Provenance
from milestones.models import ProgressUpdate
from ogp_tracker.opendata.addresses import page_of_target
from ogp_tracker.opendata.columns import (
    Uid,
    code_column,
    date_column,
    number_column,
    text_column,
    yes_no_column,
)
from ogp_tracker.opendata.table import Table

from .delivered import list_columns, listed, spoken, unit_column


def update_of(_on: date) -> Subquery:
    rows = ProgressUpdate.objects.filter(pk=OuterRef("place_update"))
    return Subquery(rows.values(text=Uid("uid")))


def said_by_government(name: str) -> Case:
    """What the compared words of government say in one column: of the whole, or in the nation.

    Where nothing is said of the whole, those of its milestones are compared.
    """
    mine = spoken(commitment__slug=OuterRef("place_commitment")).exclude(
        provenance=Provenance.ASSESSOR_REPORT
    )
    whole = mine.filter(milestone=None)
    here = mine.filter(
        milestone__number=OuterRef("place_milestone"), nation__code=OuterRef("place_nation")
    )
    return Case(
        When(place_milestone__isnull=False, then=listed(here, name)),
        When(Exists(whole), then=listed(whole, name)),
        default=listed(mine, name),
    )


WHY = Case(
    When(~Q(comparison=Comparison.NOT_COMPARABLE), then=Value("")),
    When(said_code="", then=Value(NotComparable.NO_CODE)),
    When(said_code__in=list(LEVEL_OF), then=Value(NotComparable.LEVEL_NOT_GIVEN)),
    default=Value(NotComparable.CODE_IS_NO_LEVEL),
)
"""`irm.disagreements.rule.why_not_comparable` in SQL."""

DISAGREEMENTS = Table(
    name="disagreements",
    title=_("Agreement and disagreement"),
    description=_(
        "Whether government and the assessor agree, with one row for each commitment as a whole"
        " and for each milestone in each nation in which it is to be delivered: they differ, they"
        " agree, they cannot be compared, only one has spoken here, or neither has. Missing"
        " evidence has columns of its own. For government, only what it reported or published"
        " counts, not what an assessor's report says about progress. This table is worked out from"
        " the others."
    ),
    rows=lambda on: Places.public(),
    key=("commitment_id", "milestone_number", "nation_code"),
    refers_to={
        "commitments": ("commitment_id",),
        "nations": ("nation_code",),
        "plans": ("plan_id",),
        "updates": ("update_id",),
        "reports": ("report_id",),
    },
    authors=("government", "assessor"),
    filters=DisagreementFilter,
    columns=(
        text_column("commitment_id", _("The commitment."), "place_commitment", required=True),
        number_column(
            "milestone_number",
            _("The milestone. Empty: the commitment as a whole."),
            "place_milestone",
        ),
        unit_column("place_milestone"),
        text_column(
            "nation_code", _("The nation. Empty: the commitment as a whole."), "place_nation"
        ),
        text_column("plan_id", _("The action plan of the commitment."), "place_plan"),
        text_column(
            "comparison",
            _("The result of comparing government with the assessor."),
            "comparison",
            codes=tuple(Comparison.values),
            required=True,
        ),
        code_column(
            "not_comparable_because",
            _("Why the two cannot be compared. Empty: they can, or not both have spoken."),
            NotComparable,
            WHY,
        ),
        yes_no_column(
            "evidence_not_given",
            _(
                "Whether the level calls for evidence, none is recorded here, and its document or"
                " the assessor's words show that none is given."
            ),
            Q(not_given=True),
        ),
        yes_no_column(
            "evidence_not_found",
            _("Whether the assessor looked and found no evidence to judge by."),
            Q(not_found=True),
        ),
        *list_columns(said_by_government),
        date_column("as_of", _("The latest as-of date of government's updates."), "as_of"),
        text_column(
            "update_id",
            _("The update with that date. Empty for a commitment as a whole."),
            update_of,
        ),
        text_column(
            "completion",
            _(
                "The completion code that is compared. Empty: the report gives only words, or"
                " nothing."
            ),
            "said_code",
            codes=tuple(value.code for value in COMPLETION.values),
        ),
        text_column(
            "report_id",
            _("The final report with the assessor's finding. Empty: none is recorded here."),
            "said_report",
        ),
        code_column("report_kind", _("The kind of that report."), ReportKind, "said_kind"),
        date_column(
            "evidence_cut_off",
            _("The last date from which that report considers evidence."),
            "said_until",
        ),
        yes_no_column(
            "is_later", _("Whether government's date is later than that."), Q(is_later=True)
        ),
        text_column(
            "url", _("Its page here."), page_of_target("place_commitment", "place_milestone")
        ),
    ),
)
