"""Scotland's participation commitment of 2021-25 (GBSC0005): five documents, entered and read.

Words, dates and addresses are the Scottish Government's; the texts of the milestones are shortened.
"""

import json
from datetime import date, timedelta

import feedparser
import pytest
from django.utils import timezone

from milestones import services
from milestones.published_words import reading_of
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    contact_for,
    days_ago,
    nation,
)
from tests.once import once
from tests.opendata.test_past_pages import edited, happened
from tests.pages import page_of, read

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SITE = "https://www.gov.scot/publications"
PLACE = f"{SITE}/open-government-action-plan-2021-to-2025-participation-commitment/pages"

# Of each document: when it is of, and its word for the training of all and for that of researchers.
PROGRESS = (
    ("May 2023", date(2023, 5, 31), "In progress.", "In progress."),
    ("October 2023", date(2023, 10, 31), "In progress", "In progress"),
    ("December 2023", date(2023, 12, 31), "In progress", "In progress"),
    ("June 2024", date(2024, 6, 30), "In progress, behind schedule.", "On schedule."),
    ("December 2024", date(2024, 12, 31), "In progress, behind schedule", "On schedule."),
)

ENTERED = (50, 40, 30, 20, 10)
"""So many days ago each document was entered here."""
RENAMED, BETWEEN = 25, 23
"""When the text of the first milestone was revised, and a date before the next document."""


class Story:
    def __init__(self):
        plan = PlanFactory(
            title="Scotland, United Kingdom Action Plan 2021-2025",
            member="Scotland, United Kingdom",
            first_day=date(2021, 11, 1),
            last_day=date(2025, 11, 30),
        )
        self.lead = InstitutionFactory(
            name="Scottish Government", kind="devolved_government", nation=nation("sct")
        )
        self.commitment = CommitmentFactory(
            ogp_id="GBSC0005",
            title="Powering Participation in Scotland",
            plan=plan,
            lead=self.lead,
            nations=["sct"],
            published_on=days_ago(60),
        )
        text = "Participation Framework training across the Scottish Government"
        due = {"due_as_published": "2025", "due_on": date(2025, 12, 31)}
        self.of_all = MilestoneFactory(commitment=self.commitment, text=text, due_on=None)
        self.of_researchers = MilestoneFactory(
            commitment=self.commitment, text="Training of Social Researchers", **due
        )
        involved = self.commitment.involvements.get()
        for row in (plan, self.lead, self.commitment, involved, self.of_all, self.of_researchers):
            happened(row, 60)
        self.contact, self.colleague = contact_for(self.commitment), contact_for(self.commitment)
        for ago, document in zip(ENTERED, PROGRESS, strict=True):
            self.enter(*document, now=timezone.now() - timedelta(days=ago))
        edited(self.of_all, RENAMED, text=text.replace("Framework", "Handbook"))

    def enter(self, month, as_of, *words, now):
        """The first word from a document is signed off by a colleague; those after need nobody."""
        signers = (self.colleague, self.contact)
        for milestone, word, signer in zip(
            (self.of_all, self.of_researchers), words, signers, strict=True
        ):
            source = services.SourceDocument(
                title=f"Participation commitment: progress to {month}",
                url=f"{PLACE}/progress-to-{month.lower().replace(' ', '-')}/",
                words_as_published=word,
                as_of_as_published=month,
            )
            content = services.UpdateContent(
                nations=[nation("sct")],
                level="",
                schedule=reading_of(word).schedule,
                as_of=as_of,
                narrative="",
                source=source,
            )
            update = services.record_update(
                milestone, content, institution=self.lead, by=self.contact, now=now
            )
            services.submit_update(update, by=self.contact, now=now)
            if signer != self.contact:
                with pytest.raises(services.UpdateRefused):
                    services.publish_update(update, by=self.contact, now=now)
            services.publish_update(update, by=signer, now=now)


story = once(Story)


def rows_of(client, table):
    answer = client.get(f"/data/{table}.json")
    return [row for row in json.loads(answer.getvalue()) if row["commitment_id"] == "GBSC0005"]


