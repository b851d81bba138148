"""A researcher records what a report found, by hand and by a sheet; a reader finds it.

She works on a phone; every page on the way is asked by axe, wide and narrow, light and dark.
"""

import pytest
from playwright.sync_api import expect

from irm.models import Assessment
from tests.browser.looking import HEIGHT, NARROW, faults_of
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    make_update,
    nation,
    researcher,
)
from tests.sheets import csv_of
from tests.signing_in import sign_in_browser

pytestmark = pytest.mark.browser


@pytest.fixture
def report(transactional_db):
    plan = PlanFactory(title="Example data: action plan")
    lead = InstitutionFactory(name="Example Government", nation=nation("sct"))
    titles = (
        "Example data: open the public records, and say which of them are missing",
        "Example data: publish contracts within thirty days",
        "Example data: ask people before the budget is made",
    )
    made = [
        CommitmentFactory(
            ogp_id=f"EX000{number}",
            order=number,
            title=title,
            plan=plan,
            lead=lead,
            nations=["sct", "wls"],
        )
        for number, title in enumerate(titles, start=1)
    ]
    texts = ("Publish the register of all public records.", "Train the keepers of records.")
    first, _second = (MilestoneFactory(commitment=made[0], text=text) for text in texts)
    make_update(
        first,
        "limited",
        nations=["sct"],
        as_of=days_ago(60),
        narrative="The format of the register was agreed with the keepers of records.",
        obstacles="The old records are on paper.",
    )
    make_update(first, "completed", nations=["sct"], narrative="The register is out.")
    return ReportFactory(
        slug="example-results-report",
        title="Example data: Results Report",
        plan=plan,
        kind="transitional_results_report",
        evidence_cut_off=days_ago(-1),
    )


def test_researcher_records_by_hand_and_by_sheet_and_a_reader_finds_it(
    live_server, browser, report, tmp_path
):
    on_a_phone = {"width": NARROW, "height": HEIGHT}
    context = browser.new_context(bypass_csp=True, viewport=on_a_phone, locale="en-GB")
    sign_in_browser(context, live_server, researcher())
    page, found = context.new_page(), []

    def look(name):
        found.extend(f"{name}: {fault}" for fault in faults_of(page))

    page.goto(live_server.url + "/admin/")
    look("first page")
    page.get_by_role("link", name="Open the work list").click()
    look("work list")
    page.get_by_role("button", name="Start").first.click()

    # One assessment with a finding.
    expect(page.get_by_role("heading", name="Findings on single milestones")).to_be_visible()
    look("assessment")
    page.get_by_role("group", name="Completion").first.get_by_label("Limited").check()
    page.get_by_label("Analysis").fill("The register is half of what was promised.[1]")
    page.get_by_label("Footnotes").fill("See the register.")
    finding = page.get_by_role("region", name="Milestone 1")
    finding.get_by_label("Substantial").check()
    finding.get_by_label("What was found").fill("The register is out, without the old records.")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Footnotes: Begin the first footnote with its number").click()
    expect(page.get_by_label("Footnotes")).to_be_focused()
    look("assessment refused")
    expect(finding.get_by_label("What was found")).to_have_value(
        "The register is out, without the old records."
    )
    page.get_by_label("Footnotes").fill("[1] See the register.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview: readers do not see this yet")).to_be_visible()
    look("preview of the assessment")
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("The assessment of EX0001 is published.")).to_be_visible()

    # The others by a sheet, first with a mistake.
    page.get_by_role("link", name="Import a sheet").click()
    look("choosing a sheet")
    rows = [
        {"commitment_id": "EX0001", "completion": "limited"},
        {"commitment_id": "EX0002", "completion": "Not Started", "published_on": ""},
        {"commitment_id": "EX0003", "completion": "limted", "published_on": str(days_ago(0))},
    ]
    rows[0]["published_on"] = str(days_ago(0))
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(csv_of(*rows))
    page.locator("#id_sheet").set_input_files(sheet)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="There is 1 thing to correct")).to_be_visible()
    expect(page.get_by_text("“limted” is not one of the values")).to_be_visible()
    look("sheet refused")
    rows[2]["completion"] = "complete"
    sheet.write_bytes(csv_of(*rows))
    page.locator("#id_sheet").set_input_files(sheet)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_text("“Not Started” is understood as not_started")).to_be_visible()
    look("preview of the sheet")
    page.get_by_role("button", name="Write all of this").click()
    expect(page.get_by_text("2 rows of sheet.csv are written.")).to_be_visible()
    look("work list, recorded")
    assert Assessment.objects.count() == 3

    # A reader, who has no account.
    reader = browser.new_context(viewport=on_a_phone).new_page()
    reader.goto(live_server.url + "/commitments/EX0001/")
    reader.locator("summary").filter(has_text="The assessor’s codes and words").click()
    expect(reader.get_by_text("The register is half of what was promised.")).to_be_visible()
    reader.goto(live_server.url + "/commitments/EX0003/")
    expect(reader.get_by_text("The assessor found it complete.")).to_be_visible()
    reader.goto(live_server.url + "/commitments/EX0002/")
    expect(
        reader.get_by_text("Neither progress nor an assessment is recorded here.")
    ).to_be_visible()
    assert found == []
    context.close()
