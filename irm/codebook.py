"""The codebook: every coded variable of an assessment, in one table.

Choices, database constraints, help texts, the pages and the exports are made from it. Labels
are those that OGP publishes. A code belongs to a commitment in one report under one scheme;
schemes changed over the years, so each variable says which kinds of report give it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ReportKind(TextChoices):
    """The kinds of report in which assessments were published, by era."""

    PROGRESS = "progress_report", _("Progress or Mid-Term Report")
    END_OF_TERM = "end_of_term_report", _("End-of-Term Report")
    PRELIMINARY_REVIEW = "preliminary_review", _("Preliminary Review")
    LOCAL_REPORT = "local_irm_report", _("IRM report on a local plan")
    DESIGN = "design_report", _("Design Report")
    IMPLEMENTATION = "implementation_report", _("Implementation Report")
    TRANSITIONAL_RESULTS = "transitional_results_report", _("Transitional Results Report")
    CO_CREATION_BRIEF = "co_creation_brief", _("Co-Creation Brief")
    ACTION_PLAN_REVIEW = "action_plan_review", _("Action Plan Review")
    RESULTS = "results_report", _("Results Report")
    INCEPTION = "inception_report", _("Inception Report")
    END_OF_COMMITMENT = "end_of_commitment_assessment", _("End-of-Commitment Assessment")
    OGP_PAGE = "ogp_commitment_page", _("OGP's page of the commitment")


@dataclass(frozen=True)
class CodedValue:
    code: str
    label: "StrOrPromise"
    definition: "StrOrPromise" = ""


BLANK = ""
"""Nothing under this heading. The other kinds of nothing are values of their own."""

PENDING = CodedValue(
    "pending_irm_review",
    _("Pending IRM Review"),
    _("The assessor has not yet published a finding."),
)
NO_DATA = CodedValue(
    "no_irm_data", _("No IRM Data"), _("The assessor's data hold no finding under this heading.")
)
NOTHINGS = (PENDING, NO_DATA)


@dataclass(frozen=True)
class Variable:
    """One coded variable: what it means, which values it takes, which reports give it."""

    name: str
    """The column's name, in the database and in exports."""
    label: "StrOrPromise"
    definition: "StrOrPromise"
    values: tuple[CodedValue, ...]
    given_in: frozenset[ReportKind]
    source: str
    is_complete: bool = True
    """Whether the list of values is known to be complete."""

    def choices(self) -> "list[tuple[str, StrOrPromise]]":
        """The kinds of nothing come last."""
        return [(value.code, value.label) for value in (*self.values, *NOTHINGS)]

    def codes(self) -> list[str]:
        """Every code that the column may hold, blank among them."""
        return [BLANK, *(code for code, _label in self.choices())]

    def value(self, code: str) -> CodedValue | None:
        """None for blank. Raises KeyError if unknown."""
        if code == BLANK:
            return None
        return {value.code: value for value in (*self.values, *NOTHINGS)}[code]


_YES = CodedValue("yes", _("Yes"))
_NO = CodedValue("no", _("No"))
_GLOSSARY = "https://www.opengovpartnership.org/glossary/"
_GUIDE = "IRM Commitments Data Guide 1.0"

_UP_TO_DESIGN = frozenset(
    {
        ReportKind.PROGRESS,
        ReportKind.END_OF_TERM,
        ReportKind.PRELIMINARY_REVIEW,
        ReportKind.LOCAL_REPORT,
        ReportKind.DESIGN,
    }
)
_PAGE = frozenset({ReportKind.OGP_PAGE})

