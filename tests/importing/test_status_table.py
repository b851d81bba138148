"""The wide form: milestones down, dates across; each cell becomes a row of progress."""

from datetime import date

import pytest

from milestones.models import Milestone, ProgressUpdate
from ogp_tracker.importing.grid import Grid, GridLine
from ogp_tracker.importing.progress import UpdateTable
from ogp_tracker.importing.promised import MilestoneTable
from ogp_tracker.importing.run import Run, SourceDocument
from ogp_tracker.importing.sheet import Refusal
from ogp_tracker.importing.status_table import recognise, sheets_of
from tests.factories import CommitmentFactory, MilestoneFactory, PlanFactory, contact_for, today

pytestmark = pytest.mark.django_db

HEAD = ["Commitment", "Milestone reference", "Milestone", "30/4/2014", "30/9/2014", "31/1/2015"]
PUBLISHED = SourceDocument("Progress summary", "https://www.gov.uk/summary", date(2015, 3, 10))


@pytest.fixture
def plan():
    return PlanFactory(slug="uk-nap2", start_date=date(2013, 10, 31), end_date=date(2016, 6, 30))


@pytest.fixture
def commitment(plan):
    return CommitmentFactory(
        ogp_id="UK0042", plan=plan, title="Example infrastructure", nations=["eng"], label="1"
    )


def grid_of(*rows, rounded=()):
    return Grid(
        "status",
        [
            GridLine(number, [*row], frozenset(rounded) if number > 1 else frozenset())
            for number, row in enumerate(rows, 1)
        ],
    )


def take(grid, by=None, *, answers=None, document=PUBLISHED, **chosen):
    run = Run(by=by, file_name="plan.csv", document=document, answers=answers or {}, chosen=chosen)
    for sheet in sheets_of(recognise(grid), run):
        {"milestones": MilestoneTable, "updates": UpdateTable}[sheet.table]().take(run, sheet)
    return run


def refused(run):
    return {(one.row, one.column): one.sentence for one in run.refusals}


def said():
    rows = ProgressUpdate.objects.order_by("pk")
    columns = ("milestone__label", "as_of", "words_as_published", "level", "schedule")
    return [(row[0], row[1].isoformat(), *row[2:]) for row in rows.values_list(*columns)]


CASE = (
    HEAD,
    ["Example infrastructure", "1.01", "Give release dates", "Completed", "Completed", "Completed"],
    ["Example infrastructure", "1.02", "Set out", "Behind schedule", "", "Closed"],
    ["", "1.10", "Check the list", "Behind  schedule", "-", "Completed"],
)


@pytest.mark.both_databases
def test_every_cell_of_a_published_table_is_an_update_of_its_document(commitment):
    MilestoneFactory(commitment=commitment, label="1.01")

    run = take(grid_of(*CASE), contact_for(commitment), plan_id="uk-nap2")

    assert refused(run) == {}
    assert said() == [
        ("1.01", "2014-04-30", "Completed", "completed", ""),
        ("1.01", "2014-09-30", "Completed", "completed", ""),
        ("1.01", "2015-01-31", "Completed", "completed", ""),
        ("1.02", "2014-04-30", "Behind schedule", "", "behind_schedule"),
        ("1.02", "2015-01-31", "Closed", "", ""),
        ("1.10", "2014-04-30", "Behind schedule", "", "behind_schedule"),
        ("1.10", "2015-01-31", "Completed", "completed", ""),
    ]
    labels = Milestone.objects.order_by("number").values_list("label", "text")
    assert list(labels)[1:] == [("1.02", "Set out"), ("1.10", "Check the list")]
    assert set(ProgressUpdate.objects.values_list("source_title", "state")) == {
        ("Progress summary", "submitted")
    }
    (question,) = run.questions
    assert question.sentence == "How is “Completed” taken?"
    assert dict(question.choices) == {
        "table": "as the table of published words says: Completed",
        "open": "leave the level open",
    }
    assert run.notes == [
        "status: “Behind schedule” gives the schedule Behind schedule, and no level.",
        "status: “Closed” gives no level: it is kept as published.",
    ]
    assert not take(grid_of(*CASE), contact_for(commitment), plan_id="uk-nap2").does_anything


