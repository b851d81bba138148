"""What a reader finds of evidence: the file with its checksum, and whether a link still works."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from milestones.facts import EvidenceFacts
from milestones.models import Evidence
from tests.evidence_samples import kept, office, pdf
from tests.factories import make_update
from tests.pages import page_of

pytestmark = pytest.mark.django_db

CHECKED = datetime(2026, 6, 4, 12, tzinfo=timezone.get_default_timezone())
ALIVE = CHECKED - timedelta(days=32)
ARCHIVE = "https://web.archive.org/minutes"
ORIGINAL = "https://www.gov.scot/minutes"


def shown(client, piece=None, **checked):
    piece = piece or EvidenceFacts(title="Minutes", url=ORIGINAL, archived_url=ARCHIVE)
    update = make_update(level="completed", evidence=[piece])
    Evidence.objects.update(**checked)
    entry = page_of(client, update.milestone).section("updates").first("li", id=update.anchor)
    return entry.first("ul").first("li")


def links(line):
    return [(link.text(), link.attrs["href"]) for link in line.all("a")]


def test_reader_finds_a_file_with_its_kind_size_and_checksum(client):
    line = shown(client, EvidenceFacts(title="Minutes", file=kept(pdf()), locator="page 3"))

    piece = Evidence.objects.get()
    assert line.text().startswith("Minutes, page 3 PDF, 66 bytes Checksum")
    assert links(line) == [("Minutes", piece.file_address)]
    assert line.first("details").first("code").text() == piece.sha256
    assert line.all(css="link-state") == []


def test_reader_finds_an_address_and_the_copy_of_it_that_is_kept_here(client):
    file = kept(office(), "minutes.docx")
    line = shown(client, EvidenceFacts(title="Minutes", url=ORIGINAL, file=file))

    assert links(line) == [
        ("Minutes", ORIGINAL),
        ("Copy kept here", Evidence.objects.get().file_address),
    ]
    assert "Copy kept here: Word document," in line.text()


def test_link_that_nobody_checked_yet_is_no_fault(client):
    line = shown(client)

    assert line.text() == "Minutes (archived copy) Link not checked yet."
    assert links(line) == [("Minutes", ORIGINAL), ("archived copy", ARCHIVE)]


def test_reader_learns_when_a_link_was_last_seen_working(client):
    line = shown(client, last_checked_at=CHECKED, last_alive_at=CHECKED, last_answer="200 OK")

    assert line.text() == "Minutes (archived copy) Link last seen working on 4 Jun 2026."


def test_reader_of_a_dead_link_is_offered_the_archived_copy_first(client):
    dead = {"last_checked_at": CHECKED, "last_alive_at": ALIVE, "last_answer": "404 Not Found"}
    line = shown(client, **dead)

    assert links(line) == [("Minutes", ARCHIVE), ("original address", ORIGINAL)]
    assert line.text() == (
        "Minutes (archived copy), original address Did not work when checked on 4 Jun 2026: 404"
        " Not Found. Last seen working on 3 May 2026."
    )


def test_dead_link_without_a_copy_is_still_a_link(client):
    line = shown(
        client,
        EvidenceFacts(title="Minutes", url=ORIGINAL),
        last_checked_at=CHECKED,
        last_answer="No answer within 10 seconds",
    )

    assert links(line) == [("Minutes", ORIGINAL)]
    assert line.text() == (
        "Minutes Did not work when checked on 4 Jun 2026: No answer within 10 seconds."
    )


@pytest.mark.parametrize(
    "answer", ["403 Forbidden", "Not checked: only ports 80 and 443 are asked"]
)
def test_link_that_could_not_be_checked_is_not_called_dead(client, answer):
    line = shown(client, last_checked_at=CHECKED, last_alive_at=ALIVE, last_answer=answer)

    assert links(line)[0] == ("Minutes", ORIGINAL)
    assert line.text() == (
        "Minutes (archived copy) Our automatic check of 4 Jun 2026 could not tell whether this"
        f" link works ({answer}). Last seen working on 3 May 2026."
    )
