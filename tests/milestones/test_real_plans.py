"""What governments published about two real plans, entered through the services and read again.

Words, dates and addresses are the sources'; the texts of milestones are shortened.
"""

import json
from collections import Counter
from datetime import date, timedelta

import feedparser
import pytest
from django.utils import timezone

from milestones import services
from milestones.amendment_rules import AmendmentContent
from milestones.facts import UpdateContent
from milestones.published_words import reading_of
from milestones.targets import commitment_of
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    contact_for,
    days_ago,
    make_amendment,
)
from tests.once import once
from tests.opendata.test_past_pages import happened
from tests.pages import page_of, read

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SCOTTISH = "https://www.gov.scot/publications/open-government-action-plan-2021-to-2025"
PAGE = f"{SCOTTISH}-participation-commitment/pages/progress-to-"
# Of each report: the date, and the word for the training of all and for that of researchers.
REPORTS = {
    "May 2023": (date(2023, 5, 31), "In progress.", "In progress."),
    "October 2023": (date(2023, 10, 31), "In progress", "In progress"),
    "December 2023": (date(2023, 12, 31), "In progress", "In progress"),
    "June 2024": (date(2024, 6, 30), "In progress, behind schedule.", "On schedule."),
    "December 2024": (date(2024, 12, 31), "In progress, behind schedule", "On schedule."),
}
PAGES = {month: PAGE + month.lower().replace(" ", "-") for month in REPORTS}

# Of the UK's plan of 2013-15: how many commitments government gives each word.
UK_WORDS = {"Completed": 12, "Substantial": 6, "Limited": 2, "Withdrawn": 1}
UK_TABLE = "https://opengovernment.org.uk/2016/10/18/"
UK_TABLE += "government-reports-on-its-implementation-of-2013-15-open-government-action-plan/"


def enter(said, as_of, source, now=None):
    """One document. The first word is signed off by a colleague; those after it need nobody."""
    contact, signer = (contact_for(commitment_of(said[0][0])) for _each in "12")
    for target, words in said:
        content = UpdateContent(
            nations=list(commitment_of(target).nations.all()),
            **reading_of(words)._asdict(),
            as_of=as_of,
            narrative="",
            words_as_published=words,
            **source,
        )
        update = services.record_update(target, content, institution=None, by=contact, now=now)
        services.submit_update(update, by=contact, now=now)
        services.publish_update(update, by=signer, now=now)
        signer = contact


@once
def training():
    """Scotland's participation commitment: one report every ten days, the last ten days ago."""
    plan = PlanFactory(start_date=date(2021, 11, 1), end_date=date(2025, 11, 30))
    commitment = CommitmentFactory(ogp_id="GBSC0005", plan=plan, nations=["sct"])
    training = MilestoneFactory(commitment=commitment, text="Participation Framework training")
    research = MilestoneFactory(commitment=commitment, text="Training of Social Researchers")
    involved = commitment.involvements.get()
    for row in (plan, involved.institution, commitment, involved, training, research):
        happened(row, 60)
    for ago, (month, (as_of, *words)) in zip((50, 40, 30, 20, 10), REPORTS.items(), strict=True):
        source = {"source_title": month, "source_url": PAGES[month], "as_of_as_published": month}
        said = list(zip((training, research), words, strict=True))
        enter(said, as_of, source, timezone.now() - timedelta(days=ago))
    revised = AmendmentContent(
        "text_revised",
        text_to="Participation Handbook training",
        source_title="June 2024",
        source_url=PAGES["June 2024"],
    )
    then = timezone.now() - timedelta(days=25)
    make_amendment(training, revised, institution=None, by=None, now=then)
    return training


def grid_on(page):
    rows = page.section("milestones").first("tbody").all("tr")
    return [(row.first("th").text(), row.first("td", "part").text()) for row in rows]


def rows_of(client, table):
    return json.loads(client.get(f"/data/{table}.json").getvalue())


def test_reader_finds_governments_words_and_no_level_that_nobody_gave(client, training):
    page, milestone = page_of(client, training.commitment), page_of(client, training)
    (_first, behind), (_second, on_schedule) = grid_on(page)
    log = milestone.section("updates").first("ol", "log").inside_of("li")

    assert "“In progress, behind schedule” Behind schedule" in behind
    assert "“On schedule.”" in on_schedule
    assert "Level not given" in milestone.section("glance").text()
    for entry, (month, (_on, words, _other)) in zip(log, reversed(REPORTS.items()), strict=True):
        assert entry.text().startswith(f"{month} “{words}”")
        assert entry.all("a", href=PAGES[month])


def test_reader_of_changes_and_feed_finds_each_word_and_the_revised_text(client, training):
    address = training.commitment.get_absolute_url()
    changes = read(client, f"{address}changes/").first("main").text()
    feed = str(feedparser.parse(client.get(f"{address}feed/").content).entries)

    for said in (changes, feed):
        for words in ("In progress, behind schedule", "On schedule", "June 2024", "Handbook"):
            assert words in said


def test_researcher_finds_words_schedule_and_whose_word_it_is(client, training):
    progress, updates = rows_of(client, "nation_progress"), rows_of(client, "updates")

    names = ("level", "level_basis", "schedule", "provenance", "as_of")
    assert [[row[name] for name in names] for row in progress] == [
        ["", "", schedule, "published_elsewhere", "2024-12-31"]
        for schedule in ("behind_schedule", "on_schedule")
    ]
    assert Counter((row["words_as_published"], row["source_url"]) for row in updates) == Counter(
        (word, PAGES[month]) for month, (_on, *words) in REPORTS.items() for word in words
    )


def test_reader_of_a_date_between_two_reports_finds_what_was_known_then(client, training):
    address = training.commitment.get_absolute_url()
    before, after = (grid_on(read(client, f"{address}?as_at={days_ago(ago)}")) for ago in (26, 24))

    assert "Framework" in before[0][0]
    assert "Handbook" in after[0][0]
    then = "“In progress” December 2023"
    assert {said for _milestone, said in (*before, *after)} == {then}


def test_reader_of_a_plan_finds_governments_words_counted_by_commitments(client):
    plan = PlanFactory(start_date=date(2013, 10, 31), end_date=date(2015, 12, 31))
    words = Counter(UK_WORDS).elements()
    said = [(CommitmentFactory(plan=plan, nations=["eng"]), word) for word in words]
    enter(said, date(2016, 10, 14), {"source_title": "Self-assessment", "source_url": UK_TABLE})

    totals = "Complete: 6\nSubstantial: 11\nLimited: 3\nWithdrawn: 1"
    ReportFactory(plan=plan, stage="public_comment", completion_totals=totals)

    page = page_of(client, plan)
    main = page.first("main").text()
    assert "Commitments as a whole Completed 12 Substantial 6 Limited 2 Withdrawn 1" in main
    irm = page.section("reports").text()
    assert "12 Completed 6 6 Substantial 11 2 Limited 3" in irm
    assert "Both counts cover 21 commitments." in irm
    rows = [row for row in rows_of(client, "commitments") if row["plan_id"] == plan.slug]
    assert Counter(row["words_as_published"] for row in rows) == UK_WORDS
    assert "“Withdrawn”" in page_of(client, said[-1][0]).first("main").text()
