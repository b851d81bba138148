"""An officer gives a file as evidence in a browser, and a reader saves it."""

import hashlib

import pytest
from playwright.sync_api import expect

from milestones.models import Evidence, ProgressUpdate
from tests.admin_pages import address
from tests.browser.looking import faults_of
from tests.evidence_samples import pdf
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    lead_of,
    officer_of,
    publish_update,
    today,
)
from tests.signing_in import sign_in_browser

pytestmark = pytest.mark.browser

CONTENT = pdf(b"Minutes of the workshop.")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    # The form asks for whom the institution speaks, and the service once more.
    twice = {"model": "commitments.Commitment", "field": "involvements"}
    settings.ZEAL_ALLOWLIST = [*settings.ZEAL_ALLOWLIST, twice]
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def milestone(transactional_db):
    return MilestoneFactory(commitment=CommitmentFactory(nations=["sct"]))


def file_of(name, content, kind):
    return {"name": name, "mimeType": kind, "buffer": content}


def test_officer_gives_a_file_that_no_mistake_loses_and_the_reader_saves_it(
    live_server, page, context, milestone
):
    sign_in_browser(context, live_server, officer_of(lead_of(milestone.commitment)))
    page.goto(f"{live_server.url}{address(ProgressUpdate, 'add')}?milestone={milestone.pk}")
    page.get_by_role("radio", name="Completed").check()
    page.locator("#id_as_of").fill(str(today()))
    page.locator("#id_evidence-0-title").fill("Minutes")
    page.locator("#id_evidence-0-upload").set_input_files(
        file_of("Minutes.html", b"<html>", "text/html")
    )
    page.locator("input[name=_preview]").click()
    expect(page.get_by_text("This is a web page").first).to_be_visible()

    page.locator("#id_evidence-0-upload").set_input_files(
        file_of("Minutes of 5 January.pdf", CONTENT, "application/pdf")
    )
    page.locator("input[name=_preview]").click()
    expect(page.get_by_text("Kept: Minutes of 5 January.pdf")).to_be_visible()
    assert faults_of(page) == []

    page.locator("#id_narrative").fill("The workshop was held.")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("State: draft. Readers see")).to_be_visible()
    update = ProgressUpdate.objects.get()
    page.goto(f"{live_server.url}{address(ProgressUpdate, 'change', update.pk)}")
    expect(page.get_by_role("link", name="Open the file", exact=True)).to_be_visible()
    publish_update(update)
    page.goto(f"{live_server.url}{address(ProgressUpdate, 'change', update.pk)}")

    page.goto(live_server.url + milestone.get_absolute_url())
    with page.expect_download() as started:
        page.get_by_role("link", name="Minutes", exact=True).click()
    saved = started.value
    assert saved.suggested_filename == "Minutes of 5 January.pdf"
    with open(saved.path(), "rb") as file:
        content = file.read()
    assert content == CONTENT
    page.get_by_text("Checksum").click()
    expect(page.get_by_text(hashlib.sha256(content).hexdigest())).to_be_visible()
    assert faults_of(page) == []
    assert Evidence.objects.get().file.read() == CONTENT
