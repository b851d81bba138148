"""Files of evidence are handed out to be saved; pages say what they are and which links work."""

import hashlib
import logging
from datetime import datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from commitments.models import Commitment
from milestones.facts import EvidenceFacts
from milestones.models import Evidence
from tests.evidence_samples import GOOD, kept, office, pdf
from tests.factories import (
    AccountFactory,
    InstitutionFactory,
    lead_of,
    make_update,
    nation,
    officer_of,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

CONTENT = pdf(b"What was done.")


def evidence_with(name="report.pdf", *, publish=True, content=CONTENT, **given):
    piece = EvidenceFacts(title="Report", file=kept(content, name), **given)
    return make_update(level="completed", evidence=[piece], publish=publish).evidence.get()


def officer_for(piece):
    return officer_of(lead_of(piece.update.milestone.commitment))


def of_admin(piece):
    return reverse("admin:milestones_evidence_file", args=[piece.pk])


def test_reader_saves_the_file_of_a_published_report(client):
    piece = evidence_with()

    answer = client.get(piece.file_address)

    assert piece.file_address == f"/evidence/{piece.uid}/report.pdf"
    assert answer.status_code == 200
    assert answer.getvalue() == CONTENT
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert answer.headers["ETag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'


@pytest.mark.parametrize("way", ["public", "admin", "not modified", "HEAD"])
def test_file_can_do_nothing_on_this_site(client, way):
    piece = evidence_with()
    if way == "admin":
        client.force_login(officer_for(piece))
    address = of_admin(piece) if way == "admin" else piece.file_address
    headers = {"If-None-Match": f'"{piece.sha256}"'} if way == "not modified" else {}

    answer = (client.head if way == "HEAD" else client.get)(address, headers=headers)

    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert way == "admin" or not answer.cookies


@pytest.mark.parametrize("key", sorted(GOOD))
def test_file_of_each_kind_has_its_own_media_type_whatever_its_name_was(client, key):
    piece = evidence_with("page.html" if key != "csv" else "table.csv", content=GOOD[key])

    answer = client.get(piece.file_address)

    assert answer.headers["Content-Type"] == piece.media_type
    assert "html" not in answer.headers["Content-Type"]
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_reader_who_has_the_file_is_told_that_it_is_unchanged(client):
    piece = evidence_with()

    again = client.get(piece.file_address, headers={"If-None-Match": f'"{piece.sha256}"'})
    other = client.get(piece.file_address, headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "no-cache"
    assert other.status_code == 200
    other.close()


def test_reader_asks_for_the_head_only_and_gets_no_words(client):
    piece = evidence_with()

    answer = client.head(piece.file_address)

    assert answer.content == b""
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert client.post(piece.file_address).status_code == 405


def test_strange_name_reaches_the_reader_whole(client):
    piece = evidence_with('Ŵy "1"; a=b\r\n/../報告 100%.pdf')

    answer = client.get(piece.file_address)

    assert piece.file_name == "報告 100_.pdf"
    assert answer.status_code == 200
    answer.close()
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E5%A0%B1%E5%91%8A%20100_.pdf"
    )


def test_address_with_another_name_leads_to_the_right_one(client):
    piece = evidence_with()

    answer = client.get(f"/evidence/{piece.uid}/page.html")

    assert (answer.status_code, answer.headers["Location"]) == (301, piece.file_address)


def test_reader_gets_nothing_of_a_draft_until_it_is_published(client):
    draft = evidence_with(publish=False)
    hidden = evidence_with()
    Commitment.objects.filter(pk=hidden.update.milestone.commitment_id).update(published_on=None)

    for piece in (draft, hidden):
        for name in (piece.file_name, "other.pdf"):
            assert client.get(f"/evidence/{piece.uid}/{name}").status_code == 404

    Commitment.objects.update(published_on=timezone.localdate())
    assert client.get(hidden.file_address).status_code == 200


def test_evidence_without_a_file_and_evidence_that_does_not_exist_have_no_file(client):
    piece = make_update(level="completed").evidence.get()
    client.force_login(officer_for(piece))

    assert client.get(f"/evidence/{piece.uid}/x.pdf").status_code == 404
    for key in (piece.pk, 0, "x"):
        assert client.get(f"/admin/milestones/evidence/{key}/file/").status_code == 404


def test_file_that_is_missing_on_the_disk_is_not_found_and_the_log_says_which(client, caplog):
    piece = evidence_with()
    default_storage.delete(piece.file.name)

    with caplog.at_level(logging.ERROR, "milestones"):
        assert client.get(piece.file_address).status_code == 404

    assert piece.file.name in caplog.text


def test_officer_who_sees_a_draft_gets_its_file(client):
    piece = evidence_with(publish=False)
    client.force_login(piece.update.recorded_by)

    answer = client.get(of_admin(piece))

    assert answer.getvalue() == CONTENT
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]


def test_who_does_not_speak_for_its_institution_gets_nothing_of_a_draft(client):
    piece = evidence_with(publish=False)
    elsewhere = officer_of(InstitutionFactory(nation=nation("wls")))

    for account, status in ((elsewhere, 404), (AccountFactory(superuser=True), 403)):
        client.force_login(account)
        assert client.get(of_admin(piece)).status_code == status


def test_stranger_is_asked_to_sign_in_and_learns_nothing_of_a_draft(client):
    piece = evidence_with(publish=False)

    known, unknown = client.get(of_admin(piece)), client.get("/admin/milestones/evidence/0/file/")

    assert known.status_code == unknown.status_code == 302
    assert "/login/" in known.headers["Location"]


# What a page says of evidence


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

    assert line.text() == "Minutes (archived copy) Link last seen working on 4 June 2026."


def test_reader_of_a_dead_link_is_offered_the_archived_copy_first(client):
    dead = {"last_checked_at": CHECKED, "last_alive_at": ALIVE, "last_answer": "404 Not Found"}
    line = shown(client, **dead)

    assert links(line) == [("Minutes", ARCHIVE), ("original address", ORIGINAL)]
    assert line.text() == (
        "Minutes (archived copy), original address Did not work when checked on 4 June 2026: 404"
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
        "Minutes Did not work when checked on 4 June 2026: No answer within 10 seconds."
    )


@pytest.mark.parametrize(
    "answer", ["403 Forbidden", "Not checked: only ports 80 and 443 are asked"]
)
def test_link_that_could_not_be_checked_is_not_called_dead(client, answer):
    line = shown(client, last_checked_at=CHECKED, last_alive_at=ALIVE, last_answer=answer)

    assert links(line)[0] == ("Minutes", ORIGINAL)
    assert line.text() == (
        "Minutes (archived copy) Our automatic check of 4 June 2026 could not tell whether this"
        f" link works ({answer}). Last seen working on 3 May 2026."
    )
