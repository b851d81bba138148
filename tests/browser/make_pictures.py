"""Make the pictures of the guides in docs/ anew, from the pages as they are.

    python -m pytest -m browser tests/browser/make_pictures.py

Not collected otherwise: nothing is tested here but that each step can be taken.
"""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from ogp_tracker.importing.real_data import load_real_data
from tests.browser.story import Story
from tests.browser.test_officers_journey import DONE
from tests.browser.test_plan_workbook import MISTAKES, choose, download, press
from tests.browser.test_recording import report  # noqa: F401
from tests.factories import InstitutionFactory, days_ago, nation, officer_of, researcher
from tests.sheets import csv_of
from tests.signing_in import PASSWORD, sign_in_browser, type_code, type_password

pytestmark = pytest.mark.browser

FOLDER = Path(settings.BASE_DIR) / "docs" / "images"
STATUS_TABLE = """Commitment,Milestone reference,30 June 2026,30 September 2026,31 October 2026
1,1.1,Not started,Completed,Completed
1,1.2,In progress,"Delayed, in part",Completed
"""


@pytest.fixture
def page_of(browser, live_server):
    contexts = []

    def open_one():
        contexts.append(
            browser.new_context(base_url=live_server.url, viewport={"width": 1040, "height": 760})
        )
        return contexts[-1].new_page()

    yield open_one
    for context in contexts:
        context.close()


def shoot(page, name, *, at=None, height=620, guide="officers"):
    """Take a picture of the page, from the element `at` downwards or from its top."""
    page.wait_for_load_state()
    page.evaluate("scrollTo(0, 0)")
    top = max(at.bounding_box()["y"] - 12, 0) if at else 0
    page.screenshot(
        path=FOLDER / f"{guide}-{name}.png",
        full_page=True,
        clip={"x": 0, "y": top, "width": 1040, "height": height},
    )


def sign_in(page, account):
    page.goto("/admin/")
    type_password(page, account)
    type_code(page)
    expect(page.get_by_role("heading", name="My work")).to_be_visible()


def section(page, heading):
    return page.locator("section").filter(has=page.get_by_role("heading", name=heading))


def test_pictures(transactional_db, page_of):
    story = Story()
    page = page_of()
    page.goto("/admin/")
    page.get_by_label("User name or email address").fill(story.reporter.username)
    page.get_by_label("Password").fill(PASSWORD)
    shoot(page, "sign-in", height=640)
    sign_in(page, story.reporter)
    shoot(page, "my-work", height=700)
    section(page, "Overdue").first.get_by_role("link", name="Report progress").click()
    shoot(page, "report", height=660)
    page.get_by_role("radio", name="Completed").check()
    page.get_by_label("What was done").fill(DONE)
    page.get_by_role("button", name="Continue to preview").click()
    expect(page.get_by_role("alert")).to_be_visible()
    shoot(page, "refused", height=420)
    page.get_by_label("Title").first.fill("The register")
    page.get_by_label("Address").first.fill("https://www.example.org/register")
    evidence = page.get_by_role("group", name="Evidence")
    shoot(page, "evidence", at=evidence, height=520)
    page.get_by_role("button", name="Continue to preview").click()
    shoot(page, "preview", height=620)
    page.get_by_role("button", name="Submit for sign-off").click()
    expect(page.get_by_text("sign-off").first).to_be_visible()

    page = page_of()
    sign_in(page, story.lead)
    waiting = section(page, "Waiting for my sign-off").first
    shoot(page, "waiting", at=waiting, height=260)
    waiting.get_by_role("link", name="sign off", exact=False).click()
    shoot(page, "compare", at=page.get_by_role("heading", name="What changes"), height=560)
    shoot(page, "decide", at=page.locator("#decide"), height=420)
    page.get_by_role("button", name="Sign off and publish").click()
    expect(page.get_by_text("Published").first).to_be_visible()
    page.goto(story.overdue.get_absolute_url())
    shoot(page, "published", height=760)


def test_pictures_for_researchers(live_server, report, page_of, tmp_path):  # noqa: F811
    page = page_of()
    sign_in_browser(page.context, live_server, researcher(username="moira"))
    page.goto("/admin/")
    page.get_by_role("link", name="Open the work list").click()
    shoot(page, "work-list", height=560, guide="researchers")
    page.get_by_role("button", name="Start").first.click()
    page.wait_for_load_state()
    codes = page.get_by_role("heading", name="Codes")
    page.get_by_role("group", name="Completion").first.get_by_label("Limited").check()
    shoot(page, "codes", at=codes, height=520, guide="researchers")
    page.locator("#id_findings-0-found").fill("The register is out, without the old records.")
    findings = page.get_by_role("heading", name="Findings on single milestones")
    shoot(page, "finding", at=findings, height=860, guide="researchers")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Import a sheet").click()
    sheet = tmp_path / "assessments.csv"
    row = {"commitment_id": "EX0001", "completion": "substantial"}
    for name, last in (("refused", "limted"), ("preview", "limited")):
        rows = [
            row | {"published_on": str(days_ago(0))},
            row | {"commitment_id": "EX0002", "completion": "Not Started", "published_on": ""},
            row | {"commitment_id": "EX0003", "completion": last, "published_on": ""},
        ]
        sheet.write_bytes(csv_of(*rows))
        page.locator("#id_sheet").set_input_files(sheet)
        page.get_by_role("button", name="Show what it would do").click()
        page.wait_for_load_state()
        height = 460 if name == "refused" else 760
        shoot(page, f"import-{name}", height=height, guide="researchers")


def test_pictures_for_points_of_contact(live_server, transactional_db, page_of, tmp_path):
    page = page_of()
    office = InstitutionFactory(nation=nation("sct"))
    sign_in_browser(page.context, live_server, officer_of(office, "point_of_contact"))
    page.goto("/admin/commitments/actionplan/add/")
    page.get_by_label("Title", exact=True).fill("Example data: Action Plan 2028 to 2029")
    page.get_by_role("button", name="Add action plan").click()
    shoot(page, "plan", height=520, guide="contacts")
    page.get_by_role("link", name="Import them from a workbook").click()
    workbook = download(page, "Empty workbook for a new plan", tmp_path / "plan.xlsx")
    workbook.fill_in("example-data-action-plan-2028-to-2029", "sct")
    right = {place: workbook.cell(*place).value for place in MISTAKES}
    for name, cells in (("refused", MISTAKES), ("preview", right)):
        for place, value in cells.items():
            workbook.cell(*place).value = value
        choose(page, workbook)
        shoot(page, name, height=420 if name == "refused" else 720, guide="contacts")
    press(page, "Write all of this")
    page.get_by_role("link", name="Publish this plan's commitments").click()
    shoot(page, "publish", height=560, guide="contacts")
    table = tmp_path / "progress.csv"
    table.write_text(STATUS_TABLE)
    page.goto("/admin/import/?plan=example-data-action-plan-2028-to-2029")
    page.get_by_label("Files").set_input_files(table)
    page.get_by_label("Title of the document").fill("Example data: progress to October 2026")
    page.get_by_label("When it was published").fill("15 October 2026")
    press(page, "Show what it would do")
    shoot(page, "words", height=900, guide="contacts")


def test_picture_for_the_readme(browser, live_server, transactional_db):
    load_real_data()
    page = browser.new_context(viewport={"width": 1220, "height": 1480}).new_page()
    page.goto(f"{live_server.url}/commitments/UK0096/")
    page.screenshot(path=FOLDER / "commitment.png")