def grid_on(page):
    """The two rows of the grid: the milestone, and what stands in its cell for Scotland."""
    rows = page.section("milestones").first("tbody").all("tr")
    return [(row.first("th").text(), row.first("td", "part").text()) for row in rows]


def test_reader_finds_governments_words_and_no_level_that_nobody_gave(client, story):
    page = page_of(client, story.commitment)
    (of_all, behind), (_of_researchers, on_schedule) = grid_on(page)

    assert "Participation Handbook training" in of_all
    assert "“In progress, behind schedule”" in behind
    assert "Behind schedule" in behind
    assert "“On schedule.”" in on_schedule
    assert "December 2024" in behind
    assert "Published by government" in page.first("main").text()
    for milestone in (story.of_all, story.of_researchers):
        main = page_of(client, milestone).first("main")
        assert "Level not given" in main.text()
        for level in ("not-started", "limited", "substantial", "completed"):
            assert not main.all(css=f"level--{level}"), level
        assert "our reading" not in main.text().casefold()


def test_reader_finds_every_document_with_its_words_and_its_address(client, story):
    log = page_of(client, story.of_all).section("updates").first("ol", "log").inside_of("li")

    assert len(log) == 5
    for entry, (month, _as_of, words, _other) in zip(log, reversed(PROGRESS), strict=True):
        assert entry.first("p", "when").text() == month
        assert f"“{words}”" in entry.text()
        assert entry.all("a", href=f"{PLACE}/progress-to-{month.lower().replace(' ', '-')}/")


def test_reader_finds_the_documents_and_the_revised_text_among_the_changes(client, story):
    changes = read(client, f"{story.commitment.get_absolute_url()}changes/").first("main").text()

    assert changes.count("“In progress, behind schedule") == 2
    assert changes.count("“On schedule.”") == 2
    assert "Framework" in changes
    assert "Handbook" in changes


def test_researcher_finds_words_schedule_and_whose_word_it_is_in_the_tables(client, story):
    names = ("government_level", "level_basis", "schedule", "provenance")
    progress = {row["milestone_number"]: row for row in rows_of(client, "nation_progress")}
    updates = rows_of(client, "updates")

    behind, on_schedule = progress[1], progress[2]
    told = "published_elsewhere"
    assert [behind[name] for name in names] == ["", "", "behind_schedule", told]
    assert [on_schedule[name] for name in names] == ["", "", "on_schedule", told]
    assert behind["words_as_published"] == "In progress, behind schedule"
    assert behind["as_of"] == "2024-12-31"
    assert len(updates) == 10
    assert {row["government_level"] for row in updates} == {""}
    assert sorted(row["schedule"] for row in updates) == [
        *[""] * 6,
        *["behind_schedule"] * 2,
        *["on_schedule"] * 2,
    ]
    assert {row["words_as_published"] for row in updates} == {
        word for document in PROGRESS for word in document[2:]
    }
    assert len({row["source_url"] for row in updates}) == 5


def test_feed_reader_is_told_the_words(client, story):
    feed = feedparser.parse(client.get("/commitments/GBSC0005/feed/").content)

    said = [entry.content[0].value for entry in feed.entries]
    assert sum("In progress, behind schedule" in one for one in said) == 2
    assert sum("On schedule." in one for one in said) == 2
    assert any("as of June 2024: Scotland" in one for one in said)
    assert not any("Completed" in one or "our reading" in one for one in said)


def test_reader_of_a_date_between_two_documents_finds_what_was_known_then(client, story):
    address, on = story.commitment.get_absolute_url(), f"?as_at={days_ago(BETWEEN)}"
    (of_all, said), (_of_researchers, beside) = grid_on(read(client, address + on))
    (before, _said), _ = grid_on(read(client, f"{address}?as_at={days_ago(RENAMED + 1)}"))

    assert "Participation Handbook training" in of_all
    assert "Participation Framework training" in before
    for cell in (said, beside):
        assert "“In progress”" in cell
        assert "December 2023" in cell
        assert "schedule" not in cell
