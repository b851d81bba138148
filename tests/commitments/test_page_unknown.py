"""What is not known of commitments, plans, milestones and institutions is said in honest words."""

import pytest

from commitments.models import Institution
from milestones import services
from tests.factories import (
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    make_update,
    nation,
)
from tests.pages import fact, line_of, page_of, read

pytestmark = pytest.mark.django_db

SOURCE = "https://www.opengovpartnership.org/members/united-kingdom/"


def missing(page):
    return fact(page.section("glance"), "Not recorded here").text()


def verdict(page):
    return page.first("p", "verdict").text()


class TestCommitment:
    def test_reader_is_told_that_no_lead_is_recorded(self, client):
        commitment = CommitmentFactory(lead=False, nations=["sct"])
        line = line_of(client, commitment).text()

        assert "lead institution" in missing(page_of(client, commitment))
        assert "Lead institution not recorded. Nation: Scotland." in line

    def test_reader_of_a_commitment_with_a_lead_is_told_no_such_thing(self, client):
        commitment = CommitmentFactory(lead=InstitutionFactory(name="Cabinet Office"))
        page = page_of(client, commitment)

        assert fact(page.section("glance"), "Led by").text() == "Cabinet Office"
        assert "lead institution" not in missing(page)
        assert "Led by Cabinet Office." in line_of(client, commitment).text()

    def test_reader_is_told_that_the_tracker_does_not_have_the_milestones(self, client):
        commitment = CommitmentFactory(source_url=SOURCE)
        page = page_of(client, commitment)

        assert "milestones" in missing(page)
        assert page.section("glance").all("a", href=SOURCE)
        assert not page.all("table")
        assert "Milestones not recorded here" in line_of(client, commitment).text()

    def test_reader_is_told_that_nobody_reported_on_milestones_that_are_known(self, client):
        commitment = MilestoneFactory(commitment__nations=["sct", "wls"]).commitment
        page = page_of(client, commitment)

        assert "No progress is recorded here for its 1 milestone." in verdict(page)
        assert (
            "No government has reported on this commitment here." in page.section("updates").text()
        )

    def test_reader_is_told_that_nations_are_not_recorded_though_milestones_are(self, client):
        commitment = MilestoneFactory(commitment__nations=[]).commitment
        page = page_of(client, commitment)

        assert "nations" in missing(page)
        assert "milestones" not in missing(page)

    def test_reader_is_told_that_the_tracker_does_not_have_the_text(self, client):
        page = page_of(client, CommitmentFactory(source_url=SOURCE))

        assert "text of the promise" in missing(page)
        assert "promise" not in page.ids

    def test_reader_of_a_part_of_the_text_is_not_told_that_there_is_none(self, client):
        page = page_of(client, CommitmentFactory(problem="Trust is low."))

        assert "Trust is low." in page.section("promise").text()
        assert "text of the promise" not in missing(page)
        assert not page.all("blockquote", "promise")

    def test_reader_is_told_that_no_assessment_here_does_not_mean_that_there_is_none(self, client):
        commitment = MilestoneFactory().commitment
        page = page_of(client, commitment)
        _government, assessor = page.section("voices").all("section", "voice")

        assert "There may be one: this site has not recorded it." in assessor.text()
        assert "assessment" in missing(page)
        assert "No assessment recorded" in line_of(client, commitment).text()

    def test_reader_is_told_that_no_day_is_recorded(self, client):
        page = page_of(client, MilestoneFactory(commitment__plan=None, due_on=None).commitment)

        assert "timeline" not in page.ids
        for what in ("dates", "policy areas"):
            assert what in missing(page)

    def test_page_of_a_commitment_of_which_little_is_known_is_short(self, client):
        page = page_of(client, CommitmentFactory())

        assert verdict(page) == "Neither progress nor an assessment is recorded here."
        assert len(page.all("h2")) == 2  # the record in full; in the footer, mistakes
        assert page.first("main").text().count("ecorded here") == 2

    def test_reader_is_told_that_no_source_is_recorded(self, client):
        assert (
            "No source address is recorded."
            in page_of(client, CommitmentFactory()).section("source").text()
        )


class TestPlan:
    def test_reader_can_tell_a_plan_not_attached_from_a_plan_not_recorded(self, client):
        not_attached = CommitmentFactory(plan=None, plan_as_published="Not Attached")
        blank = CommitmentFactory(plan=None)

        assert fact(page_of(client, not_attached).section("glance"), "Action plan").text() == (
            "“Not Attached”, as OGP publishes it"
        )
        assert fact(page_of(client, blank).section("glance"), "Action plan").text() == (
            "Not recorded"
        )
        said = "Action plan: “Not Attached”, as OGP publishes it."
        assert said in line_of(client, not_attached).text()
        assert "Action plan: Not recorded." in line_of(client, blank).text()

    @pytest.mark.parametrize(
        ("days", "lede", "fact_said"),
        [
            ({"start_date": None, "end_date": None}, "Its dates are not recorded", "Not recorded"),
            ({"end_date": None}, "Only one of its dates is recorded", "–?"),
            ({"start_date": None}, "Only one of its dates is recorded", "? –"),
        ],
    )
    def test_reader_is_told_that_days_of_a_plan_are_not_known(self, client, days, lede, fact_said):
        plan = PlanFactory(**days)
        page = page_of(client, plan)

        assert lede in page.first(css="lede").text()
        assert "cannot say whether the plan is still running" in page.first(css="lede").text()
        assert fact_said in fact(page, "First and last possible date").text()

        row = read(client, "/plans/").section("plans-unknown").text()
        assert "dates are not recorded." in row
        assert "Cycle ;" not in row

    def test_reader_of_a_plan_without_anything_is_told_so(self, client):
        main = page_of(client, PlanFactory()).first("main").text()

        assert "No commitment of this plan is recorded here yet." in main
        assert "No report about this plan is recorded here." in main
        assert "No progress update on this plan is recorded here." in main


