"""A reader with a keyboard, on a phone, on paper; without JavaScript: test_one_promise.py."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def quiet(page):
    """A page that must not complain, load from elsewhere or get a cookie."""
    foreign, complaints = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: foreign.append(request.url))
    yield page
    assert complaints == []
    assert {url.split("/")[2].split(":")[0] for url in foreign} <= {"localhost", "127.0.0.1"}
    assert page.context.cookies() == []


def test_reader_with_a_keyboard_skips_to_the_content(live_server, quiet, everything):
    quiet.goto(f"{live_server.url}/commitments/UK0096/")
    quiet.keyboard.press("Tab")
    expect(quiet.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(quiet.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    quiet.keyboard.press("Enter")
    expect(quiet.locator("#main")).to_be_focused()


def test_reader_with_a_keyboard_opens_a_part_of_the_record(live_server, quiet, everything):
    quiet.goto(f"{live_server.url}/commitments/UK0096/")
    quiet.locator("summary").filter(has_text="Institutions and roles").focus()
    expect(quiet.locator("#institutions")).to_be_hidden()
    quiet.keyboard.press("Enter")
    expect(quiet.locator("#institutions")).to_be_visible()


def test_reader_follows_a_footnote_and_comes_back(live_server, quiet, everything):
    quiet.goto(f"{live_server.url}/commitments/UK0096/")
    quiet.locator("summary").filter(has_text="The assessor’s codes and words").click()
    mark = quiet.get_by_role("link", name="Footnote [31]")
    mark.click()
    expect(quiet.locator(":target")).to_contain_text("Shaben Begum")
    quiet.locator(":target").get_by_role("link", name="Back to the mark of footnote 31").click()
    expect(mark).to_be_in_viewport()


def test_reader_sees_who_reported_on_a_phone(live_server, quiet, everything):
    quiet.set_viewport_size({"width": 320, "height": 800})
    quiet.goto(f"{live_server.url}/commitments/UK0096/")
    row = quiet.get_by_role("row").filter(has_text="Hold a workshop")
    expect(row.get_by_text("Scotland", exact=True)).to_be_visible()


def test_page_on_paper_leaves_out_what_only_a_screen_can_use(live_server, quiet, everything):
    quiet.emulate_media(media="print")
    quiet.goto(f"{live_server.url}/commitments/UK0096/")
    expect(quiet.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(quiet.get_by_text("Embed or share")).to_be_hidden()
    expect(quiet.get_by_role("heading", name="Milestones in each nation")).to_be_visible()
    expect(quiet.get_by_text(re.compile("^As at "))).to_contain_text("/commitments/UK0096/")
    expect(quiet.get_by_role("region", name="Follow")).to_be_hidden()
    expect(quiet.get_by_text("Show this page as at")).to_be_hidden()
    expect(quiet.get_by_text("BibTeX").first).to_be_hidden()
