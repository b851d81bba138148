"""What is around the form: by keyboard, on a phone, without a script."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.looking import faults_of
from tests.factories import MilestoneFactory, lead_of, officer_of
from tests.signing_in import sign_in_browser

pytestmark = pytest.mark.browser

MOST_PRESSES = 10


@pytest.fixture
def address(live_server, transactional_db):
    milestone = MilestoneFactory()
    report = reverse("admin:milestones_progressupdate_add")
    return f"{live_server.url}{report}?milestone={milestone.pk}", lead_of(milestone.commitment)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scripted", [True, False])
def test_first_field_of_the_report_is_a_few_presses_away(
    browser, live_server, address, width, scripted
):
    path, institution = address
    size = {"width": width, "height": 800}
    with browser.new_context(viewport=size, java_script_enabled=scripted) as context:
        sign_in_browser(context, live_server, officer_of(institution))
        page = context.new_page()
        page.goto(path)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()

        presses = 0
        while not page.locator("#content-main :is(input, select, textarea):focus").count():
            page.keyboard.press("Tab")
            presses += 1
            assert presses <= MOST_PRESSES

        menu = page.get_by_role("navigation", name="Menu")
        expect(menu.get_by_role("link")).to_have_count(9)
        form, beside = page.locator("#content").bounding_box(), menu.bounding_box()
        assert (beside["x"] < form["x"]) == (width == 1280)
        assert (beside["y"] > form["y"]) == (width == 320)


@pytest.mark.parametrize("width", [1280, 320])
def test_guide_opens_at_the_section_for_the_page(page, live_server, address, width):
    path, institution = address
    page.set_viewport_size({"width": width, "height": 800})
    sign_in_browser(page.context, live_server, officer_of(institution))
    page.goto(path)

    page.get_by_role("link", name="Help").click()

    heading = page.get_by_role("heading", name="Report progress", exact=True)
    expect(heading).to_be_in_viewport()
    assert faults_of(page) == []
