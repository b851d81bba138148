"""Five tasks of a reader, from the front page, each on four pages at most; and the first view.

In the real data where they have something to find, else in example rows beside them.
"""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from ogp_tracker.importing.real_data import load_real_data
from tests.browser.looking import NARROW, WIDE
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    make_update,
    today,
)

pytestmark = pytest.mark.browser

MOST_PAGES = 4


@pytest.fixture
def real_data(made_once):
    made_once(load_real_data)


@pytest.fixture
def example(real_data):
    """A plan that runs, with an overdue milestone and a promise on which the two disagree."""
    plan = PlanFactory(title="Example data: a plan that runs")
    office = InstitutionFactory(name="Example data: Office of Openness")
    owed = CommitmentFactory(plan=plan, title="Example data: a register", lead=office)
    late = MilestoneFactory(commitment=owed, due_on=days_ago(20), text="Publish the register")
    make_update(late, "limited", as_of=days_ago(30))
    claimed = CommitmentFactory(plan=plan, title="Example data: a portal", lead=office)
    make_update(claimed, "completed", as_of=days_ago(10))
    AssessmentFactory(
        commitment=claimed,
        completion="limited",
        report=ReportFactory(plan=plan, title="Example data: Results Report"),
    )
    return claimed


@pytest.fixture(params=[WIDE, NARROW])
def reader(request, page, live_server):
    """A page at the front page, which counts the pages that it is taken to."""
    page.set_viewport_size({"width": request.param, "height": 900})
    seen = []
    page.on("request", lambda asked: asked.is_navigation_request() and seen.append(asked.url))
    page.goto(live_server.url)
    yield page
    assert len(seen) <= MOST_PAGES, seen


def menu(page, name):
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()


def text_of(page):
    return page.get_by_role("main")


@pytest.mark.usefixtures("real_data")
def test_what_scotland_promised_about_health_and_how_far_it_is(reader):
    text_of(reader).get_by_role("link", name="Scotland", exact=True).first.click()
    text_of(reader).get_by_role("link", name="health and care services").first.click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("health and care services")
    expect(text_of(reader).get_by_text("On schedule").first).to_be_visible()


def test_promise_that_government_calls_completed_and_the_assessor_does_not(reader, example):
    menu(reader, "Disagreements")
    row = text_of(reader).get_by_role("row").filter(has_text=example.title)
    expect(row).to_contain_text("Completed")
    expect(row).to_contain_text("Limited")
    row.get_by_role("link", name=example.title).click()
    expect(text_of(reader).get_by_text("Yes, on the commitment as a whole")).to_be_visible()


@pytest.mark.usefixtures("example")
def test_what_is_overdue_and_who_owes_it(reader):
    menu(reader, "Overdue")
    row = text_of(reader).get_by_role("row").filter(has_text="Publish the register").first
    expect(row).to_contain_text("20 days")
    expect(row).to_contain_text("Example data: Office of Openness")


@pytest.mark.usefixtures("example")
def test_what_has_changed_since_a_date(reader):
    menu(reader, "Changes")
    since = today() - timedelta(days=1)
    text_of(reader).get_by_label("From").fill(since.isoformat())
    text_of(reader).get_by_role("button", name="Show").first.click()
    expect(text_of(reader)).to_contain_text("Example data: a register")
    assert "from=" in reader.url


@pytest.mark.usefixtures("real_data")
def test_figure_is_cited_with_its_date(reader):
    menu(reader, "Plans")
    text_of(reader).get_by_role("link", name="Second National Action Plan").first.click()
    expect(text_of(reader).get_by_role("heading", name="Commitments as a whole")).to_be_visible()
    text_of(reader).get_by_text("Cite this page").click()
    cited = text_of(reader).get_by_text(f"?as_at={today()}").first
    expect(cited).to_be_visible()


@pytest.mark.parametrize(
    ("path", "wide", "narrow"),
    [("/", 3_500, 7_500), ("/commitments/UK0096/", 4_200, 8_000)],
)
@pytest.mark.usefixtures("real_data")
def test_first_view_is_short(page, live_server, path, wide, narrow):
    for width, most in ((WIDE, wide), (NARROW, narrow)):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollHeight") <= most, width


@pytest.mark.usefixtures("real_data")
def test_first_commitment_of_the_list_is_on_the_first_screen_of_a_phone(page, live_server):
    page.set_viewport_size({"width": NARROW, "height": 640})
    page.goto(f"{live_server.url}/commitments/")
    row = page.get_by_role("main").locator("tbody tr").first
    assert row.bounding_box()["y"] < 640
