"""Pages of a nation, plan and institution: what is recorded first, the rest by title alone."""

import pytest

from commitments import recorded_first
from commitments.recorded_first import TwoPartPaginator
from irm.codebook import ReportKind
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    make_document,
    make_update,
    nation,
)
from tests.pages import ids_on, line_of, page_of, read


@pytest.mark.parametrize(
    ("totals", "pages"),
    [
        ((0, 0), [""]),
        ((0, 5), ["012", "34"]),
        ((2, 0), ["ab"]),
        ((2, 2), ["ab01"]),
        ((3, 4), ["ab", "c012", "3"]),
        ((4, 1), ["ab", "cd0"]),
    ],
)
def test_second_list_begins_on_the_last_page_of_the_first(totals, pages):
    first, rest = "abcd"[: totals[0]], "01234"[: totals[1]]
    paginator = TwoPartPaginator(first + rest, sizes=(2, 3), totals=totals)

    assert ["".join([*page.first, *page.rest]) for page in paginator] == pages
    assert all(set(page.first) <= set(first) for page in paginator)
    assert "".join(paginator.get_page(99).object_list) == pages[-1]


@pytest.mark.django_db
class TestOrder:
    def test_reader_finds_first_what_government_or_an_assessor_says(self, client):
        plan, office = PlanFactory(), InstitutionFactory()
        given = {"plan": plan, "lead": office, "nations": ["sct"]}
        silent, found, reported, pending = (CommitmentFactory(order=n, **given) for n in range(4))
        make_update(MilestoneFactory(commitment=reported))
        report = ReportFactory(plan=plan, kind=ReportKind.RESULTS)
        AssessmentFactory(commitment=found, report=report, completion="limited")
        AssessmentFactory(commitment=pending, report=report, completion="pending_irm_review")

        for row in (plan, office, nation("sct")):
            page = page_of(client, row)
            own = [one.slug for one in (found, reported, silent, pending)]
            assert [one for one in ids_on(page) if one in own] == own
            assert page.first("h2", id="commitments").text().startswith("2 commitments with")
            assert page.first("h2", id="rest").text().startswith("2 commitments with nothing")
            figures = [cell.text() for cell in page.first("dl", "figures").all("dd")]
            assert figures == ["4", "1", "1", "2"]
            assert "Pending IRM Review" in line_of(client, pending, row.get_absolute_url()).text()

    def test_reader_turns_pages_and_meets_each_commitment_once(self, client, monkeypatch):
        monkeypatch.setattr(recorded_first, "RECORDED_PER_PAGE", 2)
        monkeypatch.setattr(recorded_first, "OTHERS_PER_PAGE", 3)
        plan = PlanFactory()
        for number in range(7):
            row = CommitmentFactory(plan=plan)
            if number < 3:
                make_update(MilestoneFactory(commitment=row))

        address = plan.get_absolute_url()
        pages = [read(client, f"{address}?page={number}") for number in (1, 2, 3)]
        ids = [ids_on(page) for page in pages]
        assert [len(one) for one in ids] == [2, 4, 1]
        assert len({one for some in ids for one in some}) == 7
        assert pages[0].first("dl", "figures").all("a", href="?page=2#rest")
        assert pages[1].all("h2", id="rest")

    def test_reader_sees_the_latest_word_on_a_milestone_in_that_nation(self, client):
        commitment = CommitmentFactory(nations=["sct", "wls"])
        for day, level, where in ((30, "limited", "sct"), (20, "substantial", "wls")):
            milestone = MilestoneFactory(commitment=commitment)
            when = {"as_of": days_ago(day), "as_of_as_published": f"Report {day}"}
            make_update(milestone, level, nations=[where], source=make_document(), **when)

        def last(address):
            return line_of(client, commitment, address).first("td").text().partition("Last: ")[2]

        assert last("/nations/sct/").startswith("Limited our reading Report 30.")
        assert last(commitment.plan.get_absolute_url()).startswith("Substantial our reading")


@pytest.mark.django_db
def test_reader_of_a_plan_finds_reports_about_another_plan_that_cover_it(client):
    national, welsh = PlanFactory(), PlanFactory()
    report = ReportFactory(plan=national, title="The national report")
    AssessmentFactory(commitment=CommitmentFactory(plan=national), report=report)
    covered = CommitmentFactory(plan=welsh)
    row = AssessmentFactory(commitment=covered, report=report, is_recorded=False, analysis="")

    said = page_of(client, welsh).section("reports").text()
    assert "No report about this plan alone is recorded here." in said
    assert "The national report: covers 1 of 1 commitment. What it finds is not recorded" in said
    assert "another plan" not in page_of(client, national).section("reports").text()
    row.delete()
    assert "No report about this plan is recorded here." in page_of(client, welsh).text()


@pytest.mark.django_db
def test_reader_of_an_assessor_finds_its_reports_and_no_word_on_commitments(client):
    assessor = InstitutionFactory(kind="multilateral")
    report = ReportFactory(institution=assessor)

    page = page_of(client, assessor)
    assert "1 of its reports is recorded here." in page.first(css="lede").text()
    assert page.section("reports").all("a", href=report.get_absolute_url())
    said = page.first("main").text()
    assert "commitment recorded here names" not in said
    assert "has not reported" not in said
    (row,) = read(client, "/institutions/").first("ul", "compact").all("li")
    assert row.text() == assessor.name
