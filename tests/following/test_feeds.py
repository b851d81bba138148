"""Feeds tell what the pages of changes tell, under the same names; calendars hold each due date."""

from datetime import date, timedelta

import feedparser
import pytest
from django.db import connection
from django.db.models import F
from icalendar import Calendar

from commitments.models import Commitment
from milestones import services
from ogp_tracker.following import calendars, feeds
from ogp_tracker.following.targets import SITE, Target
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    days_ago,
    lead_of,
    make_correction,
    make_update,
    move_due_date,
    nation,
    officer_of,
)
from tests.pages import queries_of, read

pytestmark = pytest.mark.django_db

HOSTILE = 'Ends with ]]> and &amp; <script>alert("1")</script> \x0b\x1f\ufffe, Ysgrifennydd Gŵyl 🎉'


def reported(milestone, **given):
    officer = officer_of(milestone.commitment.involvements.get().institution, last_name="Zqperson")
    return make_update(milestone, "limited", by=officer, nations=["sct"], **given)


def parsed(client, address, **headers):
    """Return the feed as a feed reader has it; it must find no fault."""
    answer = client.get(address, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, feeds.MEDIA_TYPE)
    found = feedparser.parse(answer.content)
    assert not found.bozo, found.bozo_exception
    return found


def test_feed_reader_learns_what_happened_where_and_on_whose_behalf(client, milestone):
    first = reported(milestone)
    make_correction(first, "substantial", by=first.recorded_by, correction_reason="A slip.")

    found = parsed(client, "/commitments/UK5001/feed/")

    entry = found.entries[0]
    assert entry.title == "Progress update corrected: UK5001 A register, Milestone 1"
    assert "Scotland: from Limited, behind schedule (as at " in entry.content[0].value
    assert "Reason: A slip." in entry.content[0].value
    assert entry.author == "Office of Openness"
    assert entry.link.startswith("http://localhost/commitments/UK5001/milestones/1/#")
    assert "Zqperson" not in str(found)
    links = {(link.rel, link.href) for link in found.feed.links}
    assert ("self", "http://localhost/commitments/UK5001/feed/") in links
    assert ("alternate", "http://localhost/commitments/UK5001/changes/") in links


def test_feed_reader_meets_each_change_under_the_name_that_it_had_before(client, milestone):
    reported(milestone)
    before = parsed(client, "/feed/")

    Commitment.objects.update(title="Called otherwise", slug="UK5002", ogp_id="UK5002")
    after = parsed(client, "/commitments/UK5002/feed/")

    assert {entry.id for entry in after.entries} == {entry.id for entry in before.entries}
    assert "Called otherwise" in after.entries[0].title
    assert all(entry.id.startswith("tag:localhost,2026:change:") for entry in after.entries)


def test_feed_of_hostile_words_is_valid_and_runs_no_script(client, milestone):
    Commitment.history.update(history_date=F("history_date") - timedelta(hours=1))
    milestone.commitment.title = HOSTILE
    milestone.commitment.save()
    move_due_date(milestone, to=days_ago(-9), reason=HOSTILE)

    found = parsed(client, "/feed/")

    assert {"Due date moved", "Text edited"} <= {one.title.split(":")[0] for one in found.entries}
    assert "<script" not in str([entry.content for entry in found.entries])
    raw = client.get("/feed/").content.decode()
    assert raw.count("&amp;lt;script&amp;gt;") == 2
    assert "Gŵyl 🎉" in raw


