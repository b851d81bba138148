"""A point of contact publishes a commitment and takes it off again, and a reader reads why."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import faults_of
from tests.factories import CommitmentFactory, contact_for
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
    expect(page.get_by_text("Say why. Readers see it.")).to_be_visible()
    found += faults_of(page)
    page.get_by_label("Why it is taken off the public site").fill("The plan was not final.")
    page.get_by_role("button", name="Take off the public site").click()
    expect(page.get_by_text("It is a draft again.")).to_be_visible()

    page.goto(f"{live_server.url}/commitments/EX0001/")
    expect(page.get_by_text("Reason: The plan was not final.")).to_be_visible()
    found += faults_of(page)
    assert found == []
