"""An administrator signs in and edits, and the content security policy stands in nobody's way."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints(page):
    """Collect what the browser complains of: blocked by the policy, failed, not found."""
    found = []

    def hear(message):
        # Every browser asks for this one by itself.
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            found.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("requestfailed", lambda request: found.append(f"failed: {request.url}"))
    return found


def test_administrator_signs_in_and_uses_the_widgets(live_server, page, complaints, admin_user):
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill(admin_user.username)
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Users", exact=True).click()
    page.get_by_role("link", name=admin_user.username, exact=True).click()
    # A widget that is made by script, with a calendar that is placed by inline style.
    page.get_by_role("link", name="Today").first.click()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert complaints == []
