"""A reporter fills in the form of a report in a browser: without script, on a small screen, heard.

Every page on the way is looked at.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from milestones.models import Amendment, ProgressUpdate
from tests.admin_pages import address
from tests.browser.looking import ON_A_PHONE, faults_of
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    contact_for,
    make_update,
    nation,
    officer_of,
)
from tests.report_pages import form_for
from tests.signing_in import sign_in_browser

pytestmark = pytest.mark.browser


@pytest.fixture
def milestone(transactional_db):
    lead = InstitutionFactory(name="Cabinet Office", nation=nation("eng"))
    commitment = CommitmentFactory(
        ogp_id="UK9001",
        title="Publish what was decided and why, so that anybody can check it",
        lead=lead,
    )
    milestone = MilestoneFactory(
        commitment=commitment, text="Publish the minutes of every meeting within a month"
    )
    make_update(milestone, "limited", nations=["eng"], narrative="Two of five\n\n- one\n- and two")
    return milestone


@pytest.fixture
def account(milestone):
    return officer_of(milestone.commitment.involvements.get().institution)


def test_reporter_writes_previews_and_submits_without_script_on_a_small_screen(
    live_server, browser, milestone, account
):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 800}, locale="en-GB"
    )
    sign_in_browser(context, live_server, account)
    page = context.new_page()
    page.goto(live_server.url + address(ProgressUpdate, "add"))
    page.get_by_label("Which milestone is it about?").fill("minutes 1")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="UK9001, Milestone 1", exact=True).click()
    page.get_by_text("Last progress updates").click()
    page.get_by_role("button", name="Start from the last text").click()
    expect(page.get_by_label("What was done")).to_have_value("Two of five\n\n- one\n- and two")

    page.get_by_role("group", name="Nations").get_by_label("Wales").check()
    page.get_by_label("As of").fill("31/2/2026")
    page.get_by_role("radio", name="Completed.").check()
    expect(page.get_by_role("group", name="Schedule")).to_be_hidden()
    page.get_by_role("button", name="Continue to preview").click()
    page.get_by_role("link", name="As of: This date does not exist").click()
    expect(page.locator("#id_as_of")).to_be_focused()
    page.get_by_label("What was done").fill("All minutes are out.")
    page.get_by_label("As of").fill(milestone.nation_progress.first().as_of.strftime("%d/%m/%Y"))
    page.locator("#id_evidence-0-title").fill("Minutes")
    page.locator("#id_evidence-0-url").fill("https://www.gov.uk/minutes")
    page.get_by_role("button", name="Continue to preview").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_role("link", name="Change what was done").click()
    expect(page.locator("#id_narrative")).to_be_focused()
    page.get_by_label("What was done").fill("All the minutes are out.")
    page.get_by_role("button", name="Continue to preview").click()
    expect(page.get_by_text("All the minutes are out.").first).to_be_visible()
    page.get_by_role("button", name="Submit for sign-off").click()
    expect(page.get_by_text("Sent for sign-off:")).to_be_visible()

    update = ProgressUpdate.objects.latest("pk")
    assert update.state == "submitted"
    assert {row.code for row in update.nations.all()} == {"eng", "wls"}
    assert update.evidence.get().url == "https://www.gov.uk/minutes"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_form_asks_what_the_answers_need_and_its_first_field_is_near(
    live_server, context, page, milestone, account
):
    sign_in_browser(context, live_server, account)
    page.goto(live_server.url + form_for(milestone, another=1))
    level = page.get_by_role("group", name="Level")
    schedule = page.get_by_role("group", name="Schedule")
    obstacles, title = page.locator("#id_obstacles"), page.locator("#id_evidence-0-title")
    for later in (schedule, obstacles, title):
        expect(later).to_be_hidden()

    page.get_by_role("link", name="Skip to main content").press("Enter")
    presses = 0
    while not page.evaluate("document.activeElement.name === 'nations'"):
        page.keyboard.press("Tab")
        presses += 1
    assert presses <= 10

    level.get_by_label("Limited").check()
    schedule.get_by_label("At risk").check()
    obstacles.fill("Time.")
    level.get_by_label("Completed").check()
    title.fill("Minutes")
    expect(schedule).to_be_hidden()
    level.get_by_label("Not started").check()
    for filled in (schedule, obstacles, title):
        expect(filled).to_be_visible()

    page.get_by_label("What was done").fill("x" * 20_001)
    expect(page.get_by_text("Characters too many: 1").first).to_be_visible()


def pages(milestone, account):
    draft = make_update(milestone, "completed", nations=["sct"], by=account, publish=False)
    other = MilestoneFactory(commitment=milestone.commitment)
    bulk = reverse("admin:milestones_milestone_report")
    return {
        "which milestone": address(ProgressUpdate, "add"),
        "go on": form_for(milestone),
        "new": form_for(milestone, another=1),
        "correction": form_for(milestone, corrects=ProgressUpdate.objects.published().get().pk),
        "draft": address(ProgressUpdate, "change", draft.pk),
        "preview": address(ProgressUpdate, "preview", draft.pk),
        "bulk": f"{bulk}?milestones={milestone.pk},{other.pk}",
    }


@ON_A_PHONE
def test_nothing_is_wrong_with_the_pages_for_reporting(
    live_server, context, page, milestone, account
):
    sign_in_browser(context, live_server, account)
    found = {}
    for name, path in pages(milestone, account).items():
        page.goto(live_server.url + path)
        found[name] = faults_of(page)
    page.goto(live_server.url + form_for(milestone, another=1))
    page.get_by_label("What was done").fill("")
    page.get_by_role("button", name="Continue to preview").click()
    expect(page.get_by_role("heading", name="things to put right")).to_be_visible()
    found["refused"] = faults_of(page)
    page.goto(live_server.url + pages(milestone, account)["bulk"])
    page.get_by_role("radio", name="Limited.").check()
    page.get_by_role("radio", name="At risk").check()
    page.get_by_label("What was done").fill("Begun.")
    page.get_by_role("textbox", name="What stands in the way").fill("Time.")
    page.get_by_role("button", name="Submit all for sign-off").click()
    expect(page.get_by_text("What happened to each milestone")).to_be_visible()
    found["bulk done"] = faults_of(page)

    sign_in_browser(context, live_server, contact_for(milestone.commitment))
    page.goto(live_server.url + f"{address(Amendment, 'add')}?milestone={milestone.pk}")
    page.get_by_role("button", name="Submit for sign-off").click()
    found["amendment"] = faults_of(page)
    page.goto(live_server.url + form_for(milestone))
    found["words of a document"] = faults_of(page)

    assert {name: faults for name, faults in found.items() if faults} == {}
