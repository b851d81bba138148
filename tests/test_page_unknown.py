"""What is not known is said in honest words, each kind of nothing in its own."""

import pytest

from commitments.models import Institution
from milestones import services
from tests.factories import (
    AssessmentFactory,
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
from tests.pages import read

pytestmark = pytest.mark.django_db

SOURCE = "https://www.opengovpartnership.org/members/united-kingdom/"

# Code, its words on a page, and whether the page marks it as a kind of nothing.
NOTHINGS = [
    ("", "Blank", True),
    ("pending_irm_review", "Pending IRM Review", True),
    ("no_irm_data", "No IRM Data", True),
    ("no_evidence_available", "No Evidence Available", False),
]


def page_of(client, row):
    return read(client, row.get_absolute_url())


def fact(element, term):
    """Return what a list of facts says under a term."""
    pairs = [pair for pair in element.all("div") if pair.all("dt")]
    found = [pair.first("dd") for pair in pairs if pair.first("dt").text() == term]
    assert len(found) == 1, term
    return found[0]


def line_of(client, commitment):
    """Return the line of the commitment in the list of all."""
    lines = read(client, "/commitments/").first("ul", "rows")
    address = commitment.get_absolute_url()
    return next(line for line in lines.all("li") if line.all("a", href=address))


class TestCommitment:
    def test_reader_is_told_that_the_source_names_no_lead(self, client):
        commitment = CommitmentFactory(lead=False)
        page = page_of(client, commitment)

        assert "The source names no lead institution." in page.first(css="lede").text()
        assert "the source names no lead institution" in page.section("institutions").text()
        assert "Lead institution not recorded." in line_of(client, commitment).text()

    def test_reader_of_a_commitment_with_a_lead_is_told_no_such_thing(self, client):
        commitment = CommitmentFactory(lead=InstitutionFactory(name="Cabinet Office"))
        page = page_of(client, commitment)

        assert "Led by Cabinet Office." in page.first(css="lede").text()
        assert "no lead" not in page.first("main").text()
        assert "Led by Cabinet Office." in line_of(client, commitment).text()

    def test_reader_is_told_that_the_tracker_does_not_have_the_milestones(self, client):
        commitment = CommitmentFactory(source_url=SOURCE)
        page = page_of(client, commitment)
        government, _assessor = page.section("voices").all("section", "voice")

        assert "This tracker does not have the milestones of this commitment" in government.text()
        section = page.section("milestones")
        assert "does not have the list of milestones of this commitment" in section.text()
        assert section.all("a", href=SOURCE)
        assert not section.all("table")
        assert "Milestones not recorded here" in line_of(client, commitment).text()

    def test_reader_is_told_that_nobody_reported_on_milestones_that_are_known(self, client):
        commitment = MilestoneFactory(commitment__nations=["sct", "wls"]).commitment
        page = page_of(client, commitment)

        assert "None of 2 parts reported" in page.section("voices").text()
        assert (
            "No government has reported on this commitment here." in page.section("updates").text()
        )

    def test_reader_is_told_that_nations_are_not_recorded_though_milestones_are(self, client):
        commitment = MilestoneFactory(commitment__nations=[]).commitment
        page = page_of(client, commitment)

        assert "Where it is delivered is not recorded." in page.first(css="lede").text()
        voices = page.section("voices").text()
        assert "The nations in which the milestones of this commitment are to be" in voices
        assert "does not have the milestones" not in voices

    def test_reader_is_told_that_the_tracker_does_not_have_the_text(self, client):
        section = page_of(client, CommitmentFactory(source_url=SOURCE)).section("promise")

        assert "This tracker does not have the text of this commitment." in section.text()
        assert section.all("a", href=SOURCE)

    def test_reader_of_a_part_of_the_text_is_not_told_that_there_is_none(self, client):
        section = page_of(client, CommitmentFactory(problem="Trust is low.")).section("promise")

        assert "Trust is low." in section.text()
        assert "does not have the text" not in section.text()
        assert "Objective" not in section.text()

    def test_reader_is_told_that_no_assessment_here_does_not_mean_that_there_is_none(self, client):
        commitment = CommitmentFactory()
        page = page_of(client, commitment)
        _government, assessor = page.section("voices").all("section", "voice")

        assert "No assessment recorded" in assessor.text()
        assert "It does not mean that there is none." in assessor.text()
        assert "no assessment of this commitment" in page.section("findings").text()
        assert "No assessment recorded" in line_of(client, commitment).text()

    def test_reader_is_told_that_no_day_is_recorded(self, client):
        page = page_of(client, CommitmentFactory(plan=None))

        assert "No day of this commitment is recorded" in page.section("timeline").text()
        assert not page.section("timeline").all("svg")
        glance = page.section("glance")
        for term in (
            "Timeline, in the plan's words",
            "Policy areas",
            "OGP values that government claims",
        ):
            assert fact(glance, term).text() == "Not recorded"

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
            ({"first_day": None, "last_day": None}, "The source gives no days", "Not recorded"),
            ({"last_day": None}, "Only one of its days is recorded", "– ?"),
            ({"first_day": None}, "Only one of its days is recorded", "? –"),
        ],
    )
    def test_reader_is_told_that_days_of_a_plan_are_not_known(self, client, days, lede, fact_said):
        plan = PlanFactory(**days)
        page = page_of(client, plan)

        assert lede in page.first(css="lede").text()
        assert "cannot say whether the plan is still running" in page.first(css="lede").text()
        assert fact_said in fact(page, "First and last possible day").text()

        row = read(client, "/plans/").section("plans-unknown").text()
        assert "days are not recorded." in row
        assert "Cycle ;" not in row

    def test_reader_of_a_plan_without_anything_is_told_so(self, client):
        main = page_of(client, PlanFactory()).first("main").text()

        assert "No commitment of this plan is recorded here yet." in main
        assert "No report about this plan is recorded here." in main
        assert "No government has reported on a milestone of this plan here yet." in main


