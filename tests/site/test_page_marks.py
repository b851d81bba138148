"""Wherever a level stands its mark or words stand too, and nobody is said to report who has not."""

import csv
import io
import re
from urllib.parse import urlsplit

import pytest
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
from tests.world import load_real_rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

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
# What words mean, and what tables and filters hold, whatever is in them today.
EXPLAINED = ("/about/", "/data/", "/api/", "/search/")
TODAY = days_ago(0)


def answers(client):
    """Return every public page, and yield what is below it or to take away, by address."""
    step = "/commitments/UK0096/"
    pages = crawl(client, ["/", "/search/?q=workshops", f"{step}?as_at={TODAY}"])
    paths = {urlsplit(address).path for address in pages}
    others = {f"/data/{table.name}.{ending}" for table in TABLES for ending in ("csv", "json")}
    for path in paths:
        page = PAGE.get(resolve(path).url_name)
        for what, addresses in BELOW.items() if page else ():
            if what in page.has:
                others |= {f"{path}{ending}" for ending, _name, _view in addresses}
    texts = {}
    for address in sorted(others - paths):
        response = client.get(address)
        assert response.status_code == 200, address
        if not address.endswith(".png"):
            texts[address] = response.getvalue().decode()
    frames = {at: Page(at, text) for at, text in texts.items() if at.endswith("/embed/")}
    return pages | frames, {at: text for at, text in texts.items() if at not in frames}


def unmarked(element, above=()):
    """Yield the marks of levels that do not say that they are our reading."""
    for part in element.inside:
        if not isinstance(part, Element):
            continue
        if CLASSES & {*part.classes} and part.tag == "span" and not part.all(css="ours"):
            is_key = any({"definitions", "what-words-give"} & {*one.classes} for one in above)
            # Of levels that are counted it is said beside the list.
            lists = [at for at, one in enumerate(above) if "counts" in one.classes]
            if not is_key and not (lists and OURS in above[lists[0] - 1].text()):
                yield part.text()
        yield from unmarked(part, (*above, part))


def rows_of(text):
    return csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))


def is_marked(row, name):
    if name.startswith("overall"):
        return row["overall_is_read"] == "true"
    if name.startswith("level") and "basis" not in name:
        nation = re.sub(r"^level_?(least|most)?", "", name)
        return "read" in row["level_basis" + (f"_{nation}" if nation else "")]
    return True


def test_reader_finds_with_every_level_that_it_is_our_reading(client):
    load_real_rows()
    source = make_document("Self-assessment", level_basis="read")
    commitment = CommitmentFactory(nations=["sct", "wls"], ogp_id="UK9001")
    overdue = MilestoneFactory(commitment=commitment, due_on=days_ago(3))
    for target, level in ((overdue, "limited"), (commitment, "substantial")):
        make_update(target, level, source=source, evidence=[])

    pages, texts = answers(client)

    assert len(pages) > 100
    found = {address: [*unmarked(page)] for address, page in pages.items()}
    assert {address: said for address, said in found.items() if said} == {}
    assert any(page.all(css="ours") for page in pages.values())
    for address, text in texts.items():
        if address.endswith(".csv"):
            unsaid = [
                (name, row)
                for row in rows_of(text)
                for name, value in row.items()
                if value in LEVELS and not is_marked(row, name)
            ]
            assert unsaid == [], address
        elif not address.startswith("/data/"):
            for piece in re.split("<entry>|BEGIN:VEVENT", text):
                assert not LEVEL_WORDS.search(piece) or OURS in piece.lower(), (address, piece)
    for page in pages.values():
        for meta in page.all("meta"):
            said = meta.attrs.get("content", "")
            assert not LEVEL_WORDS.search(said) or OURS in said.lower(), (page.address, said)


def test_reader_is_nowhere_told_that_government_reports_what_only_the_irm_tells(client):
    load_real_rows()

    pages, texts = answers(client)

    for address, page in pages.items():
        if not address.startswith(EXPLAINED):
            said = " ".join(
                [page.text(), *(meta.attrs.get("content", "") for meta in page.all("meta"))]
            )
            assert not SAYS_SO.search(said), (address, SAYS_SO.search(said))
    for address, text in texts.items():
        if not address.startswith(EXPLAINED):
            assert not SAYS_SO.search(text), (address, SAYS_SO.search(text))
    assert [*rows_of(texts["/data/updates.csv"])]
    for table in ("nation_progress", "milestones", "updates", "disagreements"):
        said = {row["provenance"] for row in rows_of(texts[f"/data/{table}.csv"])}
        assert said <= {"", "assessor_report"}, table
    told = {row["comparison"] for row in rows_of(texts["/data/disagreements.csv"])}
    assert told == {"only_assessor"}
