"""While the database does not answer, readers get what is kept, marked as such, or are told so."""

import logging
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from commitments.models import Institution
from milestones import views
from ogp_tracker.common import outage
from ogp_tracker.opendata import version
from ogp_tracker.sitemaps import SITEMAPS
from tests.admin_pages import sent_from
from tests.factories import AccountFactory, MilestoneFactory
from tests.kept_pages import Reader, database_away

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LIST = "/institutions/"
BANNER = "This page may be out of date"
STALE = 'tracker; hit; detail="the database does not answer"'


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def clock(monkeypatch):
    start = datetime(2026, 6, 30, 14, 5, tzinfo=ZoneInfo("Europe/London"))

    def set_to(minutes):
        monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=minutes))

    set_to(0)
    return set_to


def is_marked(answer):
    marks = (BANNER in answer.text, answer.headers.get("Cache-Status") == STALE)
    assert len(set(marks)) == 1
    return marks[0]


def test_reader_gets_the_kept_page_with_the_time_until_which_it_was_current(reader, clock):
    reader.get(LIST)
    clock(10)
    kept = reader.get(LIST)
    clock(15)

    with database_away():
        stale = reader.get(LIST, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH="*")
        head = reader.get(LIST, method="HEAD")

    assert (stale.status, stale.is_kept, is_marked(stale)) == ("200 OK", True, True)
    assert "It shows what was published by 14:15 on 30 June 2026" in stale.text
    assert stale.headers["Cache-Control"] == "no-store"
    assert "ETag" not in stale.headers
    assert (head.headers, head.content) == (stale.headers, b"")
    banner = re.compile(rf'<aside class="past" aria-label="{BANNER}".*?</aside>', re.DOTALL)
    assert banner.sub("", stale.text).split() == kept.text.split()
    policy = "Content-Security-Policy"
    assert stale.headers[policy] == kept.headers[policy]


def test_reader_gets_it_for_an_hour_and_then_hears_when_to_try_again(reader, clock):
    reader.get(LIST)

    with database_away():
        clock(60)
        assert is_marked(reader.get(LIST))
        clock(61)
        answer = reader.get(LIST)

    assert answer.status == "503 Service Unavailable"
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in answer.headers
    assert "Try again in half a minute" in answer.text


def test_page_that_was_current_within_the_hour_is_given_out_though_it_is_older(reader, clock):
    reader.get(LIST)
    reader.get("/nations/")
    clock(500)
    reader.get(LIST)
    clock(550)

    with database_away():
        assert is_marked(reader.get("/nations/"))


def test_page_that_is_known_to_be_overtaken_is_given_out_no_longer_than_an_hour(reader, clock):
    reader.get(LIST)
    clock(30)
    version.move()
    reader.get("/nations/")

    with database_away():
        clock(60)
        assert "published by 14:05" in reader.get(LIST).text
        clock(61)
        assert reader.get(LIST).status.startswith("503")
        assert is_marked(reader.get("/nations/"))


def test_reader_gets_the_page_as_ever_once_the_database_is_back(reader):
    with database_away():
        assert reader.get(LIST).status.startswith("503")
        assert reader.get("/nations/").status.startswith("503")
    Institution.objects.create(slug="new", name="An institution made since")

    answer = reader.get(LIST)
    assert "An institution made since" in answer.text
    assert not is_marked(answer)
    assert reader.get(LIST).is_kept


def test_page_that_needs_no_database_is_answered_and_not_kept(reader):
    with database_away():
        for _time in range(2):
            answer = reader.get("/privacy/")
            assert (answer.status, answer.is_kept) == ("200 OK", False)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_database_that_goes_away_while_a_page_is_made_is_no_fault_of_the_site(
    reader, monkeypatch, error
):
    page = MilestoneFactory().get_absolute_url()

    def gone(*_given):
        raise error("gone")

    with monkeypatch.context() as patched:
        patched.setattr(views, "render", gone)
        assert reader.get(page).status.startswith("503")
        assert reader.get(f"{page}?as_at={timezone.localdate()}").status.startswith("503")
        patched.undo()
        reader.get(page)
        version.move()
        patched.setattr(views, "render", gone)
        assert is_marked(reader.get(page))

    assert not is_marked(reader.get(page))


