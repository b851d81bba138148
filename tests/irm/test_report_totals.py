"""A report's own count of commitments by completion, beside the count of government's words."""

import json

import pytest

from irm.completion_totals import CompletionTotal, problem_in, totals_in
from tests.admin_pages import errors_of, save
from tests.factories import (
    CommitmentFactory,
    PlanFactory,
    ReportFactory,
    make_document,
    make_update,
)
from tests.pages import page_of, read

pytestmark = pytest.mark.django_db

# The IRM's end-of-term report on the UK's plan of 2013-15, version for public comment.
UK = "Complete: 6\nSubstantial: 11\nLimited: 3\nWithdrawn: 1"
NOT_FINAL = "Version for public comment, not final"


@pytest.mark.core
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        (UK, ""),
        ("No Evidence Available : 0\r\n\r\n Limited:20 ", ""),
        ("Limited: -1", "is not a value and a number"),
        ("Limited: 1.5", "is not a value and a number"),
        ("Limited", "is not a value and a number"),
        ("=Limited: 1", "is not a value and a number"),
        ("Limited; Complete: 1", "is not a value and a number"),
        ("Complete: 6\ncompleted: 2", "“Complete” is given twice"),
        ("Withdrawn: 6\nwithdrawn: 6", "“Withdrawn” is given twice"),
    ],
)
def test_each_line_is_a_value_of_its_own_and_a_number(text, said):
    assert said in problem_in(text)
    assert bool(said) == bool(problem_in(text))


def test_researcher_enters_totals_and_every_version_is_kept(researcher):
    report = ReportFactory()

    refused = save(researcher, report, completion_totals="Limited: 3\nLimited: 4")
    assert "given twice" in errors_of(refused)["completion_totals"][0]
    save(researcher, report, completion_totals="Limited : 3\r\n\r\nComplete:0")
    save(researcher, report, completion_totals="Limited: 4")

    assert totals_in(report.completion_totals) == [CompletionTotal("Limited", 4)]
    kept = report.history.order_by("history_id").values_list("completion_totals", flat=True)
    assert list(kept) == ["", "Limited: 3\nComplete: 0", "Limited: 4"]


def rows_on(page):
    table = page.section("reports").first("table", "numbers")
    lines = [*table.first("tbody").all("tr"), table.first("tfoot").first("tr")]
    return [tuple(cell.text() for cell in line.all() if cell.tag in "th td") for line in lines]


@pytest.mark.both_databases
def test_reader_of_a_plan_finds_both_counts_and_whether_they_cover_the_same(client):
    plan = PlanFactory()
    report = ReportFactory(plan=plan, stage="public_comment", completion_totals=UK)
    first, second, _silent = CommitmentFactory.create_batch(3, plan=plan, nations=["sct"])
    make_update(first, "completed")
    told = make_document("Results report", source_provenance="assessor_report", words_basis="read")
    make_update(second, "limited", source=told, evidence=[])

    page = page_of(client, plan)
    assert rows_on(page) == [
        ("Completed", "1", "6"),
        ("Substantial", "0", "11"),
        ("Limited", "0", "3"),
        ("Not started", "0", "Not stated"),
        ("Withdrawn", "–", "1"),
        ("Total", "1", "21"),
    ]
    said = page.section("reports").text()
    assert "The two counts do not cover the same number of commitments." in said
    assert "Government's covers 1, the report's 21. 3 commitments of this plan are" in said
    assert NOT_FINAL in page.section("reports").first("table", "numbers").text()
    on_report = page_of(client, report).first("dl", "facts").text()
    assert f"{NOT_FINAL} Complete: 6; Substantial: 11; Limited: 3; Withdrawn: 1. Total: 21." in (
        on_report
    )
    report.completion_totals = "Completed: 1"
    report.save()
    assert "Both counts cover 1 commitment." in page_of(client, plan).section("reports").text()


@pytest.mark.both_databases
def test_totals_of_a_final_report_are_a_list_in_table_and_api_and_a_draft_shows_none(client):
    report = ReportFactory(completion_totals=UK)
    ReportFactory(completion_totals=UK, draft=True, plan=report.plan)

    exported = json.loads(client.get("/data/reports.json").getvalue())
    for (row,) in (exported, client.get("/api/v1/reports/").json()["results"]):
        assert row["completion_totals"] == UK.split("\n")
    assert len(page_of(client, report.plan).section("reports").all("tfoot")) == 1
    assert "completion_totals" in read(client, "/data/").text()
