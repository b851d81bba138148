"""A point of contact brings a plan in as a workbook, and publishes it.

15 commitments with 75 milestones, three mistakes on the way, and at the end the same workbook once
more, which changes nothing. What is pressed is pressed with the keyboard.
"""

import pytest
from playwright.sync_api import expect

from commitments.models import ActionPlan
from milestones.models import Milestone
from tests.browser.looking import faults_of
from tests.browser.plan_workbook import COMMITMENTS, MILESTONES, PlanWorkbook
from tests.factories import InstitutionFactory, nation, officer_of
from tests.signing_in import sign_in_browser

pytestmark = pytest.mark.browser

MISTAKES = {
    ("institutions", 2, "kind"): "departement",
    ("commitments", 3, "lead_ids"): "example-record",
    ("milestones", 5, "due_on"): "31 June 2028",
}


def download(page, link, path):
    with page.expect_download() as waited:
        page.get_by_role("link", name=link).press("Enter")
    waited.value.save_as(path)
    return PlanWorkbook(path)


def press(page, button):
    with page.expect_navigation():
        page.get_by_role("button", name=button).press("Enter")


def choose(page, workbook):
    page.get_by_label("Files").set_input_files(workbook.saved())
    press(page, "Show what it would do")


def test_contact_brings_in_a_plan_corrects_three_cells_and_publishes_it(
    live_server, page, context, transactional_db, tmp_path
):
    office = InstitutionFactory(nation=nation("sct"))
    sign_in_browser(context, live_server, officer_of(office, "point_of_contact"))
    found = []

    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Add an action plan").press("Enter")
    page.get_by_label("Title", exact=True).fill("Example data: Action Plan 2028 to 2029")
    page.get_by_role("button", name="Add action plan").press("Enter")
    page.get_by_role("link", name="Import them from a workbook").press("Enter")
    expect(page.get_by_role("heading", name="What to import")).to_be_visible()
    found += faults_of(page)
    plan = ActionPlan.objects.get()
    workbook = download(page, "Empty workbook for a new plan", tmp_path / "plan.xlsx")
    workbook.fill_in(plan.slug, "sct")

    cells = {place: workbook.cell(*place) for place in MISTAKES}
    right = {place: cell.value for place, cell in cells.items()}
    for place, cell in cells.items():
        cell.value = MISTAKES[place]
    choose(page, workbook)
    expect(page.get_by_role("heading", name="There are 3 things to correct")).to_be_visible()
    for (sheet, _row, column), cell in cells.items():
        row = page.get_by_role("row", name=f"{sheet} {cell.coordinate} {column}")
        expect(row).to_be_visible()
        cell.value = right[sheet, _row, column]
    found += faults_of(page, in_all_colours=True)
    choose(page, workbook)

    row = page.get_by_role("listitem")
    drafts = row.filter(has_text="new commitment, kept as a draft")
    expect(drafts).to_have_count(len(COMMITMENTS))
    due = row.filter(has_text="Milestone 15.2: new milestone")
    expect(due.get_by_text("Due date: 31 May 2028")).to_be_visible()
    found += faults_of(page, in_all_colours=True)
    press(page, "Write all of this")
    expect(page.get_by_text("92 rows of plan.xlsx are written.")).to_be_visible()
    assert Milestone.objects.count() == len(COMMITMENTS) * len(MILESTONES) == 75

    page.get_by_role("link", name="Preview the public page").press("Enter")
    expect(page.get_by_text("readers do not see this yet")).to_be_visible()
    found += faults_of(page)
    page.get_by_role("link", name="Publish this plan's commitments").press("Enter")
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    found += faults_of(page)
    press(page, "Publish what is ticked")
    expect(page.get_by_text("15 commitments published.")).to_be_visible()

    page.goto(live_server.url + plan.get_absolute_url())
    expect(page.get_by_role("link", name="Example data: open data on")).to_have_count(15)
    unchanged = download(page, "Download this plan as a workbook", tmp_path / "again.xlsx")
    page.goto(f"{live_server.url}/admin/import/")
    choose(page, unchanged)
    expect(page.get_by_text("No changes")).to_be_visible()
    found += faults_of(page)
    assert found == []
