"""The codebook is the one table of coded variables: columns, choices and pages follow from it."""

import pytest
from django.core.exceptions import ValidationError

from irm import codebook
from irm.codebook import (
    BY_NAME,
    COMPLETION,
    NO_DATA,
    PENDING,
    VARIABLES,
    ReportKind,
    variables_of,
)
from irm.models import Assessment, MilestoneFinding
from ogp_tracker.opendata.codebook import rows
from tests.factories import AssessmentFactory, FindingFactory, ReportFactory

each_variable = pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)


@each_variable
def test_variable_has_a_column_of_the_same_words(variable):
    column = Assessment._meta.get_field(variable.name)

    assert column.choices == variable.choices()
    assert (column.verbose_name, column.help_text) == (variable.label, variable.definition)
    assert column.default == ""
    assert column.blank
    assert all(value.meaning.endswith(".") for value in variable.values)
    assert all(len(code) <= column.max_length for code in variable.codes())


def test_no_column_of_codes_is_missing_from_the_codebook():
    coded = {field.name for field in Assessment._meta.concrete_fields if field.choices}

    assert coded == {variable.name for variable in VARIABLES}


def test_finding_has_the_completion_codes_of_the_assessment():
    assert MilestoneFinding._meta.get_field("completion").choices == COMPLETION.choices()


@each_variable
def test_codes_and_labels_of_a_variable_are_unique(variable):
    codes = variable.codes()
    labels = [str(label).lower() for _code, label in variable.choices()]

    assert len(set(codes)) == len(codes)
    assert len(set(labels)) == len(labels)


def test_names_and_labels_of_variables_are_unique():
    assert len({variable.name for variable in VARIABLES}) == len(VARIABLES)
    assert len({str(variable.label).lower() for variable in VARIABLES}) == len(VARIABLES)
    assert len({str(label) for label in ReportKind.labels}) == len(ReportKind)


@each_variable
def test_variable_says_what_it_means_where_it_stands_and_who_says_so(variable):
    assert str(variable.definition).endswith(".")
    assert variable.given_in <= set(ReportKind)
    assert variable.given_in
    assert variable.source
    assert variable.values


@each_variable
def test_kinds_of_nothing_stay_apart_from_each_other_and_from_findings(variable):
    """Blank, Pending IRM Review and No IRM Data; No Evidence Available is a finding."""
    found = {value.code for value in variable.values}
    nothings = {codebook.BLANK, PENDING.code, NO_DATA.code}

    assert len(nothings) == 3
    assert not nothings & found
    assert variable.value("") is None
    assert variable.value(PENDING.code) is PENDING
    assert variable.value(NO_DATA.code) is NO_DATA


def test_unknown_code_is_not_shown_as_if_it_were_blank():
    with pytest.raises(KeyError):
        COMPLETION.value("splendid")


@pytest.mark.parametrize(
    ("kind", "given", "not_given"),
    [
        (
            "design_report",
            {"verifiable", "relevance", "potential_impact"},
            {"completion", "early_results", "ambition", "potential_for_results"},
        ),
        (
            "transitional_results_report",
            {"completion", "early_results", "did_it_open_government"},
            {"verifiable", "relevance", "potential_impact"},
        ),
        (
            "action_plan_review",
            {"verifiable", "open_government_lens", "potential_for_results", "promising"},
            {"completion", "potential_impact", "starred"},
        ),
        ("results_report", {"completion", "early_results"}, {"verifiable", "promising"}),
        ("implementation_report", {"completion", "did_it_open_government"}, {"verifiable"}),
        ("local_irm_report", {"completion", "did_it_open_government"}, {"specificity"}),
        ("preliminary_review", {"specificity", "relevance", "potential_impact"}, {"completion"}),
        ("ogp_commitment_page", {"starred", "potential_impact", "ambition"}, {"specificity"}),
        ("end_of_term_report", {"completion", "did_it_open_government", "starred"}, {"promising"}),
    ],
)
def test_report_gives_the_codes_of_its_era(kind, given, not_given):
    names = {variable.name for variable in variables_of(kind)}

    assert given <= names
    assert not not_given & names


def test_value_has_its_meaning_or_says_that_none_was_found():
    unknown = {
        f"{variable.name} {value.code}"
        for variable in VARIABLES
        for value in variable.values
        if value.meaning.startswith("No definition found.")
    }

    assert unknown == {
        *("specificity medium", "specificity high", "potential_impact minor"),
        *("potential_impact moderate", "potential_impact transformative"),
        *("completion not_started", "completion limited", "completion substantial"),
        *("completion complete", "completion withdrawn"),
        *("early_results moderate", "early_results significant"),
    }
    written = {f"{row[0]} {row[1]}": row for row in rows()}
    assert all(written[name][3].startswith("No definition found.") for name in unknown)
    assert written["completion withdrawn"][5] == "end_of_term_report; progress_report"
    assert written["early_results worsened"][3].startswith("Government became less open")
    assert {"worsened", "outstanding"} <= set(BY_NAME["early_results"].codes())


@pytest.mark.parametrize("kind", sorted(COMPLETION.given_in))
def test_withdrawn_is_a_value_of_older_kinds_of_report_only(kind):
    older = {ReportKind.PROGRESS, ReportKind.END_OF_TERM}

    assert COMPLETION.takes("withdrawn", kind) == (kind in older)
    assert COMPLETION.takes("limited", kind)


def test_co_creation_brief_gives_no_codes():
    assert list(variables_of("co_creation_brief")) == []


@pytest.mark.django_db
@pytest.mark.both_databases
@pytest.mark.parametrize("kind", ReportKind)
def test_form_takes_only_the_codes_that_the_report_gives(kind):
    given = {variable.name for variable in variables_of(kind)}
    assessment = AssessmentFactory(
        report=ReportFactory(kind=kind), **{variable.name: NO_DATA.code for variable in VARIABLES}
    )
    others = {variable.name for variable in VARIABLES} - given

    try:
        assessment.full_clean()
        refused = set()
    except ValidationError as refusal:
        refused = set(refusal.message_dict)

    assert refused == others == set(assessment.codes_out_of_place())
    assert {code.variable.name for code in assessment.codes()} == given


@pytest.mark.django_db
@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("kind", "is_refused"), [("results_report", False), ("design_report", True)]
)
def test_form_takes_a_finding_code_only_where_the_report_gives_it(kind, is_refused):
    finding = FindingFactory(
        assessment=AssessmentFactory(report=ReportFactory(kind=kind)), completion="limited"
    )

    try:
        finding.full_clean()
        refused = set()
    except ValidationError as refusal:
        refused = set(refusal.message_dict)

    assert refused == ({"completion"} if is_refused else set())
