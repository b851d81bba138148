"""A point of contact publishes a commitment and takes it off again, and a reader reads why.

And adds the plan of their nation and publishes its commitments in one act.
"""

import pytest
from playwright.sync_api import expect

from commitments.models import ActionPlan
from tests.browser.looking import faults_of
from tests.factories import CommitmentFactory, InstitutionFactory, contact_for, nation, officer_of
from tests.signing_in import sign_in_browser

pytestmark = pytest.mark.browser


def test_contact_publishes_and_takes_off_and_a_reader_reads_why(
    live_server, page, context, transactional_db
):
    draft = CommitmentFactory(draft=True, ogp_id="EX0001", title="Example data: open the register")
    draft.involvements.all().delete()
    sign_in_browser(context, live_server, contact_for(draft))
    found = []

    page.goto(f"{live_server.url}/admin/commitments/commitment/{draft.pk}/change/")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("A public commitment needs a lead")).to_be_visible()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview: readers do not see this yet")).to_be_visible()
    found += faults_of(page)
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_label("The source names no lead").check()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published today")).to_be_visible()

    page.get_by_role("link", name="Take off the public site").click()
    page.get_by_role("button", name="Take off the public site").click()
    expect(page.get_by_text("Say why. Readers see it.", exact=True)).to_be_visible()
    found += faults_of(page)
    page.get_by_label("Why it is taken off the public site").fill("The plan was not final.")
    page.get_by_role("button", name="Take off the public site").click()
    expect(page.get_by_text("It is a draft again.")).to_be_visible()

    page.goto(f"{live_server.url}/commitments/EX0001/")
    expect(page.get_by_text("Reason: The plan was not final.")).to_be_visible()
    found += faults_of(page)
    assert found == []


def test_contact_adds_a_plan_and_publishes_its_commitments_at_once(
    live_server, page, context, transactional_db
):
    office = InstitutionFactory(nation=nation("sct"))
    sign_in_browser(context, live_server, officer_of(office, "point_of_contact"))
    found = []

    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Add an action plan").click()
    found += faults_of(page)
    page.get_by_label("Title", exact=True).fill("Scotland Action Plan 2026-2028")
    page.get_by_role("button", name="Add action plan").click()
    expect(page.get_by_text("This plan has no commitments yet")).to_be_visible()
    found += faults_of(page)
    plan = ActionPlan.objects.get()
    first, second = (CommitmentFactory(plan=plan, draft=True) for _ in range(2))
    second.involvements.all().delete()

    page.reload()
    found += faults_of(page)
    page.get_by_role("link", name="Preview the public page").click()
    expect(page.get_by_text("readers do not see this yet")).to_be_visible()
    found += faults_of(page)
    page.get_by_role("link", name="Publish this plan's commitments").click()
    page.get_by_role("button", name="Publish what is ticked").click()
    expect(page.get_by_role("heading", name="Nothing was published")).to_be_visible()
    found += faults_of(page, in_all_colours=True)
    page.get_by_label(second.title).uncheck()
    page.get_by_role("button", name="Publish what is ticked").click()
    expect(page.get_by_text("1 commitment published.")).to_be_visible()
    page.goto(live_server.url + plan.get_absolute_url())
    expect(page.get_by_role("link", name=first.title)).to_be_visible()
    assert found == []