class TestMilestone:
    def test_reader_can_tell_no_due_date_from_one_in_words(self, client):
        unknown = MilestoneFactory(due_on=None)
        in_words = MilestoneFactory(due_on=None, due_as_published="Quarterly until April")
        both = MilestoneFactory(due_on=days_ago(-3), due_as_published="Spring")

        def due(milestone):
            return fact(page_of(client, milestone).section("glance"), "Due").text()

        assert due(unknown) == "No due date recorded"
        assert due(in_words) == "“Quarterly until April”, which is not a date"
        assert due(both).endswith("(“Spring” in the plan)")

    def test_reader_is_told_that_nobody_reported_and_nobody_found_anything(self, client):
        page = page_of(client, MilestoneFactory(commitment__nations=["sct"]))

        assert fact(page.section("glance"), "Last update by government").text() == (
            "No government has reported"
        )
        assert "Not reported" in page.section("nations").text()
        assert "No government has reported on this milestone here." in page.first("main").text()
        assert "No assessor’s finding about this milestone" in page.first("main").text()

    def test_reader_can_tell_does_not_apply_from_not_reported(self, client):
        milestone = MilestoneFactory(commitment__nations=["sct", "wls"])
        services.set_applicability(milestone, nation("wls"), applies=False, reason="Not devolved")

        cards = page_of(client, milestone).section("nations").all("li", "card")
        assert [card.first(css="level").text() for card in cards] == [
            "Not reported",
            "Does not apply",
        ]
        assert "Not devolved" in cards[1].text()

        cells = page_of(client, milestone.commitment).section("milestones").all("td", "part")
        assert cells[1].text() == "Does not apply Not devolved"
        assert "No progress is recorded here" in verdict(page_of(client, milestone.commitment))

    def test_reader_is_told_that_nations_are_not_recorded(self, client):
        page = page_of(client, MilestoneFactory(commitment__nations=[]))

        assert (
            "The nations in which this is to be delivered are not recorded."
            in page.section("nations").text()
        )

    def test_reader_can_tell_a_finding_without_code_from_no_finding(self, client):
        finding = FindingFactory()
        other = MilestoneFactory(commitment=finding.milestone.commitment)

        found = page_of(client, finding.milestone).section("findings").text()
        assert "No code given for this milestone" in found
        cells = page_of(client, other.commitment).section("milestones").all("td", "found")
        assert [cell.text() for cell in cells] == [finding.found, "No finding recorded"]
        codes = page_of(client, finding.assessment.report).first("main").text()
        assert "in words, without a code" in codes


class TestInstitution:
    def test_reader_can_tell_what_kind_of_institution_it_is_or_that_nobody_says(self, client):
        unknown = InstitutionFactory(kind="", nation=None)
        known = InstitutionFactory(kind=Institution.Kind.PARLIAMENT, nation=nation("wls"))
        for lead in (unknown, known):
            CommitmentFactory(lead=lead)

        assert page_of(client, unknown).first(css="lede").text() == (
            "Kind of institution not recorded."
        )
        assert page_of(client, known).first(css="lede").text() == "Parliament, Wales."
        rows = {
            row.first("th").text(): row.first("td").text()
            for row in read(client, "/institutions/").first("tbody").all("tr")
        }
        assert rows == {unknown.name: "Not recorded", known.name: "Parliament"}

    def test_reader_of_an_institution_without_anything_is_told_so(self, client):
        main = page_of(client, InstitutionFactory()).first("main").text()

        assert "No commitment recorded here names this institution." in main
        assert "Overdue and not updated" not in main

    def test_reader_finds_who_carries_on_the_work_of_an_institution(self, client):
        new = InstitutionFactory(name="New Department")
        old = InstitutionFactory(name="Old Department", succeeded_by=new)

        assert "carried on by New Department." in page_of(client, old).first("main").text()
        assert (
            "It carries on the work of Old Department." in page_of(client, new).first("main").text()
        )


def test_reader_of_a_nation_without_anything_is_told_so(client):
    make_update(MilestoneFactory(commitment__nations=["sct"]))
    main = page_of(client, nation("wls")).first("main").text()

    assert "No commitment delivered in this nation is recorded here yet." in main
    assert "No government has reported on a milestone in this nation here yet." in main
    cards = read(client, "/nations/").section("nations").all("li", "card")
    said = {
        card.first("h3").text(): "No government update is recorded here." in card.text()
        for card in cards
    }
    assert said["Scotland"] is False
    assert said["Wales"] is True


def test_reader_of_an_assessor_finds_its_reports_and_not_that_it_has_not_reported(client):
    irm = InstitutionFactory(kind="multilateral")
    report = ReportFactory(institution=irm)
    ReportFactory(institution=irm, draft=True)

    page = page_of(client, irm)

    (listed,) = page.section("reports").all("h3")
    assert listed.first("a").attrs["href"] == report.get_absolute_url()
    assert "has not reported" not in page.first("main").text()
    leads = CommitmentFactory().involvements.get().institution
    assert "has not reported" in page_of(client, leads).first("main").text()