class TestReport:
    def test_reader_can_tell_a_report_without_codes_from_one_that_gives_none(self, client):
        silent = AssessmentFactory(analysis="")
        coded = AssessmentFactory(completion="complete")
        said = "this tracker has not recorded its codes or its words yet"

        assert said in page_of(client, silent.commitment).section("findings").text()
        assert said in page_of(client, silent.report).first("main").text()
        assert said not in page_of(client, coded.commitment).section("findings").text()
        assert said not in page_of(client, coded.report).first("main").text()

        voice = page_of(client, silent.commitment).section("voices").all("section", "voice")[1]
        assert "Also covered by, without codes recorded here:" in voice.text()
        assert voice.all("a", href=silent.report.get_absolute_url())
        rows = read(client, "/assessments/").first("tbody").all("tr")
        assert {row.all("td")[1].text() for row in rows} == {"Codes not recorded here", "Complete"}

    def test_reader_can_tell_a_code_that_a_kind_of_report_does_not_give_from_a_blank_one(
        self, client
    ):
        for kind in ("design_report", "results_report"):
            AssessmentFactory(report__kind=kind, **CODE_OF[kind])

        rows = read(client, "/assessments/").first("tbody").all("tr")
        assert {row.all("td")[1].text() for row in rows} == {"Not given in this report", "Blank"}

    def test_reader_is_told_what_is_not_known_of_a_report(self, client):
        page = page_of(client, ReportFactory(plan=None))
        glance = page.section("glance")

        assert fact(glance, "Action plan").text() == "Not about one plan"
        assert fact(glance, "Published by the assessor on").text() == "Not recorded"
        assert fact(glance, "Evidence considered up to").text() == "Not recorded"
        assert fact(glance, "Read the report").text() == "No address recorded"
        assert "has not recorded what the report finds" in page.first("main").text()

    @pytest.mark.parametrize(
        ("number", "called"),
        [
            ("7", "The report calls it 7. “Sharing knowledge”."),
            ("", "The report calls it “Sharing knowledge”."),
        ],
    )
    def test_reader_finds_the_reports_own_name_with_its_number_if_it_has_one(
        self, client, number, called
    ):
        assessment = AssessmentFactory(
            title_in_report="Sharing knowledge", number_in_report=number, completion="limited"
        )

        assert called in page_of(client, assessment.commitment).section("findings").text()
        assert called in page_of(client, assessment.report).first("main").text()

    def test_reader_can_tell_the_kinds_of_nothing_of_a_code_apart(self, client):
        for code, said, is_nothing in NOTHINGS:
            # Another code is there, or the assessment would have none at all.
            row = AssessmentFactory(completion=code, early_results="moderate")
            for page in (page_of(client, row.commitment), page_of(client, row.report)):
                for codes in page.all("dl", "codes"):
                    value = fact(codes, "Completion")
                    assert value.text() == said
                    assert bool(value.all(css="is-nothing")) is is_nothing, said

    def test_reader_can_tell_the_kinds_of_nothing_apart_in_lists(self, client):
        expected = set()
        for code, said, _is_nothing in NOTHINGS:
            row = AssessmentFactory(completion=code, early_results="moderate")
            expected.add((row.commitment.get_absolute_url(), said))
        unassessed = CommitmentFactory()

        rows = read(client, "/assessments/").first("tbody").all("tr")
        assert expected == {
            (row.first("a").attrs["href"].split("#")[0], row.all("td")[1].text()) for row in rows
        }
        lines = read(client, "/commitments/").first("ul", "rows").all("li")
        in_lines = {
            (line.first("a").attrs["href"], line.first("dl").all("dd")[-1].text())
            for line in lines
            if line.all("h3")
        }
        blank = {pair for pair in expected if pair[1] == "Blank"}
        assert in_lines == (expected - blank) | {
            (blank.pop()[0], "No code recorded"),
            (unassessed.get_absolute_url(), "No assessment recorded"),
        }


CODE_OF = {
    "design_report": {"verifiable": "yes"},
    "results_report": {"early_results": "moderate"},
}


class TestMilestone:
    def test_reader_can_tell_no_due_day_from_one_in_words(self, client):
        unknown = MilestoneFactory(due_on=None)
        in_words = MilestoneFactory(due_on=None, due_as_published="Quarterly until April")
        both = MilestoneFactory(due_on=days_ago(-3), due_as_published="Spring")

        def due(milestone):
            return fact(page_of(client, milestone).section("glance"), "Due").text()

        assert due(unknown) == "No due day recorded"
        assert due(in_words) == "“Quarterly until April”, which is not a day"
        assert due(both).endswith("(“Spring” in the plan)")

    def test_reader_is_told_that_nobody_reported_and_nobody_found_anything(self, client):
        page = page_of(client, MilestoneFactory(commitment__nations=["sct"]))

        assert fact(page.section("glance"), "Last updated here").text() == "Never"
        assert "Not reported" in page.section("nations").text()
        assert "No government has reported on this milestone here." in page.first("main").text()
        assert "no finding of an assessor about this milestone" in page.first("main").text()

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
        assert "None of 1 parts" in page_of(client, milestone.commitment).section("voices").text()

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
        assert "This institution has not reported on a milestone here." in main

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
    said = {card.first("h3").text(): "No report recorded here." in card.text() for card in cards}
    assert said["Scotland"] is False
    assert said["Wales"] is True
