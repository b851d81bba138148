"""What assessors did not say, each kind of nothing in its own words."""

import pytest

from tests.factories import AssessmentFactory, CommitmentFactory, ReportFactory
from tests.pages import fact, line_of, page_of, read

pytestmark = pytest.mark.django_db

# Code, its words on a page, and whether the page marks it as a kind of nothing.
NOTHINGS = [
    ("", "Blank", True),
    ("pending_irm_review", "Pending IRM Review", True),
    ("no_irm_data", "No IRM Data", True),
    ("no_evidence_available", "No Evidence Available", False),
]

# A code that is not completion, so that the assessment has one at all.
CODE_OF = {"design_report": {"verifiable": "yes"}, "results_report": {"early_results": "moderate"}}


def listed(client):
    """What the list of assessments says about completion: findings first, then lines of others."""
    section = read(client, "/assessments/").section("list")
    found = [row.first("td").text() for one in section.all("tbody") for row in one.all("tr")]
    lines = [line.text() for one in section.all("ul", "compact") for line in one.all("li")]
    return found + [line.rpartition(": ")[2] for line in lines]


def test_reader_can_tell_what_a_report_only_covers_from_what_it_finds(client):
    plan = CommitmentFactory().plan
    report = ReportFactory(plan=plan)
    covered, coded, in_words, silent = (
        AssessmentFactory(commitment__plan=plan, report=report, **given)
        for given in (
            {"is_recorded": False, "analysis": ""},
            {"completion": "complete"},
            {},
            {"analysis": ""},
        )
    )
    said = "What it finds is not recorded here."

    assert said in page_of(client, covered.commitment).section("findings").text()
    (line,) = page_of(client, report).first("ul", "compact").all("li")
    assert line.text() == str(covered.commitment)
    for row in (coded, in_words, silent):
        assert said not in page_of(client, row.commitment).section("findings").text()
    verdicts = [
        page_of(client, row.commitment).first("p", "verdict").text()
        for row in (covered, in_words, silent)
    ]
    assert "report covers it; what it found is not recorded here" in verdicts[0]
    assert "in words and gives no code" in verdicts[1]
    assert "code for completion is blank" in verdicts[2]
    assert listed(client) == [
        *("Complete", "Codes not recorded here", "Blank", "Covered, not recorded here")
    ]
    _progress, assessor = line_of(client, covered.commitment).all("td")
    assert assessor.text() == "Covered by a report, not recorded here"


def test_what_is_only_covered_is_outside_every_count_of_assessments(client):
    covered = AssessmentFactory(
        is_recorded=False, analysis="", report__kind="design_report", title_in_report="Zebras"
    )
    AssessmentFactory(commitment__plan=covered.report.plan, report=covered.report, relevance="yes")
    reports = "2 commitments covered, 1 assessment recorded here"

    said = read(client, "/assessments/").first("main").text()
    assert "1 assessment, 0 of them with a finding on completion" in said
    assert "1 more commitment is covered by a report" in said
    assert reports in said
    assert reports in page_of(client, covered.report.plan).first("main").text()
    of_report = page_of(client, covered.report).first("main").text()
    assert "2 commitments covered here 1 assessment recorded here" in of_report
    for chosen, number in (("true", 1), ("false", 1), ("", 2)):
        page = client.get("/assessments/", {"is_recorded": chosen})
        assert page.context["page"].paginator.count == number
        sheet = client.get("/data/assessments.csv", {"is_recorded": chosen}).getvalue()
        assert sheet.count(b"\r\n") == 1 + number
        rows = client.get("/api/v1/assessments/", {"is_recorded": chosen or "true"}).json()
        assert [row["is_recorded"] for row in rows["results"]] == [chosen != "false"]
    found = read(client, "/search/?q=zebras").first("main").text()
    assert f"Covered by {covered.report}" in found
    changes = client.get("/changes/").text
    assert changes.count("Covered by a report</span>") == 1
    assert changes.count("Assessment published</span>") == 1


def test_reader_can_tell_a_code_that_a_kind_of_report_does_not_give_from_a_blank_one(client):
    for kind in ("design_report", "results_report"):
        AssessmentFactory(report__kind=kind, **CODE_OF[kind])

    assert set(listed(client)) == {"Not given in this report", "Blank"}


def test_reader_is_told_what_is_not_known_of_a_report(client):
    page = page_of(client, ReportFactory(plan=None))
    glance = page.section("glance")

    assert fact(glance, "Action plan").text() == "Not about one plan"
    assert fact(glance, "Published by the assessor on").text() == "Not recorded"
    assert fact(glance, "Evidence considered up to").text() == "Not recorded"
    assert fact(glance, "Read the report").text() == "No address recorded"
    assert "has not recorded what the report finds" in page.first("main").text()


@pytest.mark.parametrize(
    ("number", "title", "called"),
    [
        ("7", "Sharing", "The report calls it 7. “Sharing”."),
        ("", "Sharing", "The report calls it “Sharing”."),
        ("7", "", "It is number 7 in the report."),
    ],
)
def test_reader_finds_the_reports_own_name_with_its_number_if_it_has_one(
    client, number, title, called
):
    assessment = AssessmentFactory(
        title_in_report=title, number_in_report=number, completion="limited"
    )

    assert called in page_of(client, assessment.commitment).section("findings").text()
    assert called in page_of(client, assessment.report).first("main").text()


def test_reader_can_tell_the_kinds_of_nothing_of_a_code_apart(client):
    for code, said, is_nothing in NOTHINGS:
        # Another code is there, or the assessment would have none at all.
        row = AssessmentFactory(completion=code, early_results="moderate")
        for page in (page_of(client, row.commitment), page_of(client, row.report)):
            for codes in page.all("dl", "codes"):
                value = fact(codes, "Completion")
                assert value.text() == said
                assert bool(value.all(css="is-nothing")) is is_nothing, said


@pytest.mark.parametrize(("code", "said", "_is_nothing"), NOTHINGS)
def test_reader_can_tell_the_kinds_of_nothing_apart_in_lists(client, code, said, _is_nothing):
    row = AssessmentFactory(completion=code, early_results="moderate")

    assert listed(client) == [said]
    in_line = line_of(client, row.commitment).all("td")[1].text()
    # Several reports may stand behind a line, so a blank says that none gives a code.
    assert in_line == (said if code else "No completion code recorded")


def test_reader_finds_all_five_kinds_of_nothing_on_one_page_and_can_look_them_up(client):
    row = AssessmentFactory(
        commitment=CommitmentFactory(plan=None, plan_as_published="Not Attached"),
        report=ReportFactory(kind="ogp_commitment_page", plan=None),
        relevance="pending_irm_review",
        early_results="no_irm_data",
        completion="no_evidence_available",
    )
    page = page_of(client, row.commitment)

    assert "Not Attached" in fact(page.section("glance"), "Action plan").text()
    codes = page.section("findings").first("dl", "codes")
    assert {term: said.text() for term, (said,) in codes.facts().items()} == {
        "Verifiable": "Blank",
        "Relevant to OGP values": "Pending IRM Review",
        "Ambition": "Blank",
        "Completion": "No Evidence Available",
        "Early results": "No IRM Data",
    }
    defined = read(client, "/about/").section("nothing").facts()
    assert set(defined) == {
        *("Blank", "Pending IRM Review", "No IRM Data", "No Evidence Available", "Not Attached"),
        *("Not recorded here", "Not reported"),
    }
