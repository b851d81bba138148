"""A foreign host or port is refused first of all, and all addresses are those of SITE_URL."""

import pytest
from django.db import connection

from tests.factories import AccountFactory
from tests.kept_pages import database_away
from tests.signing_in import ask_for_a_link

pytestmark = pytest.mark.django_db

SITE = "https://tracker.example.org"


@pytest.fixture(autouse=True)
def public_site(settings):
    settings.SITE_URL, settings.LOCAL = SITE, False
    settings.ALLOWED_HOSTS = ["tracker.example.org", "www.tracker.example.org", "::1"]


STRANGE = ["evil.example", "[::1]:1", "a b", "", "www.tracker.example.org:8000"]
STRANGE += [f"tracker.example.org:{port}" for port in (80, 1234, 99999)]


@pytest.mark.parametrize("host", STRANGE)
def test_stranger_is_refused_before_anything_else_in_one_line_of_the_log(client, caplog, host):
    with database_away():
        answer = client.get("/", headers={"host": host})
        assert connection.cursor.call_count == 0

    assert (answer.status_code, answer.text) == (400, f"This site is at {SITE}")
    assert answer["Cache-Control"] == "no-store"
    (line,) = caplog.records
    assert (line.levelname, line.exc_info) == ("WARNING", None)
    assert line.getMessage().startswith("Refused a request for “")


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "evil.example", "a b"])
def test_load_balancer_asks_by_any_host(client, host):
    assert client.get("/healthz", headers={"host": host}).text == "ok\n"


@pytest.mark.parametrize("host", ["www.tracker.example.org", "tracker.example.org:443"])
@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-pages.xml", "/changes/feed/", "/"])
def test_reader_by_another_name_of_the_site_gets_the_one_address(client, host, address):
    text = client.get(address, headers={"host": host}, follow=True).text

    assert SITE in text
    assert host not in text


def test_link_for_a_new_password_is_that_of_the_site(client, mailoutbox):
    AccountFactory(email="rhona@example.org")

    ask_for_a_link(client, "rhona@example.org", headers={"host": "www.tracker.example.org"})

    assert f"\n{SITE}/accounts/password/reset/key/" in mailoutbox[0].body
