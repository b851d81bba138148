"""Every page of an account against WCAG 2.2 AA and best practice, in every state it can have."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from commitments.models import Membership
from tests.browser.looking import ON_A_PHONE, faults_of
from tests.factories import AccountFactory, MembershipFactory
from tests.signing_in import (
    PASSWORD,
    AuthenticatorFactory,
    recovery_codes_of,
    sign_in_browser,
    type_code,
    type_password,
    with_password,
)

pytestmark = [pytest.mark.browser, ON_A_PHONE]


@pytest.fixture
def officer(transactional_db):
    return with_password(MembershipFactory(role=Membership.Role.LEAD).account)


@pytest.fixture
def look_at(live_server, page):
    def look(address=None):
        if address:
            page.goto(live_server.url + address)
        assert faults_of(page) == []
        assert page.title().endswith(" – Open Government Tracker"), page.url

    return look


def passkey_of(account):
    data = {"name": "Office laptop", "credential": {}}
    return AuthenticatorFactory(user=account, type=Authenticator.Type.WEBAUTHN, data=data)


def test_pages_of_who_is_not_signed_in(live_server, page, look_at, officer):
    AuthenticatorFactory(user=officer)
    waiting = EmailAddress.objects.create(user=officer, email="new@example.org")
    uid, token = user_pk_to_url_str(officer), default_token_generator.make_token(officer)
    for address in (
        "/accounts/signup/",
        "/accounts/inactive/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        f"/accounts/password/reset/key/{uid}-{token}/",
        "/accounts/password/reset/key/1-wrong/",
        f"/accounts/confirm-email/{EmailConfirmationHMAC(waiting).key}/",
        "/accounts/confirm-email/wrong/",
        "/accounts/login/",
    ):
        look_at(address)

    type_password(page, officer, "wrong")
    expect(page.get_by_text("The user name or password is wrong")).to_be_visible()
    look_at()
    type_password(page, officer)
    type_code(page, "1")
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    look_at()


def test_pages_of_an_account_that_has_nothing_set_up(live_server, page, look_at, officer):
    page.goto(f"{live_server.url}/admin/")
    type_password(page, officer)
    look_at("/accounts/second-factor/")
    look_at("/accounts/")
    look_at("/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("This is not your password")).to_be_visible()
    look_at()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code that the app shows now").fill("1")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    look_at()


def test_pages_of_an_account_that_has_everything(live_server, page, look_at, officer):
    recovery_codes_of(officer)
    passkey = passkey_of(officer)
    EmailAddress.objects.create(user=officer, email="new@example.org")
    sign_in_browser(page.context, live_server, officer)
    for address in (
        "/accounts/",
        "/accounts/signed-in/",
        "/accounts/email/",
        "/accounts/logout/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/webauthn/",
        f"/accounts/2fa/webauthn/keys/{passkey.pk}/edit/",
        f"/accounts/2fa/webauthn/keys/{passkey.pk}/remove/",
        "/accounts/password/change/",
    ):
        look_at(address)
    page.get_by_label("Current password").fill("wrong")
    page.get_by_label("New password", exact=True).fill("12345")
    page.get_by_label("New password again").fill("1234")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("This is not your password")).to_be_visible()
    look_at()
    passkey.delete()
    look_at("/accounts/2fa/webauthn/add/")


def test_page_of_an_account_without_a_role(live_server, page, look_at, transactional_db):
    sign_in_browser(page.context, live_server, AccountFactory())

    look_at("/admin/")

    expect(page.get_by_role("heading", name="Your account has no role yet")).to_be_visible()
