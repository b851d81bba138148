"""What an import as a whole refuses: all of it at once, by row and column, in plain words."""

import pytest

from irm.models import Assessment
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
)
from tests.sheets import choose, csv_of, effects_of, refusals_of, xlsx_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    plan = PlanFactory()
    CommitmentFactory(ogp_id="UK0096", plan=plan)
    CommitmentFactory(ogp_id="UK0097", plan=plan)
    return ReportFactory(slug="results", kind="results_report", plan=plan)


def row(**cells):
    return {"report_id": "results", "commitment_id": "UK0096", "completion": "limited"} | cells


def test_everything_that_is_wrong_is_said_at_once_with_row_and_column(researcher, report):
    AssessmentFactory(report=report, commitment__ogp_id="UK0001", commitment__plan=report.plan)
    page = choose(
        researcher,
        csv_of(
            row(completion="limted", verifiable="", published_on=""),
            row(commitment_id="UK0097", verifiable="yes", published_on="Q1 2026"),
            row(commitment_id="UK0404", verifiable="", published_on="2026-02-30"),
            row(report_id="", verifiable="", published_on=""),
            row(report_id="resluts", verifiable="", published_on=""),
            row(commitment_id="UK0001", verifiable="", published_on="2026-02-30"),
            row(commitment_id="uk 0001", verifiable="", published_on=""),
        ),
    )

    said = refusals_of(page)
    assert {one[:2] for one in said} == {
        (2, "completion"),
        (3, "published_on"),
        (3, "verifiable"),
        (4, "commitment_id"),
        (4, "published_on"),
        (5, "report_id"),
        (6, "report_id"),
        (7, "published_on"),
        (8, "commitment_id"),
    }
    sentences = {one[:2]: one[2] for one in said}
    assert "“limted” is not one of the values: no_evidence_available" in sentences[2, "completion"]
    assert sentences[3, "published_on"].startswith("“Q1 2026” is not a single date.")
    assert sentences[3, "verifiable"] == (
        "A report of this kind does not give this code. Leave it empty."
    )
    assert sentences[4, "commitment_id"].startswith("The commitment “UK0404” cannot be found.")
    assert "Did you mean “results”?" in sentences[6, "report_id"]
    assert sentences[8, "commitment_id"] == "Row 7 is about the same thing. Keep one of the two."
    assert Assessment.objects.count() == 1
    assert "Error:" in page.text


def test_labels_are_understood_as_their_codes_and_derived_columns_are_named(researcher, report):
    page = choose(
        researcher, csv_of(row(completion="Not  STARTED", milestones_completed="9", url="x"))
    )

    (effect,) = page.context["preview"].effects
    assert effect.notes == ["“Not  STARTED” is understood as not_started (completion)."]
    assert effect.sentences == ["new assessment, kept as a draft", "Completion: Not Started"]
    assert page.context["preview"].notes == [
        "assessments: these columns follow from others and are not written:"
        " milestones_completed, url"
    ]


def test_sheets_that_are_none_of_ours_are_refused_together(researcher):
    page = choose(researcher, xlsx_of(notes=[{"a": 1}], more=[{"b": 2}]), "a.xlsx")

    (found,) = refusals_of(page)
    assert found[:2] == (0, "")
    assert found[2].startswith("No sheet with this site's columns was found.")


def test_long_texts_are_taken_and_long_titles_are_not(researcher, report):
    long = csv_of(row(analysis="x" * 100_000))
    title = csv_of(row(title_in_report="x" * 100_000, number_in_report="y" * 21))

    assert effects_of(choose(researcher, long))
    assert {one[1] for one in refusals_of(choose(researcher, title))} == {
        "number_in_report",
        "title_in_report",
    }


def test_file_above_the_limit_is_refused_before_it_is_read(researcher, report, settings):
    settings.IMPORT_MAX_MEGABYTES = 1

    (found,) = refusals_of(choose(researcher, csv_of(row(analysis="x" * 1024**2))))

    assert "1 MB" in found[2]


def test_findings_need_their_assessment_and_a_milestone_of_its_commitment(researcher, report):
    own = AssessmentFactory(
        report=report, commitment__ogp_id="UK0001", commitment__plan=report.plan
    )
    MilestoneFactory.create_batch(2, commitment=own.commitment)
    cells = {"report_id": "results", "commitment_id": "UK0001", "found": "It was held."}

    page = choose(
        researcher,
        csv_of(
            cells | {"milestone_number": "1"},
            cells | {"milestone_number": "9"},
            cells | {"milestone_number": "1", "commitment_id": "UK0096"},
            cells | {"milestone_number": "01"},
            cells | {"milestone_number": "2", "found": ""},
        ),
    )

    said = {one[:2]: one[2] for one in refusals_of(page)}
    assert set(said) == {
        (3, "milestone_number"),
        (4, "commitment_id"),
        (5, "milestone_number"),
        (6, "found"),
    }
    assert said[6, "found"] == "Choose a code, or write what was found."
    assert said[4, "commitment_id"].startswith("The report has no assessment of UK0096 yet.")
