"""An administrator opens every page of the Admin section in a browser, and reports progress."""

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import expect

from milestones.models import ProgressUpdate
from tests.admin_pages import address
from tests.factories import AccountFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def colleague(transactional_db):
    """Make the second account that a sign-off needs."""
    return AccountFactory(superuser=True, username="colleague")


@pytest.fixture
def sign_in(context, live_server, client):
    """Return a way to sign in without filling in the form, which has a test of its own."""

    def sign_in_as(account):
        client.force_login(account)
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])

    return sign_in_as


@pytest.fixture
def complaints(page):
    """Collect what the browser complains of: blocked by the policy, failed, not found."""
    found = []
    page.on(
        "console", lambda message: found.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("response", lambda answer: found.append(answer.url) if answer.status >= 400 else None)
    return found


def pages():
    """Return one address of each kind of page in the Admin section."""
    yield reverse("admin:index")
    for model, section in admin.site._registry.items():
        yield address(model, "changelist")
        if section.has_add_permission.__qualname__.startswith("BaseModelAdmin"):
            yield address(model, "add")
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            yield address(model, "change", row.pk)
            yield address(model, "history", row.pk)
    update = ProgressUpdate.objects.published().first()
    yield f"{address(ProgressUpdate, 'add')}?milestone={update.milestone_id}"


def test_no_page_breaks_the_policy_or_scrolls_sideways(
    live_server, page, sign_in, complaints, everything, admin_user
):
    sign_in(admin_user)
    wide = []
    for path in pages():
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(live_server.url + path)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((path, width))
    assert complaints == []
    assert wide == []


def test_officer_reports_progress_and_the_colleague_publishes_it(
    live_server, page, sign_in, complaints, everything, admin_user, colleague
):
    sign_in(admin_user)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Progress updates", exact=True).click()
    page.get_by_role("link", name="Add progress update").click()
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("UK0096")
    page.get_by_role("option", name="UK0096, Milestone 2").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Wales").check()
    page.get_by_role("textbox", name="As of:", exact=True).fill("01/06/2021")
    page.get_by_label("Limited.").check()
    page.get_by_label("What was done").fill("Two more workshops were held.")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Say what stands in the way: the levels")).to_be_visible()
    page.get_by_label("What stands in the way").fill("The third waits for a room.")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("heading", name="Look at the report and publish it")).to_be_visible()
    last_look = page.url

    sign_in(colleague)
    page.goto(last_look)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published: UK0096, Milestone 2")).to_be_visible()
    page.get_by_role("link", name="View on site").click()

    expect(page.locator(":target")).to_contain_text("Two more workshops were held.")
    assert complaints == []
