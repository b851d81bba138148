"""What the page cache keeps, for how long, and what readers and caches in front are told of it."""

import gzip
import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.kept_pages import PretendSite, Reader

PAGE = "/about/"


@pytest.fixture
def site(monkeypatch):
    return PretendSite(monkeypatch)


@pytest.fixture
def reader(site):
    return Reader(site)


def test_page_is_kept_until_the_public_data_change(reader, site):
    first = reader.get(PAGE)
    assert not first.is_kept
    again = reader.get(PAGE)
    assert again.is_kept
    assert (again.status, again.headers, again.content) == (
        first.status,
        first.headers,
        first.content,
    )

    site.now, site.words = "another", "new words"

    assert reader.get(PAGE).text == "new words"
    assert reader.get(PAGE).is_kept


def test_no_process_gives_out_a_page_that_another_has_seen_change(site):
    one, other = Reader(site), Reader(site)
    assert not one.get(PAGE).is_kept
    assert not other.get(PAGE).is_kept

    site.now, site.words = "another", "new words"

    assert one.get(PAGE).text == other.get(PAGE).text == "new words"


def test_page_is_made_anew_when_a_date_begins_at_the_site(reader, monkeypatch):
    def at(*time):
        moment = datetime(*time, tzinfo=ZoneInfo("Europe/London"))
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return reader.get(PAGE)

    assert not at(2026, 6, 30, 0, 0, 0).is_kept
    assert at(2026, 6, 30, 23, 59, 59).is_kept
    assert not at(2026, 7, 1, 0, 0, 0).is_kept


def test_reader_who_has_the_page_is_told_so_until_its_words_change(reader, site):
    etag = reader.get(PAGE).headers["ETag"]
    site.now = "moved, and the words are the same"

    for mine in (etag, f'"other", {etag}', "*"):
        known = reader.get(PAGE, HTTP_IF_NONE_MATCH=mine)
        assert (known.status, known.content) == ("304 Not Modified", b"")
        assert known.headers["ETag"] == etag
        assert known.headers["Cache-Control"] == reader.get(PAGE).headers["Cache-Control"]
        assert not {"Content-Length", "Content-Type"} & known.headers.keys()

    site.now, site.words = "again", "new words"
    assert reader.get(PAGE, HTTP_IF_NONE_MATCH=etag).status == "200 OK"


def test_reader_gets_the_form_that_her_browser_accepts(reader):
    whole = reader.get(PAGE)
    small = reader.get(PAGE, HTTP_ACCEPT_ENCODING="br, gzip")
    refused = reader.get(PAGE, HTTP_ACCEPT_ENCODING="gzip;q=0, identity")

    assert gzip.decompress(small.content) == whole.content == refused.content
    assert small.headers["Content-Encoding"] == "gzip"
    for one in (whole, small):
        assert one.headers["Content-Length"] == str(len(one.content))
        assert one.headers["Vary"] == "Accept-Encoding"
        assert one.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_who_asks_for_the_head_only_gets_the_headers_of_the_page(reader):
    head = reader.get(PAGE, method="HEAD")

    page = reader.get(PAGE)
    assert page.is_kept
    assert (head.headers, head.content) == (page.headers, b"")


@pytest.mark.parametrize(
    "answered",
    [
        {"cookie": "hers"},
        {"headers": {"Vary": "Cookie"}},
        {"headers": {"Vary": "Accept-Language"}},
        {"headers": {"Vary": "Origin, Cookie"}},
        {"headers": {"Cache-Control": "private"}},
        {"headers": {"Cache-Control": "no-store"}},
        {"status": 404},
    ],
)
def test_answer_for_one_reader_is_not_kept_for_others(reader, site, answered):
    vars(site).update(answered)

    for _time in range(2):
        one = reader.get(PAGE)
        assert not one.is_kept
        assert "public" not in one.headers.get("Cache-Control", "")


@pytest.mark.parametrize(
    "given",
    [
        {"method": "POST"},
        {"HTTP_ORIGIN": "https://elsewhere.example"},
        {"secure": True},
    ],
)
def test_other_question_is_not_answered_with_the_page(reader, given):
    reader.get(PAGE)

    assert not reader.get(PAGE, **given).is_kept


def test_scheme_that_a_trusted_proxy_names_keeps_pages_apart(reader, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    reader.get(PAGE, HTTP_X_FORWARDED_PROTO="https")

    assert reader.get(PAGE, HTTP_X_FORWARDED_PROTO="https").is_kept
    assert not reader.get(PAGE, HTTP_X_FORWARDED_PROTO="http").is_kept


def test_invented_addresses_push_out_no_page(reader):
    reader.get(PAGE)
    for number in range(1100):
        reader.get(f"/search/?q={number}")
    reader.get(f"/search/?q={'x' * 1000}")

    assert reader.get(PAGE).is_kept
    assert reader.get("/search/?q=1099").is_kept
    assert not reader.get("/search/?q=0").is_kept
    assert not reader.get(f"/search/?q={'x' * 1000}").is_kept


def test_only_one_of_many_makes_the_page_anew(reader, site):
    reader.get(PAGE)
    site.now, answers = "another", []
    is_made, go_on = threading.Event(), threading.Event()

    def slowly():
        is_made.set()
        go_on.wait(10)

    site.while_made = slowly
    readers = [
        threading.Thread(target=lambda: answers.append(reader.get(PAGE))) for _reader in range(5)
    ]
    for one in readers:
        one.start()
    is_made.wait(10)
    go_on.set()
    for one in readers:
        one.join(10)

    assert len(answers) == 5
    assert len(reader.asked) == 2
