"""A point of contact brings a plan in as a workbook, and publishes it.

15 commitments with 75 milestones, three mistakes on the way, and at the end the same workbook once
more, which changes nothing.
"""

import pytest
from playwright.sync_api import expect

from commitments.models import ActionPlan
from milestones.models import Milestone
from tests.browser.looking import faults_of
from tests.browser.plan_workbook import COMMITMENTS, MILESTONES_OF_EACH, PlanWorkbook
from tests.factories import InstitutionFactory, nation, officer_of
from tests.signing_in import sign_in_browser

pytestmark = pytest.mark.browser


def download(page, link, path):
    with page.expect_download() as waited:
        link.click()
    waited.value.save_as(path)
    return PlanWorkbook(path)


def choose(page, workbook):
    page.get_by_label("Files").set_input_files(workbook.save())
    press(page, "Show what it would do")


def press(page, name):
    """By the keyboard, and with time for 75 milestones."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).press("Enter")


def with_mistakes(workbook):
    """Return what is wrong, by sheet and cell, and how it is corrected."""
    mistakes = {
        ("commitments", 3, "lead_ids"): "example-department-for-record",
        ("milestones", 5, "due_on"): "31 June 2028",
        ("institutions", 2, "kind"): "departement",
    }
    found = {}
    for (sheet, row, name), wrong in mistakes.items():
        right = workbook.cell(sheet, row, name).value
        found[sheet, workbook.put(sheet, row, name, wrong)] = (sheet, row, name, right)
    return found


def test_contact_brings_in_a_plan_corrects_three_cells_and_publishes_it(
    live_server, page, context, transactional_db, tmp_path
):
    office = InstitutionFactory(nation=nation("sct"))
    sign_in_browser(context, live_server, officer_of(office, "point_of_contact"))
    found = []

    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Add an action plan").click()
    page.get_by_label("Title:", exact=True).fill("Example data: Action Plan 2028 to 2029")
    page.get_by_role("button", name="Save", exact=True).click()
    plan = ActionPlan.objects.get()
    page.get_by_role("link", name="Import").first.click()
    found += faults_of(page)
    empty = page.get_by_role("link", name="Empty workbook for a new plan")
    workbook = download(page, empty, tmp_path / "plan.xlsx")
    workbook.fill_in(plan.slug, "sct")

    mistakes = with_mistakes(workbook)
    choose(page, workbook)
    expect(page.get_by_role("heading", name="There are 3 things to correct")).to_be_visible()
    for sheet, cell in mistakes:
        expect(page.get_by_role("row").filter(has_text=cell).filter(has_text=sheet)).to_have_count(
            1
        )
    found += faults_of(page, in_all_colours=True)
    for correct in mistakes.values():
        workbook.put(*correct)
    choose(page, workbook)

    expect(page.get_by_text("Nothing is written yet")).to_be_visible()
    number = COMMITMENTS * MILESTONES_OF_EACH
    drafts = page.get_by_role("listitem").filter(has_text="new commitment, kept as a draft")
    expect(drafts).to_have_count(COMMITMENTS)
    due = page.get_by_role("listitem").filter(has_text="EXAMPLE-15, Milestone 15.2: new milestone")
    expect(due.get_by_text("Due date: 31 May 2028")).to_be_visible()
    found += faults_of(page, in_all_colours=True)
    press(page, "Write all of this")
    expect(page.get_by_text(f"{2 + COMMITMENTS + number} rows of plan.xlsx")).to_be_visible()
    assert Milestone.objects.count() == number

    page.get_by_role("link", name="Preview the public page").click()
    expect(page.get_by_text("readers do not see this yet")).to_be_visible()
    found += faults_of(page)
    page.get_by_role("link", name="Publish this plan's commitments").click()
    found += faults_of(page)
    press(page, "Publish what is ticked")
    expect(page.get_by_text(f"{COMMITMENTS} commitments published.")).to_be_visible()

    page.goto(live_server.url + plan.get_absolute_url())
    links = page.get_by_role("link", name="Example data: open data on")
    expect(links).to_have_count(COMMITMENTS)
    filled = page.get_by_role("link", name="Download this plan as a workbook")
    unchanged = download(page, filled, tmp_path / "again.xlsx")
    page.goto(f"{live_server.url}/admin/import/")
    choose(page, unchanged)
    expect(page.get_by_text("No changes")).to_be_visible()
    found += faults_of(page)
    assert found == []
