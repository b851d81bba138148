"""One address is checked: what it answers, what bounds it, and where it never goes."""

import socket
import ssl
import time
from datetime import timedelta
from email.utils import format_datetime
from unittest import mock

import pytest
from django.utils import timezone

from milestones.links import requests
from milestones.links.addresses import is_public
from milestones.links.requests import Limits, check_address
from tests.milestones.web_server import WebServer, make_certificate


@pytest.fixture
def server():
    with WebServer() as server:
        yield server


def words(server, path, **given):
    return check_address(server.url(path), server.limits(**given)).words


# Answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "said", "alive"),
    [
        ("/ok", "200 OK", True),
        ("/status/204", "204 No Content", True),
        ("/status/404", "404 Not Found", False),
        ("/status/403", "403 Forbidden", False),
        ("/status/500", "500 Internal Server Error", False),
        ("/status/599", "599", False),
        ("/nowhere", "302 Found", False),
        ("/only_get", "200 OK", True),
        ("/hangs_up_on_head", "200 OK", True),
        ("/hangs_up", "The answer could not be understood", False),
        ("/nonsense", "The answer could not be understood", False),
        ("/endless_headers", "The answer could not be understood", False),
        ("/loop", "More than 5 redirects", False),
        ("/to/_ok", "200 OK", True),
        ("/to/_status_404", "404 Not Found", False),
    ],
)
def test_answer_is_kept_in_plain_words(server, path, said, alive):
    answer = check_address(server.url(path), server.limits())

    assert (answer.words, answer.is_alive) == (said, alive)


def test_head_is_asked_first_and_the_whole_only_where_that_is_refused(server):
    words(server, "/ok")
    words(server, "/only_get")

    assert server.asked == [("HEAD", "/ok"), ("HEAD", "/only_get"), ("GET", "/only_get")]


def test_check_says_who_asks_and_sends_nothing_that_is_not_needed(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    words(server, "/ok", user_agent="OpenGovernmentTracker (checks links; +https://a.example)")

    (_command, _path, headers) = server.http.asked[0]
    assert headers == {
        "Host": f"localhost:{server.port}",
        "User-Agent": "OpenGovernmentTracker (checks links; +https://a.example)",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def test_fragment_and_strange_letters_are_sent_as_they_should_be(server):
    words(server, "/a b/ŵ%20?q=1#page=3")

    assert server.asked == [("HEAD", "/a%20b/%C5%B5%20?q=1")]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("in a while", 90),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("soon", 0),
        ("", 0),
        ("-5", 0),
    ],
)
def test_time_to_wait_is_understood_in_every_form(server, header, seconds):
    if header == "in a while":
        header = format_datetime(timezone.now() + timedelta(seconds=seconds))
    reply = requests.ResponseHead(status=503, location="", retry_after=header)

    with mock.patch("milestones.links.requests.ask", return_value=reply):
        answer = check_address(server.url("/"), server.limits())

    assert answer.wait == pytest.approx(seconds, abs=10)


# Bounds -----------------------------------------------------------------------------------------


def test_slow_host_is_given_up_in_time(server):
    started = time.monotonic()

    assert words(server, "/silent", seconds=0.5) == "No answer within 0 seconds"
    assert time.monotonic() - started < 2


def test_host_that_answers_a_letter_at_a_time_is_given_up_in_time(server):
    started = time.monotonic()

    assert words(server, "/drips", seconds_in_all=1) == "No complete answer within 1 seconds"
    assert time.monotonic() - started < 3
    assert server.http.was_cut_off.wait(5)


def test_body_without_end_is_not_read(server):
    assert words(server, "/huge") == "200 OK"
    assert server.http.was_cut_off.wait(5)
    # What the two sockets hold between them, and no more.
    assert server.http.sent < 10 * 1024**2


# Where it never goes ----------------------------------------------------------------------------

IN_PRIVATE = "The address leads into a private network"
PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    *("::ffff:0:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1"),
    *("100:0:0:1::1", "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "3fff::1"),
    *("5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
    *("2606:4700::1%eth0", "localhost", ""),
]


@pytest.mark.parametrize("place", PRIVATE)
def test_place_that_not_everybody_can_reach_is_private(place):
    assert not is_public(place)


@pytest.mark.parametrize("place", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "2a00:1450:4009::1"])
def test_place_on_the_open_network_is_public(place):
    assert is_public(place)


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "0", "[::]"],
)
def test_own_machine_is_never_asked_whatever_it_is_called(server, host):
    answer = check_address(server.url("/ok", host), Limits(ports={server.port}))

    assert answer.words == IN_PRIVATE
    assert not answer.has_answered
    assert server.asked == []


