"""A program that keeps a copy asks whether it is still good, and is answered without the data."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date, parse_http_date

from commitments.models import Commitment
from ogp_tracker.opendata import version
from ogp_tracker.opendata.models import PublicVersion
from tests.api_pages import API, LISTS
from tests.factories import CommitmentFactory, MilestoneFactory, days_ago, make_update

pytestmark = pytest.mark.django_db

ADDRESS = f"{API}commitments/"


def long_ago():
    PublicVersion.objects.update(moved_at=datetime(2026, 1, 1, tzinfo=UTC))


def ask_again(client, answer, address=ADDRESS, **headers):
    return client.get(address, headers={"if-none-match": answer["ETag"], **headers})


@pytest.mark.parametrize("address", ["", *LISTS, "schema/"])
def test_copy_that_is_still_good_is_said_to_be_with_one_question_to_the_database(client, address):
    address = f"{API}{address}"
    first = client.get(address)

    with CaptureQueriesContext(connection) as queries:
        again = ask_again(client, first, address)

    assert (again.status_code, again.content) == (304, b"")
    assert len(queries) == 1
    for header in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
        assert again[header] == first[header], header


def test_anybody_may_keep_a_copy_and_has_to_ask(client):
    answer = client.get(ADDRESS)

    assert answer["Cache-Control"] == "public, no-cache"
    assert {part.strip().lower() for part in answer["Vary"].split(",")} == {"accept", "origin"}
    assert answer["ETag"].startswith('W/"')


@pytest.mark.django_db(transaction=True)
def test_copy_ends_with_any_write_whatever_its_door(client):
    commitment = CommitmentFactory()
    first = client.get(ADDRESS)

    Commitment.objects.filter(pk=commitment.pk).update(title="Another title")
    again = ask_again(client, first)

    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]
    assert "Another title" in again.text


@pytest.mark.parametrize("other", ["?page_size=5", "?sort=id", "?page_size=6"])
def test_copy_of_one_address_is_none_of_another(client, other):
    first = client.get(ADDRESS)

    assert ask_again(client, first, f"{ADDRESS}{other}").status_code == 200


def test_copy_in_one_format_is_none_of_another(client):
    address = f"{API}schema/"
    first = client.get(address)

    assert ask_again(client, first, address, accept="application/yaml").status_code == 200


def test_copy_ends_at_midnight_because_the_clock_speaks_too(client, monkeypatch):
    make_update(MilestoneFactory(due_on=days_ago(0)), "limited")
    long_ago()
    address = f"{API}milestones/"
    first = client.get(address)
    dated = {"if-modified-since": first["Last-Modified"]}
    assert client.get(address, headers=dated).status_code == 304

    tomorrow = days_ago(-1)
    monkeypatch.setattr("ogp_tracker.opendata.freshness.timezone.localdate", lambda: tomorrow)
    again = ask_again(client, first, address)

    assert first.json()["results"][0]["overdue"] is False
    assert again.status_code == 200
    assert again.json()["results"][0]["overdue"] is True


def test_last_change_is_that_of_the_data_or_the_last_midnight(client):
    long_ago()

    told = parse_http_date(client.get(ADDRESS)["Last-Modified"])

    midnight = datetime.fromtimestamp(told, tz=UTC).astimezone()
    assert datetime.now(UTC) - midnight < timedelta(days=1, hours=1)


def test_copy_of_the_second_of_the_last_change_is_dated_before_it(client):
    """A second change in the same second would otherwise have the same date."""
    version.move()
    first = client.get(ADDRESS)

    assert parse_http_date(first["Last-Modified"]) < int(datetime.now(UTC).timestamp())


def test_copy_older_than_the_last_change_is_no_longer_good(client):
    dated = {"if-modified-since": http_date(0)}

    assert client.get(ADDRESS, headers=dated).status_code == 200


def test_star_stands_for_any_copy_of_what_there_is(client):
    star = {"if-none-match": "*"}

    assert client.get(ADDRESS, headers=star).status_code == 304
    assert client.get(f"{ADDRESS}UK7777/", headers=star).status_code == 404


@pytest.mark.parametrize("header", ["if-none-match", "if-modified-since"])
@pytest.mark.parametrize("value", ["", "nonsense", '"', 'W/"x', "Sat, 99 Xyz 2026 99:99:99 GMT"])
def test_header_that_cannot_be_read_is_taken_for_none(client, header, value):
    assert client.get(ADDRESS, headers={header: value}).status_code == 200


def test_head_answers_with_the_same_marks(client):
    got, head = client.get(ADDRESS), client.head(ADDRESS)

    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == got["ETag"]
