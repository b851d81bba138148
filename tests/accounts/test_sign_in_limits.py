"""Failed sign-ins are limited, across all processes, and the answer says when to try again."""

import re
from unittest.mock import Mock

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection

from commitments.models import Membership
from ogp_tracker.accounts.adapters import WRONG_SIGN_IN
from tests.factories import AccountFactory, MembershipFactory
from tests.signing_in import (
    PASSWORD,
    AuthenticatorFactory,
    ask_for_a_link,
    code_of_the_app,
    sign_in_with_password,
    with_password,
)

pytestmark = pytest.mark.both_databases

LOGIN = "/accounts/login/"
SECOND_STEP = "/accounts/2fa/authenticate/"


@pytest.fixture
def lead(db):
    account = MembershipFactory(
        role=Membership.Role.LEAD,
        account__username="rhona",
        account__email="rhona@example.org",
    ).account
    return with_password(account)


def fail(client, name="rhona", address="192.0.2.1"):
    return client.post(LOGIN, {"login": name, "password": "wrong"}, REMOTE_ADDR=address)


def test_sixth_failure_for_a_name_is_told_when_to_try_again(client, lead):
    # From five addresses, so that none of them has failed often.
    for number in range(5):
        assert fail(client, address=f"192.0.2.{number}").status_code == 200

    answer = fail(client, address="192.0.2.9")

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "300"
    assert "cannot sign in for five minutes. Wait, then try again." in answer.text
    right = sign_in_with_password(client, lead)
    assert right.status_code == 429
    # Nobody else is kept waiting.
    assert fail(client, name="ewan", address="192.0.2.9").status_code == 200


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("nobody", "wrong"),
        ("nobody@example.org", "wrong"),
        ("rhona", "wrong"),
        ("rhona@example.org", "wrong"),
        ("rhona@example.org", PASSWORD),
        ("off@example.org", PASSWORD),
        ("unset@example.org", "wrong"),
        ("locked", "wrong"),
    ],
)
def test_every_sign_in_hashes_once(client, lead, monkeypatch, login, password):
    with_password(AccountFactory(email="off@example.org", is_active=False))
    AccountFactory(email="unset@example.org")
    for _ in range(5):
        fail(client, name="locked")
    hashed = Mock(side_effect=MD5PasswordHasher().encode)
    monkeypatch.setattr(MD5PasswordHasher, "encode", hashed)

    answer = client.post(LOGIN, {"login": login, "password": password})

    assert hashed.call_count == 1
    if answer.status_code == 200:
        assert answer.context["form"].non_field_errors() == [WRONG_SIGN_IN]


@pytest.mark.parametrize(
    "names", [["rhona", "rhona@example.org", "RHONA@example.org"] * 2, ["nobody"] * 6]
)
def test_user_name_and_address_share_one_count_whether_or_not_they_exist(client, lead, names):
    assert [fail(client, name=name).status_code for name in names] == [200] * 5 + [429]


def lock_out(client):
    for _ in range(6):
        answer = fail(client)
    assert "choose “Forgotten your password?”" in answer.text


def test_officer_whom_others_have_locked_out_gets_in_by_email(client, lead, mailoutbox):
    AuthenticatorFactory(user=lead)
    lock_out(client)
    ask_for_a_link(client, lead.email)
    address = re.search(r"/accounts/password/reset/key/\S+", mailoutbox[0].body)[0]
    page = client.get(address, follow=True).request["PATH_INFO"]
    new = "purple boats eat 22 lemons"

    answer = client.post(page, {"password1": new, "password2": new})

    assert answer.headers["Location"] == SECOND_STEP
    answer = client.post(SECOND_STEP, {"code": code_of_the_app()})
    assert answer.headers["Location"] == "/admin/"


def test_officer_whom_others_have_locked_out_gets_in_by_passkey(client, lead, monkeypatch):
    passkey = AuthenticatorFactory(user=lead, type=Authenticator.Type.WEBAUTHN)
    auth = "allauth.mfa.webauthn.internal.auth."
    monkeypatch.setattr(f"{auth}parse_authentication_response", Mock())
    monkeypatch.setattr(f"{auth}extract_user_from_response", Mock(return_value=lead))
    monkeypatch.setattr(f"{auth}complete_authentication", Mock(return_value=passkey))
    lock_out(client)

    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": '{"id": 1}'})

    assert answer.headers["Location"] == "/admin/"


def test_eleventh_failure_from_an_address_waits_whatever_the_name(client, db):
    answers = [fail(client, name=f"name-{number}").status_code for number in range(11)]

    assert answers == [200] * 10 + [429]


def test_officer_who_signs_in_rightly_is_never_limited(client, lead):
    for _ in range(8):
        assert sign_in_with_password(client, lead).status_code == 302
        client.post("/accounts/logout/")


def test_codes_of_the_second_step_are_limited_too(client, lead):
    AuthenticatorFactory(user=lead)
    sign_in_with_password(client, lead)
    for _ in range(5):
        assert client.post(SECOND_STEP, {"code": "000000"}).status_code == 200

    answer = client.post(SECOND_STEP, {"code": code_of_the_app()})

    assert answer.status_code == 429
    assert "cannot sign in for five minutes" in answer.text


@pytest.mark.parametrize("form", ["reauthenticate", "2fa/totp/activate"])
def test_password_asked_for_again_and_first_code_are_limited_too(client, lead, form):
    sign_in_with_password(client, lead)
    client.get(f"/accounts/{form}/")
    typed = {"password": "wrong", "code": "000000"}

    answers = [client.post(f"/accounts/{form}/", typed).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


def test_flood_of_requests_is_told_to_wait_a_minute(client, db):
    for _ in range(6):
        answer = client.post("/accounts/password/reset/", {"email": "a@example.org"})

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "Wait a minute, then try again." in answer.text


def test_failures_behind_a_proxy_count_for_who_connects_to_it(client, db, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def fail_from(address, number):
        # What stands before the last comma is what a stranger may have invented.
        sent = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{number}, {address}"}
        typed = {"login": f"name-{number}", "password": "wrong"}
        return client.post(LOGIN, typed, **sent).status_code

    assert [fail_from("192.0.2.1", number) for number in range(11)] == [200] * 10 + [429]
    assert fail_from("192.0.2.2", 12) == 200


def test_counters_are_in_the_database_that_all_processes_share(client, lead):
    fail(client)

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM shared_cache")
        keys = [row[0] for row in cursor.fetchall()]
    assert any("login_failed" in key for key in keys)
    assert not any("rhona" in key for key in keys)
