"""The codebook: every coded variable of an assessment, in one table.

Choices, database constraints, help texts, the pages and the exports are made from it. Labels
are those that OGP publishes. A code belongs to a commitment in one report under one scheme;
schemes changed over the years, so each variable says which kinds of report give it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.texts import StrOrPromise


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
    OGP_PAGE = "ogp_commitment_page", _("OGP's page for the commitment")


NOT_DEFINED = _("No definition found.")


@dataclass(frozen=True)
class CodedValue:
    code: str
    label: StrOrPromise
    definition: StrOrPromise = ""
    """In our own words, after the variable's source; "" if no definition was found."""
    note: StrOrPromise = ""
    only_in: frozenset[ReportKind] = frozenset()
    """The kinds of report that print it, if not all that give the variable do."""

    @property
    def meaning(self) -> str:
        return f"{self.definition or NOT_DEFINED} {self.note}".strip()


BLANK = ""
"""Nothing under this heading. The other kinds of nothing are values of their own."""

PENDING = CodedValue(
    "pending_irm_review",
    _("Pending IRM Review"),
    _("The assessor has not yet published a finding."),
)
NO_DATA = CodedValue(
    "no_irm_data", _("No IRM Data"), _("The assessor's data has no finding under this heading.")
)
NOTHINGS = (PENDING, NO_DATA)


@dataclass(frozen=True)
class Variable:
    """One coded variable: what it means, which values it takes, which reports give it."""

    name: str
    """The column's name, in the database and in exports."""
    label: StrOrPromise
    definition: StrOrPromise
    values: tuple[CodedValue, ...]
    given_in: frozenset[ReportKind]
    source: str
    is_complete: bool = True
    """Whether the list of values is known to be complete; other values are kept as published."""

    seldom_in: frozenset[ReportKind] = frozenset()
    """Not every report of these kinds has the heading: where it is blank, nothing is said."""

    @property
    def words_name(self) -> str:
        """The column of a value that the codebook does not know, as published; "" if complete."""
        return "" if self.is_complete else f"{self.name}_as_published"

    def takes(self, code: str, kind: str) -> bool:
        """Whether a report of this kind can give the code. Blank is always taken."""
        only_in = next((one.only_in for one in self.values if one.code == code), None)
        return code == BLANK or kind in self.given_in & (only_in or self.given_in)

    def knows(self, words: str) -> bool:
        """Whether the words are a code or a label of it."""
        known = (str(name) for choice in self.choices() for name in choice)
        return words.strip().casefold() in {name.casefold() for name in known}

    def choices(self) -> list[tuple[str, StrOrPromise]]:
        return [(value.code, value.label) for value in (*self.values, *NOTHINGS)]

    def codes(self) -> list[str]:
        return [BLANK, *(code for code, _label in self.choices())]

    def value(self, code: str) -> CodedValue | None:
        """None for blank. Raises KeyError if unknown."""
        if code == BLANK:
            return None
        return {value.code: value for value in (*self.values, *NOTHINGS)}[code]


_GLOSSARY = "https://www.opengovpartnership.org/glossary/"

_TO_2016 = frozenset({ReportKind.PROGRESS, ReportKind.END_OF_TERM})
_TO_DESIGN = _TO_2016 | {
    *(ReportKind.PRELIMINARY_REVIEW, ReportKind.LOCAL_REPORT, ReportKind.DESIGN)
}
_LATER = frozenset({ReportKind.TRANSITIONAL_RESULTS, ReportKind.RESULTS})
_PAGE = frozenset({ReportKind.OGP_PAGE})
_REVIEW = frozenset({ReportKind.ACTION_PLAN_REVIEW})

_OLDER_RESULTS = (
    CodedValue("worsened", _("Worsened"), _("Government became less open because of it.")),
    CodedValue(
        "did_not_change", _("Did Not Change"), _("Nothing changed in how government works.")
    ),
    CodedValue("marginal", _("Marginal"), _("A change with little effect on openness.")),
    CodedValue("major", _("Major"), _("More openness in the policy area, limited in scope.")),
    CodedValue("outstanding", _("Outstanding"), _("Openness changed how the area works.")),
)


