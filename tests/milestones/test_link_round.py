"""Many addresses are checked a few at a time, and each host is asked politely."""

import threading
import time
from collections import Counter
from contextlib import contextmanager
from unittest import mock

import pytest

from milestones.links import round as round_of_checks
from milestones.links.addresses import LinkAnswer
from milestones.links.requests import Limits
from milestones.links.round import AT_ONCE, Disconnected, check_all, trusted
from tests.milestones.web_server import WebServer

FINE = LinkAnswer("200 OK", is_alive=True, has_answered=True)
SILENT = LinkAnswer("The name could not be found")


@contextmanager
def checked_by(check):
    with mock.patch.object(round_of_checks, "check_address", check):
        yield


def addresses(hosts, each):
    return [f"https://{host}.example/{number}" for number in range(each) for host in range(hosts)]


def test_every_address_gets_its_answer_once():
    with checked_by(lambda address, limits, turn: FINE):
        found = list(check_all(addresses(7, 5), Limits(), pause=0))

    assert Counter(address for address, _answer in found) == Counter(addresses(7, 5))
    assert list(check_all([], Limits())) == []


def test_few_hosts_are_asked_at_once_and_none_twice_at_a_time():
    now, most = Counter(), Counter()
    lock = threading.Lock()

    def check(address, limits, turn):
        host = address.split("/")[2]
        with turn(host):
            with lock:
                now["all"] += 1
                now[host] += 1
                most.update({key: max(0, now[key] - most[key]) for key in ("all", host)})
            time.sleep(0.01)
            with lock:
                now["all"] -= 1
                now[host] -= 1
        return FINE

    with checked_by(check):
        list(check_all(addresses(9, 4), Limits(), pause=0))

    assert most.pop("all") == AT_ONCE
    assert set(most.values()) == {1}


def test_host_to_which_others_redirect_is_spared_as_well():
    times = []

    def check(address, limits, turn):
        with turn("common.example"):
            times.append(time.monotonic())
        return FINE

    with checked_by(check):
        list(check_all(addresses(4, 1), Limits(), pause=0.2))

    gaps = [after - before for before, after in zip(sorted(times), sorted(times)[1:], strict=False)]
    assert len(gaps) == 3
    assert all(gap >= 0.19 for gap in gaps)


def test_host_that_asks_for_a_short_wait_is_asked_again_after_it():
    with WebServer() as server:
        started = time.monotonic()
        ((_address, answer),) = check_all([server.url("/wait/1")], server.limits(), pause=0)

        assert answer == FINE
        assert time.monotonic() - started >= 1
        assert len(server.asked) == 2


def test_host_that_asks_for_a_long_wait_is_left_alone_until_the_next_run():
    with WebServer() as server:
        paths = ["/ok", "/wait/3600", "/later", "/last"]
        found = list(check_all(map(server.url, paths), server.limits(), pause=0))

        assert [answer.words for _address, answer in found] == ["200 OK", "429 Too Many Requests"]
        assert [path for _command, path in server.asked] == ["/ok", "/wait/3600"]


def test_strange_address_does_not_keep_others_from_being_checked(caplog):
    def check(address, limits, turn):
        if address.endswith("/1"):
            raise RuntimeError("a fault of ours")
        return FINE

    with checked_by(check):
        found = dict(check_all(addresses(1, 3), Limits(), pause=0))

    assert found["https://0.example/1"].words == "Not checked: the check itself failed"
    assert found["https://0.example/2"] == FINE
    assert "a fault of ours" in caplog.text


def test_address_without_a_host_is_answered_too():
    found = dict(check_all(["http://[::1/", "https://"], Limits(), pause=0))

    assert {answer.words for answer in found.values()} == {"The address is not valid"}


def test_who_stops_listening_stops_the_round():
    asked = []

    def check(address, limits, turn):
        with turn("one.example"):
            asked.append(address)
        return FINE

    with checked_by(check):
        found = check_all([f"https://one.example/{n}" for n in range(50)], Limits(), pause=0.05)
        next(found)
        found.close()

    number = len(asked)
    assert number < 5
    time.sleep(0.2)
    assert len(asked) == number


# Whether this machine is connected --------------------------------------------------------------


def answers(*given):
    return [(f"https://{number}.example/", answer) for number, answer in enumerate(given)]


@pytest.mark.parametrize("order", [(SILENT, SILENT, FINE), (FINE, SILENT, SILENT)])
def test_silence_counts_once_anybody_has_answered(order):
    assert list(trusted(answers(*order))) == answers(*order)


def test_silence_of_all_hosts_says_more_of_this_machine_than_of_them():
    kept = []

    with pytest.raises(Disconnected):
        kept.extend(trusted(answers(SILENT, SILENT, SILENT)))

    assert kept == []


def test_silence_of_one_or_two_hosts_is_theirs():
    many_of_one = [("https://a.example/1", SILENT), ("https://a.example/2", SILENT)]

    assert list(trusted(answers(SILENT, SILENT))) == answers(SILENT, SILENT)
    assert list(trusted(many_of_one * 2)) == many_of_one * 2
