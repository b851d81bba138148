"""The product in one journey: an officer reports, her colleague signs off, the reader sees it.

Run on SQLite with the other journeys, and once more on PostgreSQL (`python -m tests`).
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from milestones.models import ProgressUpdate
from tests.browser.looking import faults_of
from tests.browser.story import Story
from tests.signing_in import type_code, type_password

pytestmark = pytest.mark.browser

DONE = "The register is open to everybody, and every record has an address of its own."


@pytest.fixture
def story(transactional_db):
    return Story()


@pytest.fixture
def open_browser(browser, live_server):
    """Open a browser of its own for each person; what it complains of is collected."""
    contexts, complaints = [], []

    def open_one():
        context = browser.new_context(base_url=live_server.url)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page, account):
    page.goto("/admin/")
    type_password(page, account)
    type_code(page)
    expect(page.get_by_role("heading", name="My work")).to_be_visible()


def section(page, heading):
    return page.locator("section").filter(
        has=page.get_by_role("heading", name=heading, exact=False)
    )


def counted(page, level):
    """Return where the page counts milestones at the level; elsewhere it only explains the word."""
    return page.locator(".counts li").filter(has_text=level)


def report(page, story):
    assert faults_of(page) == []
    overdue = section(page, "Overdue").first
    expect(overdue.get_by_text("12 days overdue")).to_be_visible()
    overdue.get_by_role("link", name="Report progress").click()
    assert faults_of(page) == []
    page.get_by_role("radio", name="Completed").check()
    page.get_by_label("What was done").fill(DONE)
    page.get_by_role("button", name="Continue to preview").click()
    expect(page.get_by_text("Add evidence").first).to_be_visible()
    expect(page.get_by_label("What was done")).to_have_value(DONE)
    assert faults_of(page) == []
    page.get_by_label("Title", exact=False).first.fill("The register")
    page.get_by_label("Address").first.fill("https://www.example.org/register")
    page.get_by_role("button", name="Continue to preview").click()
    assert faults_of(page) == []
    page.get_by_role("button", name="Submit for sign-off").click()
    expect(page.get_by_text("sign-off").first).to_be_visible()
    assert faults_of(page) == []
    return ProgressUpdate.objects.get(state=ProgressUpdate.State.SUBMITTED)


def sign_off(page, update):
    waiting = section(page, "Waiting for my sign-off").first
    waiting.get_by_role("link", name="sign off", exact=False).click()
    expect(page.get_by_role("heading", name="What changes, word by word")).to_be_visible()
    expect(page.locator("ins", has_text="open to everybody").first).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("button", name="Sign off and publish").click()
    expect(page.get_by_text("Published").first).to_be_visible()
    assert faults_of(page) == []
    update.refresh_from_db()
    assert update.is_published


def test_officer_reports_lead_signs_off_and_reader_sees_it_everywhere(story, open_browser):
    reader = open_browser()
    milestone = story.overdue.get_absolute_url()
    grid = reader.get_by_role("table").first
    reader.goto(story.commitment.get_absolute_url())
    expect(grid).not_to_contain_text("Completed")
    # The milestone as a whole stays partly reported: Wales has not spoken.
    reader.goto("/nations/sct/")
    expect(counted(reader, "Completed")).to_have_count(0)
    reader.goto(milestone)
    expect(reader.get_by_text(DONE)).to_have_count(0)

    reporter = open_browser()
    sign_in(reporter, story.reporter)
    update = report(reporter, story)
    reader.goto(milestone)
    expect(reader.get_by_text(DONE)).to_have_count(0)
    publishing = reverse("admin:milestones_progressupdate_publish", args=[update.pk])
    reporter.goto(publishing)
    expect(reporter.get_by_role("button", name="Sign off and publish")).to_have_count(0)

    lead = open_browser()
    sign_in(lead, story.lead)
    sign_off(lead, update)

    reader.goto(story.commitment.get_absolute_url())
    expect(grid).to_contain_text("Completed")
    assert faults_of(reader) == []
    reader.goto("/nations/sct/")
    expect(counted(reader, "Completed").first).to_be_visible()
    assert faults_of(reader) == []
    reader.goto(milestone)
    expect(reader.get_by_text(DONE).first).to_be_visible()
    expect(reader.get_by_role("link", name="The register", exact=True)).to_be_visible()
    assert faults_of(reader) == []
    assert reader.context.cookies() == []