def _yes_no(yes: StrOrPromise, no: StrOrPromise) -> tuple[CodedValue, CodedValue]:
    return CodedValue("yes", _("Yes"), yes), CodedValue("no", _("No"), no)


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "specificity",
        _("Specificity"),
        _(
            "How precisely the commitment says what will be done. OGP counts Medium and High as"
            " verifiable."
        ),
        (CodedValue("medium", _("Medium")), CodedValue("high", _("High"))),
        _TO_2016 | {ReportKind.PRELIMINARY_REVIEW},
        _GLOSSARY + "verifiability/",
        is_complete=False,
    ),
    Variable(
        "verifiable",
        _("Verifiable"),
        _(
            "Whether the text is clear enough for others to check if it was done. Since 2021 a"
            " commitment that is not verifiable is not reviewed further."
        ),
        _yes_no(
            _("Clear aims and actions, some of which can be checked."),
            _("The aims and actions are not clear, and none can be checked."),
        ),
        _REVIEW | _PAGE | {ReportKind.DESIGN},
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
            *_yes_no(
                _("It serves at least one of them."), _("It serves none of them (OGP's pages).")
            ),
            CodedValue(
                "not_relevant",
                _("Not Relevant"),
                _("It serves none of them (reports)."),
                _("OGP also used it as a default before a review: check that a report says it."),
            ),
        ),
        _TO_DESIGN | _PAGE,
        _GLOSSARY + "relevance/",
    ),
    Variable(
        "open_government_lens",
        _("Open government lens"),
        _(
            "Whether the commitment is about transparency, citizen participation or public"
            " accountability; inclusion and technology count only in addition."
        ),
        _yes_no(
            _("It aims to make something more transparent, participatory or accountable."),
            _("It does not aim to do this."),
        ),
        _REVIEW,
        _GLOSSARY + "relevance/",
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
        _TO_DESIGN | _PAGE,
        _GLOSSARY + "ambition/",
        is_complete=False,
        seldom_in=_PAGE,
    ),
    Variable(
        "potential_for_results",
        _("Potential for results"),
        _("How much more open government could become, judging from the design of the commitment."),
        (
            CodedValue("unclear", _("Unclear"), _("It continues what is done already.")),
            CodedValue(
                "modest", _("Modest"), _("A positive step that does not bind institutions.")
            ),
            CodedValue(
                "substantial", _("Substantial"), _("It could change the rules of a policy area.")
            ),
        ),
        _REVIEW,
        _GLOSSARY + "ambition/",
    ),
    Variable(
        "promising",
        _("Promising commitment"),
        _("Whether the review calls the commitment promising. This is not the same as ambition."),
        _yes_no(
            _("Chosen for its clarity, open government values and potential for results."),
            _("Not chosen as promising."),
        ),
        _REVIEW,
        "https://www.opengovpartnership.org/documents/independent-reporting-mechanism-action-plan-review/",
    ),
    Variable(
        "ambition",
        _("Ambition"),
        _("OGP's summary of the codes for design. It does not tell the potential impact."),
        (
            CodedValue("high", _("High"), _("Potential impact is Moderate or Transformative.")),
            CodedValue("low", _("Low"), _("Potential impact is Minor.")),
        ),
        _PAGE,
        _GLOSSARY + "ambition/",
    ),
    Variable(
        "completion",
        _("Completion"),
        _(
            "How far the assessor found that the commitment was carried out. OGP counts"
            " Substantial and Complete as high completion."
        ),
        (
            CodedValue(
                "no_evidence_available",
                _("No Evidence Available"),
                _("A finding: the assessor looked and found no evidence to judge by."),
            ),
            CodedValue("not_started", _("Not Started")),
            CodedValue("limited", _("Limited")),
            CodedValue("substantial", _("Substantial")),
            CodedValue("complete", _("Complete"), note=_("Older reports say Completed.")),
            CodedValue("withdrawn", _("Withdrawn"), "", _("In older reports only."), _TO_2016),
        ),
        _TO_2016
        | _LATER
        | _PAGE
        | {ReportKind.LOCAL_REPORT, ReportKind.IMPLEMENTATION, ReportKind.END_OF_COMMITMENT},
        _GLOSSARY + "completion/",
    ),
    Variable(
        "did_it_open_government",
        _("Did it open government?"),
        _("Whether government practice became more open because of the commitment."),
        _OLDER_RESULTS,
        frozenset({ReportKind.END_OF_TERM, ReportKind.LOCAL_REPORT, ReportKind.IMPLEMENTATION})
        | {ReportKind.TRANSITIONAL_RESULTS},
        _GLOSSARY + "early-results/",
    ),
    Variable(
        "early_results",
        _("Early results"),
        _(
            "What had changed by the end of the plan. OGP's pages show the older scale (“Did it"
            " open government?”) under this heading too. The label for no result is not known, so"
            " it is kept as published."
        ),
        (
            CodedValue("moderate", _("Moderate")),
            CodedValue("significant", _("Significant")),
            *(
                replace(one, note=_("This value is from the older scale."))
                for one in _OLDER_RESULTS
            ),
        ),
        _LATER | _PAGE,
        _GLOSSARY + "early-results/",
        is_complete=False,
    ),
    Variable(
        "starred",
        _("Starred"),
        _("A mark for exemplary commitments on older scales. The end-of-term report decides."),
        _yes_no(
            _("Specific, relevant, with Moderate (later Transformative) impact, and carried out."),
            _("The commitment does not have the mark."),
        ),
        _TO_2016 | _PAGE,
        "https://www.opengovpartnership.org/?p=3699",
        seldom_in=_PAGE,
    ),
)

BY_NAME: dict[str, Variable] = {variable.name: variable for variable in VARIABLES}
COMPLETION = BY_NAME["completion"]
OPEN_VARIABLES = tuple(variable for variable in VARIABLES if not variable.is_complete)


def variables_of(kind: str) -> Iterator[Variable]:
    return (variable for variable in VARIABLES if kind in variable.given_in)


def precedence(kind: str) -> int:
    """How late in a plan's life a kind of report is written; OGP's page comes before all.

    Kinds are listed era by era, each from first to last; eras never meet in one plan.
    """
    if kind == ReportKind.OGP_PAGE:
        return -1
    return list(ReportKind.values).index(kind)
