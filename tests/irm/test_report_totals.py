"""A report's own count of commitments by completion, beside the count of government's words."""

import json

import pytest

from irm.completion_totals import problem_in
from tests.admin_pages import errors_of, save
from tests.factories import CommitmentFactory, ReportFactory, make_document, make_update
from tests.pages import page_of, read

pytestmark = pytest.mark.django_db

UK = "Complete: 6\nSubstantial: 11\nLimited: 3\nWithdrawn: 1"


@pytest.mark.core
def test_each_line_is_a_value_of_its_own_and_a_number():
    for line in ("Limited: -1", "Limited: 1.5", "Limited", "=Limited: 1", "Limited; Complete: 1"):
        assert f"Write “{line}” as a value and a number" in problem_in(f"{UK}\n{line}")
    assert "“Complete” is given twice" in problem_in(f"{UK}\ncompleted: 2")
    assert [problem_in(text) for text in ("", UK, "No Evidence Available: 0")] == ["", "", ""]


def test_researcher_enters_totals_and_every_version_is_kept(researcher):
    report = ReportFactory()

    refused = save(researcher, report, completion_totals="Limited: 3\nLimited: 4")
    assert "given twice" in errors_of(refused)["completion_totals"][0]
    save(researcher, report, completion_totals="Limited : 3\r\n\r\nComplete:0")

    kept = report.history.order_by("history_id").values_list("completion_totals", flat=True)
    assert list(kept) == ["", "Limited: 3\nComplete: 0"]


@pytest.mark.both_databases
def test_reader_finds_both_counts_and_that_they_do_not_cover_the_same(client):
    report = ReportFactory(stage="public_comment", completion_totals=UK)
    first, told, _silent = CommitmentFactory.create_batch(3, plan=report.plan, nations=["sct"])
    make_update(first, "completed")
    account = make_document("Report", source_provenance="assessor_report", words_basis="read")
    make_update(told, "limited", source=account, evidence=[])

    of_plan = page_of(client, report.plan).section("reports").text()
    of_report = page_of(client, report).first("dl", "facts").text()
    counts = "1 Completed 6 0 Substantial 11 0 Limited 3 – Withdrawn 1 1 Total 21"
    assert f"{counts} The two counts do not cover the same number of commitments." in of_plan
    assert client.get("/disagreements/").context["paired"] == []
    assert "Government’s covers 1, the report’s 21. 3 commitments of this plan are" in of_plan
    assert f"in {report}. Version for public comment, not final Government Completion" in of_plan
    said = "not final Complete: 6; Substantial: 11; Limited: 3; Withdrawn: 1. Total: 21."
    assert said in of_report


def test_two_counts_of_as_many_commitments_that_differ_are_a_contradiction(client):
    report = ReportFactory(stage="public_comment", completion_totals="Complete: 1\nLimited: 1")
    for commitment in CommitmentFactory.create_batch(2, plan=report.plan, nations=["sct"]):
        make_update(commitment, "completed")

    section = read(client, "/disagreements/").section("contradictions")
    assert "They contradict each other: 1" in section.text()
    counts = [row.text() for row in section.first("table", "pairs").first("tbody").all("tr")]
    assert counts[0] == "2 Completed 1"
    assert [len(row.all("use")) for row in section.all("tr")[1:]] == [3, 1, 0]
    assert "The assessor’s count is a draft for public comment." in section.text()
    assert client.get("/disagreements/?nation=sct").context["paired"] == []
    ReportFactory(plan=report.plan, kind=report.kind, completion_totals="Complete: 2")
    assert client.get("/disagreements/").context["paired"] == []


@pytest.mark.both_databases
def test_totals_of_a_final_report_are_a_list_in_table_and_api_and_a_draft_shows_none(client):
    report = ReportFactory(completion_totals=UK)
    ReportFactory(completion_totals=UK, draft=True, plan=report.plan)

    exported = json.loads(client.get("/data/reports.json").getvalue())
    for (row,) in (exported, client.get("/api/v1/reports/").json()["results"]):
        assert row["completion_totals"] == UK.split("\n")
    said = page_of(client, report.plan).section("reports").text()
    assert said.count("are beside the count in") == 1
