"""A researcher imports a sheet: she sees first what every row would do, and that is done."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from irm.codebook import VARIABLES, ReportKind, variables_of
from irm.models import Assessment, MilestoneFinding
from milestones.models import Milestone
from ogp_tracker.importing import kept_files
from tests.admin_pages import messages_of
from tests.factories import (
    AccountFactory,
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    MilestoneFactory,
    OGPValueFactory,
    PlanFactory,
    ReportFactory,
    officer_of,
    today,
)
from tests.sheets import IMPORT, choose, csv_of, effects_of, lists_of, refusals_of, write
from tests.signing_in import TrackerClient, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def report(plan):
    return ReportFactory(slug="results", kind="results_report", plan=plan)


@pytest.fixture
def commitments(plan):
    return [
        CommitmentFactory(ogp_id=f"UK009{number}", order=number, plan=plan)
        for number in (6, 7, 8, 9)
    ]


def row(commitment, **cells):
    return {"report_id": "results", "commitment_id": commitment.slug, "completion": ""} | cells


@pytest.fixture
def three_rows(report, commitments):
    """A sheet of one new assessment, one that changes and one that does not."""
    new, changed, same, absent = commitments
    AssessmentFactory(
        report=report, commitment=changed, completion="limited", analysis="As it was."
    )
    AssessmentFactory(report=report, commitment=same, completion="complete")
    AssessmentFactory(report=report, commitment=absent)
    return csv_of(
        row(new, completion="limited"),
        row(changed, completion="substantial"),
        row(same, completion="complete"),
    )


def test_preview_says_what_every_row_would_do_and_what_is_not_in_the_sheet(
    researcher, plan, three_rows
):
    CommitmentFactory(ogp_id="UK0100", plan=plan)

    page = choose(researcher, three_rows)

    assert effects_of(page) == {
        "UK0096": ["new assessment, kept as a draft", "Completion: Limited"],
        "UK0097": ["completion changes from Limited to Substantial"],
        "UK0098": ["nothing changes"],
    }
    (left_out,) = page.context["preview"].left_out
    assert (left_out.stays, left_out.to_do) == (["UK0099"], ["UK0100"])
    assert Assessment.objects.count() == 3


@pytest.mark.core
def test_exactly_what_was_shown_is_written_and_its_history_says_where_it_came_from(
    researcher, three_rows, commitments
):
    versions = Assessment.history.count()
    page = choose(researcher, three_rows)

    answer = write(researcher, page)

    assert messages_of(answer) == ["2 rows of assessments.csv are written."]
    codes = Assessment.objects.order_by("commitment__slug").values_list("completion", flat=True)
    assert list(codes) == ["limited", "substantial", "complete", ""]
    changed = Assessment.objects.get(commitment=commitments[1])
    assert changed.analysis == "As it was."
    assert Assessment.history.count() == versions + 2
    last = changed.history.first()
    assert (last.history_user.username, last.history_change_reason) == (
        "boss",
        "Imported from assessments.csv",
    )
    again = researcher.post(page.request["PATH_INFO"], {"shown": "x"}, follow=True)
    assert messages_of(again) == ["These files are no longer kept. Choose them once more."]


@pytest.mark.core
def test_what_changed_meanwhile_is_said_and_nothing_is_written(researcher, three_rows, commitments):
    page = choose(researcher, three_rows)
    Assessment.objects.filter(commitment=commitments[1]).update(completion="not_started")

    answer = write(researcher, page)

    assert "what is stored, has changed since you looked" in messages_of(answer)[0]
    assert effects_of(answer)["UK0097"] == ["completion changes from Not Started to Substantial"]
    assert not Assessment.objects.filter(commitment=commitments[0]).exists()
    write(researcher, answer)
    assert Assessment.objects.get(commitment=commitments[1]).completion == "substantial"


def test_row_that_vanished_meanwhile_refuses_the_sheet(researcher, report, commitments):
    page = choose(researcher, csv_of(row(commitments[0])))
    report.delete()

    answer = write(researcher, page)

    assert [one[:2] for one in refusals_of(answer)] == [(2, "report_id")]
    assert not Assessment.objects.exists()


@pytest.mark.core
def test_refused_in_the_middle_of_writing_nothing_is_written(
    researcher, three_rows, commitments, monkeypatch
):
    page = choose(researcher, three_rows)
    save = Assessment.save

    def fails_for_the_second(self, *args, **kwargs):
        if self.commitment == commitments[1]:
            raise RuntimeError("the disk is full")
        return save(self, *args, **kwargs)

    monkeypatch.setattr(Assessment, "save", fails_for_the_second)
    with pytest.raises(Exception, match="disk is full"):
        write(researcher, page)

    assert not Assessment.objects.filter(commitment=commitments[0]).exists()


def test_published_assessment_that_would_be_hidden_or_emptied_is_pointed_out(
    researcher, report, commitments
):
    AssessmentFactory(report=report, commitment=commitments[0], analysis="Words.")

    page = choose(researcher, csv_of(row(commitments[0], analysis="", published_on="")))

    (effect,) = page.context["preview"].effects
    assert "it becomes a draft again, which readers do not see" in effect.sentences
    assert effect.warnings == [
        "The cell is empty, so what is stored as analysis is removed.",
        "Readers can see this assessment now, and will no longer.",
    ]


def test_changed_texts_are_shown_word_by_word(researcher, report, commitments):
    AssessmentFactory(
        report=report, commitment=commitments[0], analysis="Three workshops were held."
    )

    page = choose(researcher, csv_of(row(commitments[0], analysis="Two workshops were held.")))

    (comparison,) = page.context["preview"].effects[0].comparisons
    assert comparison.label == "Analysis"
    assert "<ins" in comparison.marked


def test_line_breaks_that_only_the_spreadsheet_changed_are_no_change(
    researcher, report, commitments
):
    AssessmentFactory(report=report, commitment=commitments[0], analysis="One\r\ntwo")

    page = choose(researcher, csv_of(row(commitments[0], analysis="One\ntwo")))

    assert effects_of(page) == {"UK0096": ["nothing changes"]}
    assert "No changes" in page.text
    assert "Write all of this" not in page.text


def test_one_report_is_chosen_for_the_whole_sheet(researcher, report, commitments):
    cells = {"commitment_id": commitments[0].slug, "completion": "limited"}

    other = choose(researcher, csv_of(cells | {"report_id": "other"}), report="results")
    page = choose(researcher, csv_of(cells), report="results")

    assert [one[:2] for one in refusals_of(other)] == [(2, "report_id")]
    assert "UK0096" in effects_of(page)
    write(researcher, page)
    assert Assessment.objects.get().report == report


def test_values_that_a_report_names_are_imported_by_their_names(researcher, plan, commitments):
    first, second = OGPValueFactory(name="Civic Participation"), OGPValueFactory(name="Technology")
    ReportFactory(slug="design", kind="design_report", plan=plan)
    cells = {"report_id": "design", "commitment_id": "UK0096", "relevance": "yes"}

    page = choose(
        researcher, csv_of(cells | {"relevant_values": "Technology; civic participation"})
    )
    write(researcher, page)
    wrong = choose(researcher, csv_of(cells | {"relevant_values": "Tecnology"}))

    assert set(Assessment.objects.get().relevant_values.all()) == {first, second}
    assert [one[:2] for one in refusals_of(wrong)] == [(2, "relevant_values")]


def test_values_of_older_reports_are_imported_as_the_report_prints_them(
    researcher, report, commitments
):
    report.kind = "end_of_term_report"
    report.save()
    printed = {"completion": "Withdrawn", "specificity": "Low", "potential_impact": "None"}

    page = choose(researcher, csv_of(row(commitments[0]) | printed))
    assert "“Low” has no code and is kept as published (specificity)." in page.text
    write(researcher, page)
    one = Assessment.objects.get()
    assert (one.completion, one.specificity, one.is_recorded) == ("withdrawn", "", True)
    assert (one.specificity_as_published, one.potential_impact_as_published) == ("Low", "None")
    write(researcher, choose(researcher, csv_of(row(commitments[0], specificity="medium"))))
    one.refresh_from_db()
    assert (one.specificity, one.specificity_as_published) == ("medium", "")

    for name, words in (("specificity", "=1+1"), ("starred", "Perhaps"), ("specificity", "x" * 61)):
        (refusal,) = refusals_of(choose(researcher, csv_of(row(commitments[1]) | {name: words})))
        assert refusal[1].startswith(name)


def test_sheet_of_what_a_report_only_covers_records_nothing_until_it_gives_something(
    researcher, report, commitments
):
    ids, milestone = row(commitments[0]), MilestoneFactory(commitment=commitments[0])
    day = str(today())
    (refusal,) = refusals_of(choose(researcher, csv_of(ids | {"is_recorded": "perhaps"})))
    assert refusal == (2, "is_recorded", "Write true or false, not “perhaps”.")
    write(researcher, choose(researcher, csv_of(ids | {"published_on": day})))
    assert not Assessment.objects.get().is_recorded

    found = ids | {"milestone_number": str(milestone.number), "completion": "limited"}
    write(researcher, choose(researcher, csv_of(found | {"found": ""})))
    assert (milestone.findings.get().found, Assessment.objects.get().is_recorded) == ("", True)
    page = choose(researcher, csv_of(ids | {"is_recorded": "false"}))
    assert effects_of(page) == {"UK0096": ["recorded here changes from yes to no"]}


def test_findings_are_imported_into_the_assessments_that_there_are(researcher, report, commitments):
    assessment = AssessmentFactory(report=report, commitment=commitments[0])
    first, second = (MilestoneFactory(commitment=commitments[0]) for _number in (1, 2))
    FindingFactory(assessment=assessment, milestone=first, completion="limited", found="Begun.")
    cells = {"report_id": "results", "commitment_id": "UK0096"}

    page = choose(
        researcher,
        csv_of(
            cells | {"milestone_number": "1", "completion": "Complete", "found": "Begun."},
            cells | {"milestone_number": "2", "completion": "", "found": "Not yet."},
        ),
    )
    write(researcher, page)

    assert effects_of(page) == {
        "UK0096, Milestone 1": ["completion changes from Limited to Complete"],
        "UK0096, Milestone 2": ["new finding", "What was found: “Not yet.” (8 characters)"],
    }
    assert list(
        MilestoneFinding.objects.order_by("milestone__number").values_list(
            "milestone", "completion", "found"
        )
    ) == [(first.pk, "complete", "Begun."), (second.pk, "", "Not yet.")]


def test_a_row_that_is_written_costs_a_few_queries_and_one_that_is_not_none(researcher, report):
    def queries(number, **cells):
        made = [CommitmentFactory(plan=report.plan) for _one in range(number)]
        for one in made:
            AssessmentFactory(report=report, commitment=one, completion="limited")
        content = csv_of(*(row(one, completion="limited") | cells for one in made))
        page = choose(researcher, content)
        with CaptureQueriesContext(connection) as asked:
            assert len(effects_of(researcher.get(page.request["PATH_INFO"]))) == number
        return len(asked)

    queries(2)
    assert queries(2) == queries(12)
    assert queries(12, analysis="Words.") - queries(2, analysis="Words.") <= 10 * 6


# Who may


@pytest.mark.parametrize("role", ["lead", None])
def test_officers_and_accounts_without_a_role_come_to_no_page_of_the_import(client, report, role):
    lead = CommitmentFactory(lead=None).involvements.get().institution
    sign_in(client, officer_of(lead, role) if role else AccountFactory(is_staff=True))
    for path in (IMPORT, f"{IMPORT}abc/", f"/admin/irm/report/{report.pk}/template/assessments/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"shown": "x"}).status_code == 403


def test_a_sheet_belongs_to_who_chose_it(researcher, three_rows):
    page = choose(researcher, three_rows)
    from tests.factories import researcher as another

    other = sign_in(TrackerClient(), another())

    answer = write(other, page)

    assert messages_of(answer) == ["These files are no longer kept. Choose them once more."]
    assert Assessment.objects.count() == 3


def test_drafts_of_government_are_unknown_to_a_researcher(researcher, report):
    hidden = CommitmentFactory(ogp_id="UK0111", draft=True)

    page = choose(researcher, csv_of(row(hidden)))

    assert refusals_of(page)[0][2].startswith("The commitment “UK0111” cannot be found.")


def test_sheet_is_kept_for_some_hours_only_and_one_at_a_time(researcher, three_rows, report):
    first = choose(researcher, three_rows)
    second = choose(researcher, three_rows)

    assert messages_of(write(researcher, first)) == [
        "These files are no longer kept. Choose them once more."
    ]
    assert kept_files.KEPT_SECONDS <= 8 * 3600
    assert "rows of" in messages_of(write(researcher, second))[0]


# The workbook to fill in


def workbook(client, report, table="assessments"):
    answer = client.get(f"/admin/irm/report/{report.pk}/template/{table}/")
    return answer.content


@pytest.mark.parametrize("kind", ReportKind.values)
def test_workbook_has_the_columns_lists_and_definitions_of_its_kind_of_report(
    researcher, plan, commitments, kind
):
    report = ReportFactory(plan=plan, kind=kind)
    book = load_workbook(io.BytesIO(workbook(researcher, report)))
    page = book["assessments"]
    names = [cell.value for cell in page[1]]
    given = list(variables_of(kind))

    assert [one for one in names if one in {v.name for v in VARIABLES}] == [v.name for v in given]
    assert [cell.value for cell in page["B"]][1:] == [one.slug for one in commitments]
    offered = lists_of(book, "assessments")
    for variable in given:
        assert offered[variable.name] == [code for code in variable.codes() if code]
    said = {cell.value for cell in book["definitions"]["D"]}
    assert {str(variable.definition) for variable in given} <= said
    assert not given or "Pending IRM Review. The assessor has not yet published a finding." in said


def test_workbook_filled_in_as_it_is_changes_nothing(researcher, report, commitments):
    AssessmentFactory(
        report=report,
        commitment=commitments[0],
        analysis="=1+1\r\nand",
        completion="limited",
        number_in_report="7",
        published_on=today(),
    )
    content = workbook(researcher, report)

    page = choose(researcher, content, "results-assessments.xlsx")

    assert effects_of(page) == {
        "UK0096": ["nothing changes"],
        **{f"UK009{number}": ["new assessment, kept as a draft"] for number in (7, 8, 9)},
    }


def test_workbook_of_findings_has_the_milestones_of_what_is_assessed(
    researcher, report, commitments
):
    AssessmentFactory(report=report, commitment=commitments[0])
    MilestoneFactory(commitment=commitments[0], label="1.10")
    MilestoneFactory(commitment=commitments[1])

    page = load_workbook(io.BytesIO(workbook(researcher, report, "findings")))["findings"]

    assert [[cell.value for cell in line][:4] for line in page.iter_rows(min_row=2, max_row=2)] == [
        [report.slug, "UK0096", "1", "1.10"]
    ]
    ids = {"report_id": "results", "commitment_id": "UK0096", "milestone_number": "1"}
    (refusal,) = refusals_of(
        choose(researcher, csv_of(ids | {"milestone_label": "1.1", "found": "Not yet."}))
    )
    assert refusal == (2, "milestone_label", "This milestone is called “1.10”, not “1.1”.")
    assert Milestone.objects.count() == 2


def test_text_too_long_for_a_cell_leaves_its_row_out_and_says_so(researcher, report, commitments):
    AssessmentFactory(report=report, commitment=commitments[0], analysis="x" * 40_000)

    book = load_workbook(io.BytesIO(workbook(researcher, report)))

    assert "UK0096" not in {cell.value for cell in book["assessments"]["B"]}
    said = "assessments: the row results/UK0096 is left out."
    assert any((cell.value or "").startswith(said) for cell in book["definitions"]["A"])
