"""A researcher works a report off: what is to do, in progress and assessed, one click to begin."""

import pytest

from irm.models import Assessment, Report
from tests.admin_pages import address
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    officer_of,
)
from tests.pages import queries_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return ReportFactory(plan=PlanFactory(), title="Results Report")


def work(client, report, **query):
    return client.get(address(Report, "work", report.pk), query)


def rows(page):
    return [(row.commitment.slug, row.state) for row in page.context["page"]]


def plan_of(report, *numbers, **given):
    return [
        CommitmentFactory(ogp_id=f"UK{number}", order=number, plan=report.plan, **given)
        for number in numbers
    ]


def test_every_public_commitment_of_the_plan_stands_there_with_its_state(researcher, report):
    _to_do, begun, done, covered = plan_of(report, 3, 2, 1, 4)
    AssessmentFactory(report=report, commitment=covered, analysis="", is_recorded=False)
    plan_of(report, 9, draft=True)
    CommitmentFactory()
    AssessmentFactory(report=report, commitment=begun, draft=True)
    assessed = AssessmentFactory(report=report, commitment=done)
    MilestoneFactory(commitment=done)
    FindingFactory(assessment=assessed, milestone=MilestoneFactory(commitment=done))

    page = work(researcher, report)

    assert rows(page) == [
        ("UK1", "assessed"),
        ("UK2", "in_progress"),
        ("UK3", "to_do"),
        ("UK4", "covered"),
    ]
    assert [number for _state, number in page.context["counts"]] == [1, 1, 1, 1]
    assert "1 of 2 milestones with a finding" in page.text
    assert address(Assessment, "change", assessed.pk) in page.text


def test_list_is_narrowed_by_state_and_words_and_says_if_nothing_fits(researcher, report):
    for one in plan_of(report, 1, 2, 3, 4, 5, 6):
        if one.order > 4:
            AssessmentFactory(report=report, commitment=one, title_in_report="Open contracts")

    assert rows(work(researcher, report, state="assessed")) == [
        ("UK5", "assessed"),
        ("UK6", "assessed"),
    ]
    assert rows(work(researcher, report, q="contracts uk6")) == [("UK6", "assessed")]
    assert "No commitment fits." in work(researcher, report, q="nothing").text
    assert len(rows(work(researcher, report, state="no-such-state"))) == 6


def test_one_click_begins_an_assessment_and_the_second_goes_on_with_it(researcher, report):
    (commitment,) = plan_of(report, 1)
    path = address(Report, "work", report.pk)

    first = researcher.post(path, {"commitment": commitment.pk})
    second = researcher.post(path, {"commitment": commitment.pk})

    begun = Assessment.objects.get()
    assert (begun.report, begun.commitment, begun.published_on) == (report, commitment, None)
    assert first["Location"] == second["Location"] == address(Assessment, "change", begun.pk)
    assert begun.history.count() == 1


def test_what_is_not_on_the_list_is_not_begun(researcher, report):
    hidden = plan_of(report, 1, draft=True)[0]
    foreign = CommitmentFactory()

    for key in (hidden.pk, foreign.pk, "x", ""):
        path = address(Report, "work", report.pk)
        assert researcher.post(path, {"commitment": key}).status_code == 404
    assert not Assessment.objects.exists()


def test_report_about_no_plan_lists_what_it_assesses_and_leads_to_more(researcher):
    report = ReportFactory(plan=None, kind="ogp_commitment_page")

    assert "not about one plan" in work(researcher, report).text
    AssessmentFactory(report=report, commitment__ogp_id="UK1")
    CommitmentFactory(plan=None)

    page = work(researcher, report)
    assert rows(page) == [("UK1", "assessed")]
    assert f"{address(Assessment, 'add')}?report={report.pk}" in page.text


def test_plan_without_public_commitments_says_who_publishes_them(researcher, report):
    assert "Readers can see no commitment of this plan yet." in work(researcher, report).text


def test_stage_of_the_report_is_said_on_its_list(researcher):
    for stage, said in (("draft", "Draft: readers see nothing"), ("public_comment", "not final")):
        assert said in work(researcher, ReportFactory(stage=stage)).text


def test_first_page_leads_to_the_lists_those_with_something_to_do_first(researcher, report):
    done = ReportFactory(title="Done", plan=PlanFactory())
    AssessmentFactory(report=done, commitment__plan=done.plan)
    brief = ReportFactory(title="Brief", kind="co_creation_brief", plan=report.plan)
    begun, *_others = plan_of(report, 1, 2, 3)
    AssessmentFactory(report=report, commitment=begun, draft=True)

    page = researcher.get("/admin/")

    reports = {
        one.title: (one.to_do, one.in_progress, one.assessed) for one in page.context["reports"]
    }
    assert next(iter(reports)) == "Results Report"
    assert reports["Results Report"] == (2, 1, 0)
    assert reports["Done"] == (0, 0, 1)
    for one in (report, done, brief):
        assert address(Report, "work", one.pk) in page.text
    assert brief.title not in list(reports)[:1]


def test_first_page_without_reports_offers_to_add_one(researcher):
    page = researcher.get("/admin/")

    assert "There is no report yet." in page.text
    assert address(Report, "add") in page.text


def test_list_of_reports_says_what_is_left_to_assessors_only(researcher, report):
    plan_of(report, 1, 2)
    for number, is_recorded in ((3, True), (4, False)):
        (one,) = plan_of(report, number)
        AssessmentFactory(report=report, commitment=one, analysis="", is_recorded=is_recorded)

    said = researcher.get(address(Report, "changelist")).text
    assert "2 to do, 1 covered, 0 in progress, 1 assessed" in said
    officer = sign_in(researcher, officer_of(CommitmentFactory().involvements.get().institution))
    page = officer.get(address(Report, "changelist"))
    assert "to do" not in page.text
    assert officer.get(address(Report, "work", report.pk)).status_code == 403
    assert officer.post(address(Report, "work", report.pk), {}).status_code == 403


def test_queries_do_not_grow_with_the_rows(researcher, report):
    paths = (address(Report, "work", report.pk), "/admin/", address(Report, "changelist"))

    def more(numbers):
        for one in plan_of(report, *numbers):
            assessment = AssessmentFactory(report=report, commitment=one)
            FindingFactory(assessment=assessment)
            CommitmentFactory(plan=report.plan)
            ReportFactory()

    more([1])
    queries_of(researcher, paths[0])
    few = [queries_of(researcher, path) for path in paths]
    more(range(2, 12))
    assert [queries_of(researcher, path) for path in paths] == few