def test_person_leaves_a_level_open_and_takes_a_later_column_as_it_stands(commitment):
    rows = (
        ["UK NAP 2013-15", "", "", ""],
        ["Ref", "30 April 2014", "31/12/2015", "RAG"],
        ["1.01", "Complete", "Completed", "G"],
    )
    grid = grid_of(*rows)

    run = take(grid, commitment_id="uk0042")
    assert said() == [("1.01", "2014-04-30", "Complete", "completed", "")]
    question = next(one for one in run.questions if "forecast" in one.sentence)
    assert question.sentence == (
        "31 December 2015 is after the document's own date, 10 March 2015: it may be a forecast."
    )
    assert [words for _value, words in question.choices] == ["leave it out", "take it as it stands"]
    answers = {question.key: "in", "status-word-completed": "open"}
    again = take(grid, answers=answers, commitment_id="uk0042")
    assert said()[1:] == [("1.01", "2015-12-31", "Completed", "", "")]
    assert again.notes[:2] == [
        "status: “31/12/2015” is read as 31 December 2015.",
        "status: These columns are not read: “RAG”.",
    ]


def test_what_is_wrong_is_said_of_the_original_cell(commitment, plan):
    CommitmentFactory(title="In several", plan=plan, nations=["eng", "sct"])
    MilestoneFactory(commitment=commitment, label="1.01")
    future = f"1/1/{today().year + 1}"
    rows = (
        ["Commitment", "Ref", "Title", "1/1/2010", "30/4/2014", "31/6/2014", future],
        ["1", "1.01", "", "Completed", "x" * 251, "Completed", "Completed"],
        ["Not there", "2.1", "Text", "Completed"],
        ["In several", "", "No number", "Completed"],
        ["In several", "3.1", "Text", "", "Ongoing"],
    )

    grid = grid_of(*rows)
    grid.refusals.append(Refusal("A formula without a value.", "status", 5, "E"))

    run = take(grid, plan_id="uk-nap2")

    assert {key: words[:40] for key, words in refused(run).items()} == {
        (0, "31/6/2014"): "This looks like a date and cannot be rea",
        (2, "1/1/2010"): "The plan began on 31 October 2013. Enter",
        (2, "30/4/2014"): "Ensure this value has at most 250 charac",
        (3, "Commitment"): "“Not there” is not a commitment in this ",
        (5, "E"): "A formula without a value.",
        (4, "Ref"): "Give the milestone's number as printed, ",
    }
    assert [one.cell for one in run.refusals if one.row] == ["", "A3", "B4", "D2", "E2"]
    assert any("has several nations: each cell is taken for all" in one for one in run.notes)
    assert any("is in the future: the column is left out" in one for one in run.notes)
    nameless = take(grid_of(*CASE), document=SourceDocument(), plan_id="uk-nap2")
    assert refused(nameless) == {(0, ""): "Say which document this table is from."}
    alone = take(grid_of(["Ref", "30/4/2014", "30/9/2014"], ["1", "Completed", ""]))
    assert [one[:21] for one in refused(alone).values()] == ["Choose the commitment"]


def test_a_reference_that_became_a_number_is_the_one_that_is_known_or_asked_for(commitment):
    MilestoneFactory(commitment=commitment, label="1.10")
    rows = (HEAD[1:], ["1.1", "Check", "Completed"], ["1.2", "Look", "Completed"])

    run = take(grid_of(*rows, rounded=[0]), commitment_id="UK0042")

    assert [one[0] for one in said()] == ["1.10", "1.2"]
    assert "status, row 3: the spreadsheet holds the number 1.2 " in run.questions[-1].sentence


@pytest.mark.parametrize(
    "rows",
    [
        [["Commitment", "Due"], ["UK0042", "30/4/2014"]],
        [["Name", "30/4/2014", "30/9/2014"], ["x", "y", "z"]],
        [["Ref", "Start", "End"], ["1", "30/4/2014", "30/9/2014"]],
        [],
    ],
)
def test_other_sheets_are_not_such_tables(rows):
    assert recognise(grid_of(*rows)) is None
