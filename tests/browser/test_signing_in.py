"""An officer signs in: sets up a second factor, uses codes, recovery codes and a passkey."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from commitments.models import Membership
from tests import signing_in
from tests.factories import MembershipFactory
from tests.signing_in import AuthenticatorFactory, code_of_the_app, type_password, with_password

pytestmark = pytest.mark.browser

SET_UP = "One more step before you start"


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 320, "height": 900}}


@pytest.fixture
def officer(transactional_db):
    row = MembershipFactory(role=Membership.Role.LEAD, account__username="rhona")
    return with_password(row.account)


@pytest.fixture
def complaints(page):
    found = []

    def hear(message):
        # That a form was refused is an answer with a status of its own, and no fault.
        if message.type == "error" and "429" not in message.text and "403" not in message.text:
            found.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def passkeys(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def fill_in_password(page, live_server, account):
    page.goto(f"{live_server.url}/admin/")
    expect(page).to_have_title(re.compile("^Sign in – "))
    type_password(page, account)


def type_code(page, code):
    expect(page.get_by_role("heading", name="Two-step verification")).to_be_visible()
    signing_in.type_code(page, code)


def is_in(page, live_server):
    expect(page).to_have_url(f"{live_server.url}/admin/")
    expect(page.get_by_role("link", name="Your account")).to_be_visible()


def sign_out(page, live_server):
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{live_server.url}/")


def test_officer_sets_up_an_app_and_signs_in_with_it_and_with_a_recovery_code(
    live_server, page, complaints, officer, monkeypatch
):
    fill_in_password(page, live_server, officer)
    expect(page.get_by_role("heading", name=SET_UP)).to_be_visible()
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator(".secret code").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows now").fill(code_of_the_app(secret))
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    recovery_codes = page.locator(".codes code").all_inner_texts()
    assert len(set(recovery_codes)) == 10
    page.get_by_role("link", name="I have saved them: continue").click()
    is_in(page, live_server)

    sign_out(page, live_server)
    fill_in_password(page, live_server, officer)
    type_code(page, "000000")
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    type_code(page, code_of_the_app(secret))
    is_in(page, live_server)

    sign_out(page, live_server)
    fill_in_password(page, live_server, officer)
    type_code(page, recovery_codes[3])
    is_in(page, live_server)

    sign_out(page, live_server)
    fill_in_password(page, live_server, officer)
    type_code(page, recovery_codes[3])
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    assert complaints == []


def test_officer_sets_up_a_passkey_and_signs_in_with_it_alone(
    live_server, page, complaints, officer, passkeys
):
    fill_in_password(page, live_server, officer)
    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_label("Name").fill("Office laptop")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have saved them: continue").click()
    is_in(page, live_server)

    sign_out(page, live_server)
    page.goto(f"{live_server.url}/admin/milestones/milestone/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{live_server.url}/admin/milestones/milestone/")

    page.goto(f"{live_server.url}{reverse('mfa_list_webauthn')}")
    expect(page.get_by_role("heading", name="Office laptop")).to_be_visible()
    expect(page.get_by_text("Signs you in without your password.")).to_be_visible()

    page.goto(f"{live_server.url}/admin/")
    sign_out(page, live_server)
    fill_in_password(page, live_server, officer)
    page.get_by_role("button", name="Use a passkey or security key").click()
    is_in(page, live_server)
    assert complaints == []


def test_officer_whose_browser_has_no_passkey_is_told_so(live_server, page, officer):
    page.goto(f"{live_server.url}/accounts/login/")
    trouble = page.get_by_text("Your browser did not use a passkey")
    expect(trouble).to_be_hidden()
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('none')) }")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(trouble).to_be_visible()


def test_everything_but_passkeys_works_without_script(live_server, browser, officer):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    AuthenticatorFactory(user=officer)

    fill_in_password(page, live_server, officer)
    expect(page.get_by_role("button", name="Use a passkey or security key")).to_be_hidden()
    type_code(page, code_of_the_app())
    is_in(page, live_server)
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="See the codes").or_(
        page.get_by_role("link", name="Make new codes")
    ).first.click()
    page.get_by_role("button", name="Make new codes").click()
    expect(page.locator(".codes code")).to_have_count(10)
    context.close()
