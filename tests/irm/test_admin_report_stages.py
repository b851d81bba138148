"""A report goes from draft through public comment to final, and not back over what readers cite."""

import pytest

from irm.models import Report
from tests.admin_pages import address, errors_of, save
from tests.factories import (
    AssessmentFactory,
    FindingFactory,
    ReplyFactory,
    officer_of,
)
from tests.signing_in import TrackerClient, sign_in

pytestmark = pytest.mark.django_db

NOT_FINAL = "Version for public comment, not final"


def of(stage):
    return AssessmentFactory(report__stage=stage).report


def test_report_moves_forward_through_its_stages(researcher):
    report = of("draft")

    for stage in ("public_comment", "final"):
        save(researcher, report, stage=stage)
        assert report.stage == stage
    stages = report.history.order_by("history_date").values_list("stage", flat=True)
    assert list(stages) == ["draft", "public_comment", "final"]


@pytest.mark.parametrize("stage", ["public_comment", "draft"])
def test_final_report_does_not_go_back_once_readers_cite_it(researcher, stage):
    report = of("final")

    refused = save(researcher, report, stage=stage)

    assert "readers cite what it finds" in errors_of(refused)["stage"][0]
    assert report.stage == "final"


def test_final_report_of_which_nothing_was_public_can_go_back(researcher):
    report = AssessmentFactory(report__stage="final", draft=True).report

    save(researcher, report, stage="draft")

    assert report.stage == "draft"


def test_version_for_comment_is_taken_back_only_knowingly(researcher):
    report = of("public_comment")

    refused = save(researcher, report, stage="draft")
    assert "1 assessments of it are public" in errors_of(refused)["stage"][0]
    assert report.stage == "public_comment"
    save(researcher, report, stage="draft", takes_back="on")

    assert report.stage == "draft"


def test_version_for_comment_that_government_has_answered_stays(researcher):
    report = ReplyFactory(assessment__report__stage="public_comment").assessment.report

    refused = save(researcher, report, stage="draft", takes_back="on")

    assert errors_of(refused)["stage"] == ["Government has answered it in public. It stays."]


def test_taking_back_is_offered_only_where_there_is_something_to_take_back(researcher):
    for stage, offered in (("draft", False), ("public_comment", True), ("final", False)):
        page = researcher.get(address(Report, "change", of(stage).pk))
        assert ("takes_back" in page.text) == offered
    assert "takes_back" not in researcher.get(address(Report, "add")).text


def test_officer_reads_a_report_for_comment_without_the_way_to_take_it_back():
    report = of("public_comment")
    lead = report.assessments.get().commitment.involvements.get().institution
    officer = sign_in(TrackerClient(), officer_of(lead, "lead"))

    assert "takes_back" not in officer.get(address(Report, "change", report.pk)).text


@pytest.mark.parametrize("stage", ["public_comment", "final"])
def test_every_page_that_shows_a_finding_says_whether_its_report_is_final(client, stage):
    assessment = AssessmentFactory(report__stage=stage, completion="limited")
    finding = FindingFactory(assessment=assessment, completion="limited")
    pages = {
        "commitment": assessment.commitment.get_absolute_url(),
        "milestone": finding.milestone.get_absolute_url(),
        "assessments": "/assessments/",
        "report": assessment.report.get_absolute_url(),
        "plan": assessment.commitment.plan.get_absolute_url(),
        "commitments": "/commitments/",
    }
    for name, path in pages.items():
        said = client.get(path).text.lower()
        assert ("public comment" in said) == (stage == "public_comment"), name
    grid = client.get(pages["commitment"]).text.partition('<table class="grid"')[2]
    assert (NOT_FINAL in grid.partition("</table>")[0]) == (stage == "public_comment")
