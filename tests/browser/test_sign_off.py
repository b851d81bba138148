"""Every state of the page of a sign-off in a browser, against WCAG."""

import pytest
from playwright.sync_api import expect

from milestones import services
from milestones.facts import EvidenceFacts
from tests.admin_pages import address
from tests.browser.looking import ON_A_PHONE, faults_of
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    civil_society_for,
    days_ago,
    lead_of,
    make_update,
    officer_of,
)
from tests.milestones.sign_off.pages import page_of, submitted
from tests.signing_in import sign_in_browser

pytestmark = pytest.mark.browser

WORKSHOPS = (
    "Two workshops were held with community councils in Leith and in Portree, and 43 people took"
    " part in them.\n\nThe **draft standard** was published for comment on 3 May.\n\n"
)
LONG = " ".join(f"Paragraph {number} says what was already known." for number in range(60))


@pytest.fixture
def milestone(transactional_db):
    plan = PlanFactory(needs_sign_off=True, needs_civil_society_sign_off=True)
    commitment = CommitmentFactory(plan=plan, nations=["sct", "wls"])
    return MilestoneFactory(commitment=commitment, text="Publish a standard for open registers")


@pytest.fixture
def lead(milestone):
    return officer_of(lead_of(milestone.commitment), "lead", first_name="Lena", last_name="Law")


@pytest.fixture
def update(milestone, lead):
    """Return a report that corrects one, differs from another, moves the day and came back once."""
    author = officer_of(lead_of(milestone.commitment), first_name="Rhona", last_name="Reid")
    minutes = EvidenceFacts(title="Minutes", url="https://www.gov.scot/minutes")
    wrong = make_update(
        milestone,
        "completed",
        nations=["sct"],
        as_of=days_ago(20),
        narrative=WORKSHOPS + LONG,
        evidence=[minutes],
    )
    make_update(milestone, nations=["wls"], as_of=days_ago(50), narrative="Nothing yet.")
    written = {
        "by": author,
        "as_of": days_ago(10),
        "nations": ["sct", "wls"],
        "narrative": WORKSHOPS.replace("Two", "Three").replace("43", "51") + LONG,
        "evidence": [minutes, EvidenceFacts(title="Plan", url="https://www.gov.scot/p")],
        "corrects": wrong,
        "correction_reason": "A workshop was left out.",
        "due_on_proposed": days_ago(-400),
        "due_reason": "The tender failed.",
    }
    update = submitted(milestone, "substantial", **written)
    services.return_update(update, by=lead, comment="Name the places of the workshops, please.")
    return services.submit_update(update, by=author)


@ON_A_PHONE
def test_nothing_is_wrong_with_any_state_of_the_page(
    context, live_server, page, milestone, lead, update
):
    sign_in_browser(context, live_server, lead)
    page.goto(live_server.url + page_of(update))
    found = {"lead": faults_of(page)}
    page.locator("summary").first.click()
    page.get_by_role("button", name="Return with a comment").click()
    expect(page.get_by_role("alert")).to_be_focused()
    found["refused"] = faults_of(page)
    sign_in_browser(context, live_server, update.recorded_by)
    page.goto(live_server.url + page_of(update))
    found["author"] = faults_of(page)
    page.goto(live_server.url + address(type(update), "change", update.pk))
    found["report"] = faults_of(page)
    agrees = civil_society_for(milestone.commitment)
    sign_in_browser(context, live_server, agrees)
    page.goto(live_server.url + page_of(update))
    found["civil society"] = faults_of(page)
    services.agree_to_update(update, by=agrees)
    sign_in_browser(context, live_server, lead)
    page.goto(live_server.url + page_of(update))
    found["all there"] = faults_of(page)
    page.get_by_role("button", name="Sign off and publish").click()
    expect(page.get_by_text("Published: ")).to_be_visible()
    found["published"] = faults_of(page)
    assert {state: faults for state, faults in found.items() if faults} == {}