def test_other_fault_is_called_one(reader, monkeypatch):
    def wrong(*_given):
        raise ValueError("ours")

    monkeypatch.setattr(views, "render", wrong)

    answer = reader.get(MilestoneFactory().get_absolute_url())
    assert answer.status.startswith("500")
    assert "This is our fault" in answer.text


def test_every_kept_page_is_marked_and_other_kinds_of_file_by_the_header_only(reader, without_zeal):
    pages = [reverse(name) for name in set(SITEMAPS["pages"].items()) - {"api_docs"}]
    pages.append(MilestoneFactory().get_absolute_url())
    for page in pages:
        reader.get(page)
    sitemap = reader.get("/sitemap.xml")

    with database_away():
        for page in pages:
            assert is_marked(reader.get(page)), page
        stale = reader.get("/sitemap.xml")
    assert (stale.headers["Cache-Status"], stale.content) == (STALE, sitemap.content)


def test_database_is_not_asked_for_what_is_never_kept(reader):
    with database_away():
        assert reader.get("/robots.txt").status == "200 OK"
        assert reader.get("/not-there/").status == "404 Not Found"
        assert connection.cursor.call_count == 0


# Forms and programs -----------------------------------------------------------------------------

TEXT = "\r\nTwo workshops <b>were</b> held.</textarea>"


@pytest.fixture
def sender(client):
    client.force_login(AccountFactory())
    client.raise_request_exception = False
    return client


def test_form_of_this_site_comes_back_to_be_sent_again_but_for_secrets_and_files(sender):
    typed = {"csrfmiddlewaretoken": ["t0ken"], "name": [TEXT], "code": ["wales"], "to": ["1", "2"]}
    sent = typed | {"password1": "s3cret", "file": SimpleUploadedFile("<b>.pdf", b"%PDF-1.7")}
    address, here = "/admin/commitments/institution/add/?kind=group", "http://testserver"

    with database_away():
        page = sender.post(address, sent, HTTP_ORIGIN=here)
        again = sender.post(address, sent_from(page), HTTP_ORIGIN=here)
        signing_in = sender.post("/accounts/2fa/authenticate/", {"code": "1234"}, HTTP_ORIGIN=here)
        foreign = sender.post(address, {"name": "evil"}, HTTP_ORIGIN="https://evil.example")

    assert (page.status_code, page["Retry-After"]) == (503, "30")
    held = {"held": ["1"], "held-files": ["<b>.pdf"]}
    assert sent_from(page) == sent_from(again) == typed | held
    assert f'action="{address}"' in page.text
    assert "workshops &lt;b&gt;were&lt;/b&gt; held.&lt;/textarea&gt;</blockquote>" in page.text
    assert "Passwords and codes are not kept" in page.text
    assert "<li>&lt;b&gt;.pdf</li>" in again.text
    assert (signing_in.status_code, "1234" in signing_in.text) == (503, False)
    assert (foreign.status_code, "evil" in foreign.text) == (503, False)
    assert "s3cret" not in page.text


def test_program_gets_a_problem_that_says_when_to_try_again(sender):
    with database_away():
        answer = sender.get("/api/v1/commitments/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"].endswith("#database-unavailable")


def test_log_says_once_that_it_is_away_and_once_that_it_is_back(sender, caplog, monkeypatch):
    monkeypatch.setattr(outage.outage, "is_on", False)
    caplog.set_level(logging.WARNING)
    with database_away():
        for address in ("/admin/", "/healthz", "/api/v1/plans/", LIST) * 2:
            assert sender.get(address).status_code == 503, address
    for _time in range(2):
        sender.get("/healthz")

    away, back = [record.getMessage() for record in caplog.records]
    assert away == "The database does not answer, first noticed at /admin/: gone"
    assert back.startswith("The database answers again, after")


def test_outage_that_nothing_ended_is_told_again_after_a_while(caplog, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(outage.time, "monotonic", lambda: now[0])
    one = outage.Outage()
    for seconds in (0, 200, 200, 301):
        now[0] += seconds
        one.notice(OperationalError("gone"), "/")

    assert len(caplog.records) == 2
