"""Calendars hold each due date once, as long as it is one, and move it when it moves."""

from datetime import date

import pytest
from icalendar import Calendar

from commitments.models import Commitment
from milestones import services
from ogp_tracker.following import calendars
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    lead_of,
    move_due_date,
    nation,
)

pytestmark = pytest.mark.django_db

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
    assert "Moved from 30 Jun 2026 to 31 Dec 2026. Reason: The reg" in after["DESCRIPTION"]


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
    assert ("the last day they allow" in event["DESCRIPTION"]) == (status == "TENTATIVE")
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


def test_calendar_reader_who_has_it_already_gets_nothing_new_at_the_price_of_two_queries(
    client, milestone, django_assert_max_num_queries
):
    etag = client.get(ADDRESS)["ETag"]

    with django_assert_max_num_queries(2):
        assert client.get(ADDRESS, headers={"If-None-Match": etag}).status_code == 304