VARIABLES: tuple[Variable, ...] = (
    Variable(
        "specificity",
        _("Specificity"),
        _("How precisely the commitment says what will be done."),
        (CodedValue("medium", _("Medium")), CodedValue("high", _("High"))),
        frozenset({ReportKind.PROGRESS, ReportKind.END_OF_TERM}),
        _GUIDE,
        is_complete=False,
    ),
    Variable(
        "verifiable",
        _("Verifiable"),
        _(
            "Whether the text is clear enough for someone else to tell if it was done. Since 2021"
            " a commitment that is not verifiable is not reviewed further."
        ),
        (_YES, _NO),
        frozenset({ReportKind.DESIGN, ReportKind.ACTION_PLAN_REVIEW}) | _PAGE,
        _GLOSSARY + "verifiability/",
    ),
    Variable(
        "relevance",
        _("Relevant to OGP values"),
        _(
            "Whether the commitment serves the values of the Open Government Partnership. Reports"
            " name the values; OGP's pages often say only Yes or No."
        ),
        (
            _YES,
            CodedValue("no", _("No"), _("As OGP's pages put it.")),
            CodedValue(
                "not_relevant",
                _("Not Relevant"),
                _(
                    "As reports put it. It has also stood as a default while a review was still"
                    " pending, so check that a report says it."
                ),
            ),
        ),
        _UP_TO_DESIGN | _PAGE,
        _GLOSSARY + "relevance/",
    ),
    Variable(
        "open_government_lens",
        _("Open government lens"),
        _(
            "Whether the commitment is about transparency, citizen participation or public"
            " accountability; inclusion and technology count only in addition."
        ),
        (_YES, _NO),
        frozenset({ReportKind.ACTION_PLAN_REVIEW}),
        "https://www.opengovpartnership.org/documents/united-kingdom-action-plan-review-2021-2023/",
    ),
    Variable(
        "potential_impact",
        _("Potential impact"),
        _("How much would change if the commitment were carried out in full."),
        (
            CodedValue("minor", _("Minor")),
            CodedValue("moderate", _("Moderate")),
            CodedValue("transformative", _("Transformative")),
        ),
        _UP_TO_DESIGN,
        _GLOSSARY + "ambition/",
        is_complete=False,
    ),
    Variable(
        "potential_for_results",
        _("Potential for results"),
        _("How much open government could come of the commitment, judged from its design."),
        (
            CodedValue("unclear", _("Unclear")),
            CodedValue("modest", _("Modest")),
            CodedValue("substantial", _("Substantial")),
        ),
        frozenset({ReportKind.ACTION_PLAN_REVIEW}),
        "https://www.opengovpartnership.org/documents/united-kingdom-action-plan-review-2021-2023/",
    ),
    Variable(
        "promising",
        _("Promising commitment"),
        _("Whether the review calls the commitment promising. It is not the same as ambition."),
        (_YES, _NO),
        frozenset({ReportKind.ACTION_PLAN_REVIEW}),
        "https://www.opengovpartnership.org/documents/united-kingdom-action-plan-review-2023-2025/",
    ),
    Variable(
        "ambition",
        _("Ambition"),
        _(
            "OGP's summary of the design codes, shown on its pages: Moderate and Transformative"
            " potential impact give High, Minor gives Low. The impact cannot be read back from it."
        ),
        (CodedValue("high", _("High")), CodedValue("low", _("Low"))),
        _PAGE,
        _GLOSSARY + "ambition/",
    ),
    Variable(
        "completion",
        _("Completion"),
        _("How far the assessor found the commitment carried out."),
        (
            CodedValue(
                "no_evidence_available",
                _("No Evidence Available"),
                _("A finding: the assessor looked and found no evidence to judge by."),
            ),
            CodedValue("not_started", _("Not Started")),
            CodedValue("limited", _("Limited")),
            CodedValue("substantial", _("Substantial")),
            CodedValue("complete", _("Complete"), _("Older reports say Completed.")),
        ),
        frozenset(
            {
                ReportKind.PROGRESS,
                ReportKind.END_OF_TERM,
                ReportKind.LOCAL_REPORT,
                ReportKind.IMPLEMENTATION,
                ReportKind.TRANSITIONAL_RESULTS,
                ReportKind.RESULTS,
                ReportKind.END_OF_COMMITMENT,
            }
        )
        | _PAGE,
        _GLOSSARY + "completion/",
    ),
    Variable(
        "did_it_open_government",
        _("Did it open government?"),
        _("Whether government practice became more open because of the commitment."),
        (
            CodedValue("worsened", _("Worsened")),
            CodedValue("did_not_change", _("Did Not Change")),
            CodedValue("marginal", _("Marginal")),
            CodedValue("major", _("Major")),
            CodedValue("outstanding", _("Outstanding")),
        ),
        frozenset({ReportKind.END_OF_TERM, ReportKind.TRANSITIONAL_RESULTS}),
        _GUIDE,
    ),
    Variable(
        "early_results",
        _("Early results"),
        _(
            "What had changed by the end of the plan. OGP's pages show the older scale"
            " (“Did it open government?”) under this heading too."
        ),
        (
            CodedValue("moderate", _("Moderate")),
            CodedValue("significant", _("Significant")),
            CodedValue("did_not_change", _("Did Not Change"), _("A value of the older scale.")),
            CodedValue("marginal", _("Marginal"), _("A value of the older scale.")),
            CodedValue("major", _("Major"), _("A value of the older scale.")),
        ),
        frozenset({ReportKind.TRANSITIONAL_RESULTS, ReportKind.RESULTS}) | _PAGE,
        _GLOSSARY + "early-results/",
        is_complete=False,
    ),
    Variable(
        "starred",
        _("Starred"),
        _("A mark of older schemes for outstanding commitments; the end-of-term report decides."),
        (_YES, _NO),
        frozenset({ReportKind.PROGRESS, ReportKind.END_OF_TERM}),
        _GUIDE,
    ),
)

BY_NAME: dict[str, Variable] = {variable.name: variable for variable in VARIABLES}
COMPLETION = BY_NAME["completion"]


def variables_of(kind: str) -> Iterator[Variable]:
    return (variable for variable in VARIABLES if kind in variable.given_in)


def precedence(kind: str) -> int:
    """How late in a plan's life a kind of report is written; OGP's page comes before all.

    Kinds are listed era by era, each from first to last; eras never meet in one plan.
    """
    if kind == ReportKind.OGP_PAGE:
        return -1
    return list(ReportKind.values).index(kind)