@pytest.mark.parametrize(
    "address", ["/commitments/UK5001/feed/", "/commitments/UK5001/calendar.ics"]
)
def test_reader_who_has_it_already_gets_nothing_new_at_the_price_of_two_queries(
    client, milestone, django_assert_max_num_queries, address
):
    answer = client.get(address)
    with django_assert_max_num_queries(2):
        again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    reported(milestone)
    # PostgreSQL moves the version of the data when the transaction ends.
    connection.check_constraints()
    changed = client.get(address, headers={"If-None-Match": answer["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert (changed.status_code, answer["Cache-Control"]) == (200, "public, no-cache")
    assert "Last-Modified" in answer
    assert not answer.cookies


def test_reader_who_looks_for_the_feed_below_all_changes_is_led_to_it(client):
    assert client.get("/changes/feed/")["Location"] == "/feed/"


def test_feed_asks_no_more_for_many_changes_than_for_a_few_and_holds_so_many(
    client, milestone, monkeypatch
):
    monkeypatch.setattr(feeds, "ENTRIES", 4)
    commitment = milestone.commitment
    by = reported(milestone).recorded_by
    AssessmentFactory(commitment=commitment)
    few = {address: queries_of(client, address) for address in ("/feed/", "/nations/sct/feed/")}
    for _number in range(3):
        make_update(MilestoneFactory(commitment=commitment), "limited", by=by, nations=["sct"])

    assert {address: queries_of(client, address) for address in few} == few
    assert max(few.values()) <= 15
    assert len(parsed(client, SITE.feed).entries) == 4


def test_reader_finds_feed_calendar_and_email_on_every_page_that_can_be_followed(client, milestone):
    commitment = milestone.commitment
    rows = [commitment, milestone, commitment.plan, nation("sct")]
    rows.append(commitment.involvements.get().institution)

    for target in (SITE, *map(Target, rows)):
        page = read(client, target.page)
        links = [link.attrs.get("href", "") for link in page.first("main").all("a")]
        assert {target.feed, target.calendar} <= {*links}
        (by_email,) = {link for link in links if link.startswith("/follow/")}
        in_head = page.first("link", rel="alternate", type="application/atom+xml")
        assert in_head.attrs["href"] == target.feed
        options = read(client, by_email).first("select").all("option")
        chosen = [one.attrs["value"] for one in options if "selected" in one.attrs]
        assert chosen == [target.spelt]


# Calendars


ADDRESS = "/commitments/UK5001/calendar.ics"


@pytest.fixture
def commitment():
    lead = InstitutionFactory(name="Office of Openness", nation=nation("sct"))
    return CommitmentFactory(ogp_id="UK5001", title="A register", lead=lead)


@pytest.fixture
def milestone(commitment):
    return MilestoneFactory(commitment=commitment, due_on=date(2026, 6, 30), text="Publish it")


def events(client, address=ADDRESS):
    """Return the events of a calendar by their UID; every line of it keeps to the standard."""
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, calendars.MEDIA_TYPE)
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert b"\n" not in answer.content.replace(b"\r\n", b"")
    return {str(event["UID"]): event for event in Calendar.from_ical(answer.content).events}


def test_moved_day_moves_the_event_that_a_calendar_already_has(client, milestone):
    ((uid, before),) = events(client).items()
    move_due_date(milestone, date(2026, 12, 31), "The regulator asked for time.")
    Commitment.objects.update(title="Called otherwise")

    ((same, after),) = events(client).items()

    assert same == uid == f"milestone-{milestone.pk}@localhost"
    assert (before.start, after.start) == (date(2026, 6, 30), date(2026, 12, 31))
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.LAST_MODIFIED >= before.LAST_MODIFIED
    assert (
        "Due date moved from 30 June 2026 to 31 December 2026. Reason: The reg"
        in after["DESCRIPTION"]
    )


def test_event_says_what_is_due_for_the_whole_day_and_where_to_read_on(client, milestone):
    (event,) = events(client).values()

    assert event["SUMMARY"] == "Due: UK5001, Milestone 1: Publish it"
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["URL"] == "http://localhost/commitments/UK5001/milestones/1/"
    assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")
    assert client.get(ADDRESS).content == client.get(ADDRESS).content


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Spring 2019 - Summer 2021", "TENTATIVE"),
        ("August 2021", "TENTATIVE"),
        ("31st August, 2021", "CONFIRMED"),
        ("", "CONFIRMED"),
    ],
)
def test_day_that_the_plan_does_not_name_is_the_last_possible_one_and_says_so(
    client, commitment, words, status
):
    MilestoneFactory(commitment=commitment, due_on=date(2021, 8, 31), due_as_published=words)

    (event,) = events(client).values()

    assert event["STATUS"] == status
    assert ("the last date that these words allow" in event["DESCRIPTION"]) == (
        status == "TENTATIVE"
    )
    assert words in event["DESCRIPTION"]


def test_hostile_words_stay_within_their_line(client, commitment):
    words = 'Due; soon,\\ "so"\r\nEND:VEVENT\nATTACH:http://evil.example/\x0b 🎉' + "é" * 200
    MilestoneFactory(commitment=commitment, due_on=date(2026, 6, 30), text=words)

    (event,) = events(client).values()

    assert "ATTACH" not in event
    assert 'Due; soon,\\ "so" END:VEVENT ATTACH:http' in event["DESCRIPTION"]
    assert "é" * 200 in event["DESCRIPTION"]


def test_milestones_without_a_day_are_left_out_and_counted(client, milestone):
    MilestoneFactory.create_batch(2, commitment=milestone.commitment, due_on=None)
    hidden = CommitmentFactory(ogp_id="UK5009", published_on=None)
    MilestoneFactory(commitment=hidden, due_on=date(2026, 6, 30))

    assert len(events(client, "/calendar.ics")) == 1
    assert "2 milestones are left out" in client.get(ADDRESS).content.decode()


def test_calendar_without_a_day_is_still_one(client, commitment):
    """RFC 5545, 3.6: one component at least."""
    assert events(client) == {}
    calendar = Calendar.from_ical(client.get(ADDRESS).content)

    assert [component.name for component in calendar.subcomponents] == ["VTIMEZONE"]
    assert calendar.errors == []


def test_calendar_of_a_nation_or_institution_holds_what_is_theirs(client, milestone):
    other = MilestoneFactory(
        commitment=CommitmentFactory(nations=["sct", "wls"]), due_on=date(2026, 1, 1)
    )
    services.set_applicability(other, nation("wls"), applies=False, reason="Not devolved")

    def keys(address):
        return {int(uid.split("-")[1].split("@")[0]) for uid in events(client, address)}

    assert other.pk in keys("/nations/sct/calendar.ics")
    assert other.pk not in keys("/nations/wls/calendar.ics")
    lead = lead_of(milestone.commitment)
    assert keys(f"/institutions/{lead.slug}/calendar.ics") == {milestone.pk}
    assert keys(f"{other.get_absolute_url()}calendar.ics") == {other.pk}
