"""The session ended while she typed: nothing is lost, not even when she has signed in since."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from commitments.models import Institution
from tests.browser.looking import ON_A_PHONE, faults_of
from tests.factories import administrator
from tests.signing_in import sign_in_browser, type_code, type_password, with_password

pytestmark = [pytest.mark.browser, ON_A_PHONE]

NAME = "Office of “Open” <Records> & Archives"


def test_administrator_types_signs_in_again_and_sends_what_was_typed(
    live_server, page, transactional_db
):
    account = with_password(administrator())
    sign_in_browser(page.context, live_server, account)
    page.goto(f"{live_server.url}{reverse('admin:commitments_institution_add')}")
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label(re.compile("^Kind")).select_option(Institution.Kind.GROUP)
    Session.objects.all().delete()

    page.get_by_role("button", name="Add institution").click()
    expect(page.get_by_role("heading", name="Your session has ended.")).to_be_visible()
    expect(page.locator("blockquote")).to_have_text(NAME)
    assert faults_of(page) == []
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", name="Your session has ended.")).to_be_visible()

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (opens a new tab)").click()
    beside = opened.value
    type_password(beside, account)
    type_code(beside)
    expect(beside.get_by_role("heading", name="You are signed in")).to_be_visible()
    beside.close()

    # Signing in has made a new token, so the form that is still open has an old one.
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Saved: institution")).to_be_visible()
    assert Institution.objects.get(name=NAME).kind == Institution.Kind.GROUP
