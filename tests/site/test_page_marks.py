"""Wherever a level stands its mark or words stand too, and nobody is said to report who has not."""

import csv
import io
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client, TestCase
from django.urls import resolve

from ogp_tracker.opendata.tables import TABLES
from ogp_tracker.pages import PAGE
from ogp_tracker.urls import BELOW
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    days_ago,
    make_document,
    make_update,
)
from tests.pages import Element, Page, crawl
from tests.world import load_rows_of_the_first_list

pytestmark = pytest.mark.slow

LEVELS = {"not_started", "limited", "substantial", "completed"}
CLASSES = {f"level--{level.replace('_', '-')}" for level in LEVELS}
OURS = "our reading"
# Words of levels that no assessor's code has: “Complete” and “Not Started” are codes.
LEVEL_WORDS = re.compile(r"\b(?:Completed|Not started)\b")
SAYS_SO = re.compile(
    r"(?<!no )\b(?:governments? (?:has |have )?(?:reports?|reported|says?|said|published)|"
    r"(?:reported|published) by government|government['’]s (?:latest|last|report))\b",
    re.IGNORECASE,
)
# What this site cannot know, or would say of somebody whom nobody has asked.
UNKNOWN_AS_KNOWN = re.compile(
    r"Nothing is late|not completed there|No evidence given|without a report in six months|"
    r"Reporting Mechanism (?:has not|leads)|not fully delivered"
)
# What words mean, and what tables and filters hold, whatever is in them today.
EXPLAINED = ("/about/", "/data/", "/api/", "/search/")


class TestWorldOfWhichOnlyTheIrmTells(TestCase):
    """All levels are our reading of an assessor's report: no government has reported."""

    @classmethod
    def setUpTestData(cls):
        # Progress by government's own documents is left out.
        load_rows_of_the_first_list(
            but=lambda row: row.get("provenance", "assessor_report") != "assessor_report"
        )
        told = make_document("A report", source_provenance="assessor_report", words_basis="read")
        commitment = CommitmentFactory(nations=["sct", "wls"], ogp_id="UK9001")
        overdue = MilestoneFactory(commitment=commitment, due_on=days_ago(3))
        for target, level in ((overdue, "limited"), (commitment, "substantial")):
            make_update(target, level, source=told, evidence=[])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = Client()
        past = f"/commitments/UK0096/?as_at={days_ago(0)}"
        start = ["/", "/search/?q=workshops", past]
        cls.pages = crawl(client, start, follow=lambda address: "?" not in address)
        paths = {urlsplit(address).path for address in cls.pages}
        others = {f"/data/{table.name}.{ending}" for table in TABLES for ending in ("csv", "json")}
        for path in paths:
            page = PAGE.get(resolve(path).url_name)
            for what, addresses in BELOW.items() if page else ():
                if what in page.has:
                    others |= {path + ending for ending, _name, _view in addresses}
        cls.texts = {}
        for address in sorted(others - paths):
            response = client.get(address)
            assert response.status_code == 200, address
            if not address.endswith(".png"):
                cls.texts[address] = response.getvalue().decode()
            if address.endswith("/embed/"):
                cls.pages[address] = Page(address, cls.texts.pop(address))

    def test_reader_finds_with_every_level_on_a_page_that_it_is_our_reading(self):
        found = {address: [*unmarked(page)] for address, page in self.pages.items()}

        assert len(found) > 100
        assert {address: said for address, said in found.items() if said} == {}
        assert any(page.all(css="ours") for page in self.pages.values())

    def test_reader_finds_it_in_every_feed_card_file_and_description(self):
        metas = [meta for page in self.pages.values() for meta in page.all("meta")]
        pieces = [meta.attrs.get("content", "") for meta in metas]
        for address, text in self.texts.items():
            pieces += re.split("<entry>|BEGIN:VEVENT", text) if "/data/" not in address else []
        said = [piece for piece in pieces if LEVEL_WORDS.search(piece)]

        assert len(said) > 10
        assert [piece for piece in said if OURS not in piece.lower()] == []

    def test_researcher_finds_it_in_every_row_of_every_table(self):
        rows = [(table.name, row) for table in TABLES for row in self.rows(table.name)]
        levels = [
            (table, name, row)
            for table, row in rows
            for name, value in row.items()
            if value in LEVELS and name.startswith(("level", "overall"))
        ]

        assert {table for table, _name, _row in levels} >= {"updates", "milestones", "findings"}
        assert [one for one in levels if not is_read(*one[1:])] == []
        assert {row.get("provenance") for _table, row in rows} == {None, "", "assessor_report"}
        compared = {row["comparison"] for row in self.rows("disagreements")}
        assert compared == {"only_assessor", "nobody"}

    def test_nobody_is_told_that_government_reports_what_only_the_irm_tells(self):
        texts = {address: page.text() for address, page in self.pages.items()} | self.texts
        shown = {at: text for at, text in texts.items() if not at.startswith(EXPLAINED)}

        said = {address: SAYS_SO.search(text) for address, text in shown.items()}
        assert {address: found for address, found in said.items() if found} == {}

    def test_nobody_is_told_as_known_what_this_site_cannot_know(self):
        texts = {address: page.text() for address, page in self.pages.items()}
        late = {at: text for at, text in texts.items() if "Nothing is overdue" in text}

        said = {address: UNKNOWN_AS_KNOWN.search(text) for address, text in texts.items()}
        assert {address: found for address, found in said.items() if found} == {}
        # One plan is running, and the only due date in it has passed.
        assert late == {}

    def rows(self, table):
        text = self.texts[f"/data/{table}.csv"].removeprefix("\ufeff")
        return csv.DictReader(io.StringIO(text))


@pytest.mark.django_db
def test_empty_site_says_of_nothing_that_it_is_on_time_late_or_missing(client):
    pages = crawl(client, ["/"], follow=lambda address: "?" not in address)
    shown = {at: page.text() for at, page in pages.items() if not at.startswith(EXPLAINED)}

    assert len(shown) > 10
    known = re.compile(rf"Nothing is overdue|has not reported|Not met|{UNKNOWN_AS_KNOWN.pattern}")
    said = {address: known.search(text) for address, text in shown.items()}
    assert {address: found for address, found in said.items() if found} == {}
    assert "cannot tell whether anything is overdue" in shown["/"]


def unmarked(element, above=()):
    for part in element.inside:
        if not isinstance(part, Element):
            continue
        if CLASSES & {*part.classes} and part.tag == "span" and not part.all(css="ours"):
            # Nor is the assessor's code a level of progress.
            others = {"definitions", "what-words-give", "voice--assessor"}
            is_key = any(others & {*one.classes} for one in above)
            # Of levels that are counted it is said beside the list.
            lists = [at for at, one in enumerate(above) if "counts" in one.classes]
            if not is_key and not (lists and OURS in above[lists[0] - 1].text()):
                yield part.text()
        yield from unmarked(part, (*above, part))


def is_read(name, row):
    if name == "overall":
        return row["overall_is_read"] == "true"
    return "read" in row[name.replace("level", "level_basis")]
