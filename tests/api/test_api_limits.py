"""One address may ask a process so many times a minute, and is then told to wait."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ogp_tracker.environment import read
from tests.api_pages import API
from tests.factories import nation


@pytest.fixture
def three_a_minute(settings, db):
    settings.API_REQUESTS_PER_MINUTE = 3
    caches["api_limits"].clear()


def asks(client, times=1, **given):
    return [client.get(f"{API}nations/", **given).status_code for _ in range(times)]


def test_request_beyond_the_limit_is_told_when_to_try_again(client, three_a_minute):
    assert asks(client, 3) == [200] * 3

    answer = client.get(f"{API}nations/")

    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert 50 <= int(answer["Retry-After"]) <= 60
    assert answer.json()["title"] == "Too many requests"
    assert "Try again in" in answer.json()["detail"]


def test_every_address_has_its_own_limit(client, three_a_minute):
    asks(client, 3, REMOTE_ADDR="192.0.2.1")

    assert asks(client, REMOTE_ADDR="192.0.2.1") == [429]
    assert asks(client, REMOTE_ADDR="192.0.2.2") == [200]


def test_all_addresses_of_an_ipv6_network_count_together(client, three_a_minute):
    answers = [asks(client, REMOTE_ADDR=f"2001:db8:1:2::{number}")[0] for number in range(4)]

    assert answers == [200] * 3 + [429]
    assert asks(client, REMOTE_ADDR="2001:db8:1:3::1") == [200]


def test_requests_behind_a_proxy_count_for_who_connects_to_it(client, three_a_minute, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def ask_from(address, number):
        # What stands before the last comma is what a stranger may have invented.
        return asks(client, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, {address}")[0]

    assert [ask_from("192.0.2.1", number) for number in range(4)] == [200] * 3 + [429]
    assert ask_from("192.0.2.2", 9) == 200


@pytest.mark.parametrize("given", [{"REMOTE_ADDR": ""}, {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}])
def test_proxy_other_than_the_settings_say_is_no_fault(client, three_a_minute, settings, given):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2

    assert asks(client, 4, **given) == [200] * 3 + [429]


def test_question_whether_a_copy_is_good_counts_too(client, three_a_minute):
    etag = client.get(f"{API}nations/")["ETag"]

    assert asks(client, 3, headers={"if-none-match": etag}) == [304, 304, 429]


def test_pages_are_never_limited(client, three_a_minute):
    asks(client, 4)

    assert client.get("/nations/").status_code == 200
    assert client.get(f"{API}docs/").status_code == 200


def test_nothing_is_written_to_the_database(client, three_a_minute):
    nation("sct")

    with CaptureQueriesContext(connection) as queries:
        asks(client)

    assert [query["sql"][:6] for query in queries] == ["SELECT"] * 3


def test_site_has_a_limit_unless_told_otherwise():
    assert read("API_REQUESTS_PER_MINUTE") == 300


def test_addresses_are_not_kept(client, three_a_minute):
    asks(client, REMOTE_ADDR="192.0.2.77")

    (key,) = caches["api_limits"]._cache
    assert "192.0.2" not in key
