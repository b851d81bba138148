"""A session ends after a period of rest, counted from the last request of its officer."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from ogp_tracker.accounts.idle_sessions import LAST_SEEN
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def officer(client):
    client.force_login(MembershipFactory().account)
    return client


def rest_left():
    return Session.objects.get().expire_date - timezone.now()


def let_time_pass(client, **passed):
    passed = timedelta(**passed)
    session = client.session
    session[LAST_SEEN] = int((timezone.now() - passed).timestamp())
    session.save()
    Session.objects.update(expire_date=timezone.now() + HOUR - passed)


def test_officer_who_rested_for_an_hour_signs_in_again(officer):
    assert timedelta(minutes=59) < rest_left() <= HOUR
    let_time_pass(officer, minutes=59)
    assert officer.get("/admin/").status_code == 200
    let_time_pass(officer, minutes=60)

    assert officer.get("/admin/").headers["Location"] == "/accounts/login/?next=/admin/"


@pytest.mark.parametrize("address", ["/admin/", "/accounts/", "/admin/no-such-page/"])
def test_each_request_of_an_officer_puts_the_end_off(officer, address):
    let_time_pass(officer, minutes=30)

    officer.get(address)

    assert rest_left() > timedelta(minutes=59)


def test_request_soon_after_another_writes_nothing(officer):
    officer.get("/accounts/signed-in/")
    before = Session.objects.get().session_data

    officer.get("/accounts/signed-in/")

    assert Session.objects.get().session_data == before


def test_public_page_neither_reads_the_session_nor_puts_its_end_off(
    officer, django_assert_num_queries
):
    let_time_pass(officer, minutes=30)

    with django_assert_num_queries(0):
        answer = officer.get("/about/")

    assert "Cookie" not in answer.get("Vary", "")
    assert rest_left() < timedelta(minutes=31)


def test_cookie_ends_with_the_browser(officer):
    let_time_pass(officer, minutes=2)

    cookie = officer.get("/admin/").cookies["sessionid"]

    assert cookie["max-age"] == cookie["expires"] == ""
