"""Before the address or the second factor changes, the password is asked for again."""

import time
from urllib.parse import quote

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator

from commitments.models import Membership
from tests.factories import MembershipFactory
from tests.signing_in import (
    PASSWORD,
    AuthenticatorFactory,
    code_of_the_app,
    recovery_codes_of,
    show_password,
    with_password,
)

pytestmark = pytest.mark.django_db

AGAIN = "/accounts/reauthenticate/"
CLOSED = (
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/recovery-codes/download/",
    "/accounts/2fa/webauthn/add/",
)


@pytest.fixture
def officer(client):
    """Sign a lead in who has an app, recovery codes and a passkey."""
    account = with_password(MembershipFactory(role=Membership.Role.LEAD).account)
    client.force_login(account)
    recovery_codes_of(account)
    return account


@pytest.mark.parametrize("address", CLOSED)
def test_page_asks_for_the_password_first(client, officer, address):
    assert client.get(address).headers["Location"] == f"{AGAIN}?next={quote(address, safe='')}"
    refused = client.post(AGAIN, {"password": "wrong", "next": address})
    assert refused.context["form"].errors["password"]
    assert client.get(address).status_code == 302

    answer = client.post(AGAIN, {"password": PASSWORD, "next": address})

    assert answer.headers["Location"] == address
    assert client.get(address).status_code == 200


def test_passkeys_are_renamed_and_removed_after_the_password_only(client, officer):
    data = {"name": "Laptop", "credential": {}}
    key = AuthenticatorFactory(user=officer, type=Authenticator.Type.WEBAUTHN, data=data)

    for page, sent in (("edit", {"name": "Mine"}), ("remove", {})):
        address = f"/accounts/2fa/webauthn/keys/{key.pk}/{page}/"
        assert client.post(address, sent).headers["Location"].startswith(AGAIN)
    key.refresh_from_db()
    assert key.wrap().name == "Laptop"


def test_change_of_address_goes_on_after_the_password(client, officer, mailoutbox):
    asked = client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert asked.headers["Location"].startswith(AGAIN)
    assert not mailoutbox

    client.post(AGAIN, {"password": PASSWORD, "next": "/accounts/email/"})

    assert mailoutbox[-1].to == ["new@example.org"]


def test_code_of_the_app_does_not_stand_for_the_password(client, officer):
    client.post(AGAIN, {"password": code_of_the_app(), "next": CLOSED[0]})

    assert client.get(CLOSED[0]).status_code == 302


def test_password_is_asked_for_again_after_five_minutes(client, officer):
    show_password(client, officer)
    assert client.get(CLOSED[0]).status_code == 200
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    records[-1]["at"] = time.time() - 5 * 60
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()

    assert client.get(CLOSED[0]).status_code == 302


def test_account_without_a_password_gets_one_first(client, officer):
    officer.set_unusable_password()
    officer.save()
    client.force_login(officer)

    answer = client.get(CLOSED[0])

    assert answer.headers["Location"].startswith("/accounts/password/reset/")
    assert client.get("/accounts/password/change/", follow=True).redirect_chain[-1] == (
        "/accounts/password/reset/",
        302,
    )
