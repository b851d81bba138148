"""One address may ask so many times a minute, whoever answers it, and is then told to wait."""

import subprocess
import sys
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ogp_tracker.api import limits
from ogp_tracker.api.counts import PLACES, Counts
from ogp_tracker.environment import read
from tests.api_pages import API
from tests.factories import nation
from tests.process import ROOT

MINUTE = 60.0
NOW = 1_800_000_000.0
ANNA, BO = b"anna....", b"bo......"


@pytest.fixture
def counts(tmp_path):
    return Counts(tmp_path / "counts")


@pytest.fixture
def three_a_minute(settings, tmp_path, db):
    settings.API_REQUESTS_PER_MINUTE = 3
    settings.API_COUNTS_FILE = tmp_path / "counts"


def asks(client, times=1, **given):
    return [client.get(f"{API}nations/", **given).status_code for _ in range(times)]


def test_request_beyond_the_limit_is_told_when_to_try_again(client, three_a_minute):
    assert asks(client, 3) == [200] * 3

    answer = client.get(f"{API}nations/")

    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert 18 <= int(answer["Retry-After"]) <= 20
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


def test_no_limit_is_kept_where_it_is_switched_off(client, three_a_minute, settings):
    settings.API_REQUESTS_PER_MINUTE = 0

    assert asks(client, 5) == [200] * 5


def test_site_has_a_limit_unless_told_otherwise():
    assert read("API_REQUESTS_PER_MINUTE") == 300


def test_who_waits_goes_on_at_the_allowed_rate(counts):
    assert [counts.take(ANNA, 60, NOW) for _ in range(60)] == [0] * 60
    assert counts.take(ANNA, 60, NOW) == pytest.approx(1)
    assert counts.take(ANNA, 60, NOW + 0.4) == pytest.approx(0.6)
    assert counts.take(ANNA, 60, NOW + 1) == 0
    assert counts.take(ANNA, 60, NOW + 1) > 0
    assert [counts.take(ANNA, 60, NOW + 1 + MINUTE) for _ in range(60)] == [0] * 60


def test_clock_that_was_put_back_locks_nobody_out(counts):
    for _ in range(60):
        counts.take(ANNA, 60, NOW + 10**6)

    assert [counts.take(ANNA, 60, NOW) for _ in range(60)] == [0] * 60
    assert counts.take(ANNA, 60, NOW) > 0


def test_addresses_that_fall_on_one_place_do_not_wait_for_each_other(counts):
    same_place = [(number * PLACES).to_bytes(8, "big") for number in range(1, 8)]
    for who in same_place:
        assert [counts.take(who, 3, NOW) for _ in range(3)] == [0] * 3

    assert all(counts.take(who, 3, NOW) > 0 for who in same_place)


def test_address_is_not_in_the_file(client, three_a_minute, settings):
    asks(client, REMOTE_ADDR="192.0.2.77")

    content = settings.API_COUNTS_FILE.read_bytes()
    assert limits.number_of("192.0.2.77") in content
    assert b"192.0.2.77" not in content
    assert settings.API_COUNTS_FILE.stat().st_mode & 0o777 == 0o600


def test_site_that_may_not_write_the_file_counts_by_itself(tmp_path):
    (tmp_path / "file").touch()
    counts = Counts(tmp_path / "file" / "counts")

    assert [counts.take(ANNA, 1, NOW) > 0 for _ in range(2)] == [False, True]
    assert counts.take(BO, 1, NOW) == 0


COUNT = """
import sys
from pathlib import Path
from ogp_tracker.api.counts import Counts
counts = Counts(Path(sys.argv[1]))
print(sum(not counts.take(b"anna....", 500, float(sys.argv[2])) for _ in range(300)))
"""


@pytest.mark.slow
def test_processes_that_count_at_the_same_time_lose_no_request(tmp_path):
    now = str(time.time())
    command = [sys.executable, "-c", COUNT, str(tmp_path / "counts"), now]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]

    passed = [int(process.communicate()[0]) for process in running]

    assert sum(passed) == 500, passed