def test_redirect_into_a_private_network_is_not_followed(server):
    with WebServer() as inside:
        server.http.abroad = inside.url("/secret", "127.0.0.2")
        limits = server.limits(ports={server.port, inside.port})

        answer = check_address(server.url("/abroad"), limits)

        assert answer.words == IN_PRIVATE
        assert server.asked == [("HEAD", "/abroad")]
        assert inside.asked == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://localhost:22/", "Not checked: only ports 80 and 443 are asked"),
        ("https://localhost:8443/", "Not checked: only ports 80 and 443 are asked"),
        ("http://name:secret@localhost/", "Not checked: there is a name or a password in it"),
        ("http://@localhost/", "Not checked: there is a name or a password in it"),
        ("ftp://localhost/", "The address is not valid"),
        ("file:///etc/passwd", "The address is not valid"),
        ("http://localhost:99999/", "The address is not valid"),
        ("http://[::1/", "The address is not valid"),
        ("http://" + "a" * 64 + ".example/", "The name could not be found"),
        ("http://a..example/", "The name could not be found"),
    ],
)
@pytest.mark.parametrize("way", ["itself", "redirect"])
def test_address_that_is_not_for_a_browser_is_not_asked(server, address, said, way):
    limits = server.limits(ports={80, 443, server.port})
    server.http.abroad = address

    answer = check_address(server.url("/abroad") if way == "redirect" else address, limits)

    assert answer.words == said
    assert len(server.asked) == (1 if way == "redirect" else 0)


def looked_up(*places):
    """Answer each question for a name with the next of these lists of places."""
    answers = iter(places)

    def getaddrinfo(host, port, *args, **kwargs):
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (place, port)) for place in next(answers)]

    return mock.patch.object(socket, "getaddrinfo", getaddrinfo)


def test_name_that_changes_its_place_after_it_was_judged_leads_nowhere_else(server):
    # A second question for the name would be answered with a place inside.
    with looked_up(["127.0.0.1"], ["127.0.0.9"]):
        limits = server.limits(may_ask=lambda place: place == "127.0.0.1")
        answer = check_address(f"http://changing.example:{server.port}/ok", limits)

        assert answer.words == "200 OK"
        assert server.http.asked[0][2]["Host"] == f"changing.example:{server.port}"
        # It was asked for once only: the second answer is still to come.
        assert socket.getaddrinfo("changing.example", 80)[0][-1] == ("127.0.0.9", 80)


@pytest.mark.parametrize(
    ("path", "places", "may_ask", "said"),
    [
        ("/only_get", [["127.0.0.1"], ["127.0.0.9"]], {"127.0.0.1"}, IN_PRIVATE),
        ("/ok", [["127.0.0.1", "127.0.0.9"]], {"127.0.0.1"}, IN_PRIVATE),
        ("/ok", [["127.0.0.9", "127.0.0.1"]], {"127.0.0.1", "127.0.0.9"}, "200 OK"),
    ],
    ids=["judged anew for each request", "one of two is private", "nobody is at home in the first"],
)
def test_each_place_of_a_name_is_judged_before_it_is_asked(server, path, places, may_ask, said):
    with looked_up(*places):
        limits = server.limits(may_ask=may_ask.__contains__)
        answer = check_address(f"http://both.example:{server.port}{path}", limits)

    assert answer.words == said
    assert ("GET", path) not in server.asked


def test_nobody_at_home_is_said_in_words(server):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        answer = check_address(f"http://127.0.0.1:{port}/", server.limits(ports={port}))

    assert answer.words == "The connection was refused"
    assert not answer.has_answered


def test_name_that_nobody_knows_is_said_in_words(server):
    with mock.patch.object(socket, "getaddrinfo", side_effect=socket.gaierror(-2, "unknown")):
        assert words(server, "/ok") == "The name could not be found"


# Certificates -----------------------------------------------------------------------------------


def test_certificate_that_nobody_vouches_for_is_not_valid(tmp_path):
    with WebServer(make_certificate(tmp_path)) as server:
        assert words(server, "/ok") == "Certificate not valid"
        assert server.asked == []


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "200 OK"), ({"expired": True}, "Certificate not valid"), ({"name": "other.example"}, "")],
)
def test_certificate_is_compared_with_the_name_and_not_with_the_place(tmp_path, given, said):
    certificate = make_certificate(tmp_path, **given)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with WebServer(certificate) as server:
        assert words(server, "/ok", certificates=trusting) == (said or "Certificate not valid")


def test_host_that_does_not_speak_securely_is_said_in_words(server):
    answer = check_address(server.url("/ok").replace("http:", "https:"), server.limits())

    assert answer.words in {"No secure connection", "The connection broke"}


def test_handshake_that_never_ends_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        limits = Limits(seconds=30, seconds_in_all=1, may_ask=lambda place: True, ports={port})
        started = time.monotonic()
        answer = check_address(f"https://127.0.0.1:{port}/", limits)

    assert answer.words == "No complete answer within 1 seconds"
    assert time.monotonic() - started < 5
