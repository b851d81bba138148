"""The page of a milestone: every report with its evidence, corrections as corrections, findings."""

import pytest
from django.utils.formats import date_format

from milestones.facts import EvidenceFacts
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    ReplyFactory,
    ReportFactory,
    days_ago,
    make_correction,
    make_document,
    make_update,
    move_due_date,
)
from tests.pages import fact, page_of, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def milestone():
    commitment = CommitmentFactory(
        nations=["sct", "wls"], lead=InstitutionFactory(name="Ministry", slug="ministry")
    )
    return MilestoneFactory(commitment=commitment)


def entry_of(page, update):
    return page.section("updates").first("li", id=update.anchor)


def test_reader_finds_what_each_report_says(client, milestone):
    piece = EvidenceFacts(
        title="Minutes",
        url="https://www.gov.uk/minutes",
        locator="page 3",
        archived_url="https://web.archive.org/minutes",
    )
    update = make_update(
        milestone,
        "substantial",
        nations=["sct"],
        as_of=days_ago(9),
        narrative="We *met* twice.",
        obstacles="One nation is late.",
        evidence=[piece],
    )
    page = page_of(client, milestone)
    entry = entry_of(page, update)

    assert entry.first(css="level").text() == "Substantial"
    assert "in Scotland" in entry.first("div").first("p").text()
    assert entry.first("time").attrs["datetime"] == days_ago(9).isoformat()
    assert entry.first("em").text() == "met"
    assert "What stands in the way One nation is late." in entry.text()
    assert "Minutes, page 3 (archived copy) Link not checked yet." in entry.text()
    links = {link.text(): link.attrs["href"] for link in entry.all("a")}
    assert links == {
        "Minutes": "https://www.gov.uk/minutes",
        "archived copy": "https://web.archive.org/minutes",
        "Ministry": "/institutions/ministry/",
    }
    assert page.section("nations").all("a", href=f"#{update.anchor}")
    assert "No evidence recorded" not in page.first("main").text()


def test_reader_is_told_that_no_evidence_is_recorded_for_what_a_document_says(client, milestone):
    update = make_update(milestone, "completed", evidence=[], source=make_document("The report"))
    page = page_of(client, milestone)

    assert "No evidence recorded here besides the source" in entry_of(page, update).text()
    for card in page.section("nations").all("li", "card"):
        assert "No evidence recorded here." in card.text()


def test_reader_finds_a_correction_with_its_reason_beside_what_it_corrects(client, milestone):
    wrong = make_update(milestone, "substantial", nations=["sct"], as_of=days_ago(20))
    right = make_correction(wrong, "limited", as_of=days_ago(30), correction_reason="Wrong line.")
    page = page_of(client, milestone)

    old, new = entry_of(page, wrong), entry_of(page, right)
    assert wrong.narrative in old.text()
    assert "Corrected by a later update, which counts instead:" in old.text()
    assert old.all("a", href=right.get_absolute_url())
    assert "Corrects the update of" in new.text()
    assert "Reason: Wrong line." in new.text()
    assert new.all("a", href=wrong.get_absolute_url())
    scotland = page.section("nations").first("li", "card")
    assert scotland.first(css="level").text() == "Limited"
    assert scotland.all("a", href=f"#{right.anchor}")


def test_reader_elsewhere_is_not_shown_a_corrected_report_as_the_latest(client, milestone):
    wrong = make_update(milestone, "completed", nations=["sct"], as_of=days_ago(20))
    right = make_correction(wrong, "limited", as_of=days_ago(300))
    commitment = milestone.commitment

    for address in ("/", "/nations/sct/", commitment.plan.get_absolute_url()):
        log = read(client, address).section("latest").first("ol", "log")
        assert [entry.first(css="level").text() for entry in log.inside_of("li")] == ["Limited"]
    voice = page_of(client, commitment).section("voices").first("section", "voice")
    assert f"Latest update: as at {right.as_of_in_words}." in voice.text()
    (card,) = [
        card
        for card in read(client, "/nations/").all("li", "card")
        if card.first("h3").text() == "Scotland"
    ]
    assert f"latest update is as at {right.as_of:%B %Y};" in card.text()


def test_reader_finds_the_newest_report_first(client, milestone):
    rows = [make_update(milestone, as_of=days_ago(number)) for number in (30, 10, 20)]

    log = page_of(client, milestone).section("updates").first("ol", "log")
    assert [entry.attrs["id"] for entry in log.inside_of("li")] == [
        rows[number].anchor for number in (1, 2, 0)
    ]


def test_reader_finds_the_first_due_date_and_why_it_moved(client, milestone):
    move_due_date(
        milestone,
        to=days_ago(-500),
        reason="The regulator asked for more time.",
        institution=milestone.commitment.involvements.get().institution,
        by=None,
    )

    due = fact(page_of(client, milestone).section("glance"), "Due").text()
    assert due == (
        f"{date_format(days_ago(-500))} Moved from {date_format(days_ago(-200))} to"
        f" {date_format(days_ago(-500))} on {date_format(days_ago(0))}:"
        " The regulator asked for more time. (Ministry)"
    )


def test_reader_hears_the_assessor_and_governments_reply_apart(client, milestone):
    assessment = AssessmentFactory(
        commitment=milestone.commitment, report=ReportFactory(assessor="local_monitoring_body")
    )
    finding = FindingFactory(assessment=assessment, milestone=milestone, completion="limited")
    ReplyFactory(assessment=assessment, finding=finding, text="We *disagree*.")
    ReplyFactory(assessment=assessment, text="To all of it.")

    (article,) = page_of(client, milestone).section("findings").all("article")
    assert "voice--assessor" in article.classes
    assert article.first(css="eyebrow").text() == "Local monitoring body"
    assert article.first(css="verdict").text() == "Limited"
    assert finding.found in article.text()
    (reply,) = article.all("aside")
    assert "voice--government" in reply.classes
    assert reply.text().startswith("Government replies We disagree. Ministry,")
    whole = page_of(client, milestone.commitment).section("findings").all("aside")
    assert ["To all of it." in reply.text() for reply in whole] == [True]


def test_reader_finds_the_way_to_the_other_milestones_and_back(client, milestone):
    other = MilestoneFactory(commitment=milestone.commitment, text="The next step")
    page = page_of(client, milestone)

    siblings = page.first("nav", **{"aria-labelledby": "siblings"})
    assert siblings.first(**{"aria-current": "page"}).text() == f"1. {milestone.text}"
    assert [(link.text(), link.attrs["href"]) for link in siblings.all("a")] == [
        ("2. The next step", other.get_absolute_url())
    ]
    assert page.first(css="eyebrow").all("a", href=milestone.commitment.get_absolute_url())
