"""The page of a sign-off in a browser: against WCAG, by keyboard, without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from milestones import services
from tests.admin_pages import address
from tests.browser.test_accessibility import RULES
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
from tests.sign_off.pages import page_of, submitted
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
    minutes = services.EvidenceFacts(title="Minutes", url="https://www.gov.scot/minutes")
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
        "evidence": [minutes, services.EvidenceFacts(title="Plan", url="https://www.gov.scot/p")],
        "corrects": wrong,
        "correction_reason": "A workshop was left out.",
        "due_on_proposed": days_ago(-400),
        "due_reason": "The tender failed.",
    }
    update = submitted(milestone, "substantial", **written)
    services.return_update(update, by=lead, comment="Name the places of the workshops, please.")
    return services.submit_update(update, by=author)


class TestLook:
    """In light and in dark, on a wide screen and on a phone."""

    @pytest.fixture(params=[("light", 1280), ("dark", 320)], ids=lambda look: look[0])
    def browser_context_args(self, browser_context_args, request):
        scheme, width = request.param
        # The policy that forbids foreign scripts would forbid axe, too.
        return {
            **browser_context_args,
            "bypass_csp": True,
            "color_scheme": scheme,
            "viewport": {"width": width, "height": 900},
        }

    @pytest.fixture
    def look(self, page):
        def look_at(name):
            answer = Axe().run(page, options={"runOnly": RULES}).response
            assert answer["passes"]
            found = [
                f"{name}: {violation['id']}: {[node['html'] for node in violation['nodes']]}"
                for violation in answer["violations"]
            ]
            assert found == []
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(wide) <= 0, name

        return look_at

    def test_nothing_is_wrong_with_any_state_of_the_page(
        self, context, live_server, page, look, milestone, lead, update
    ):
        sign_in_browser(context, live_server, lead)
        page.goto(live_server.url + page_of(update))
        look("lead")
        page.locator("summary").first.click()
        page.get_by_role("button", name="Return with a comment").click()
        expect(page.get_by_text("That was not done")).to_be_visible()
        look("refused")
        sign_in_browser(context, live_server, update.recorded_by)
        page.goto(live_server.url + page_of(update))
        look("author")
        page.goto(live_server.url + address(type(update), "change", update.pk))
        look("report")
        agrees = civil_society_for(milestone.commitment)
        sign_in_browser(context, live_server, agrees)
        page.goto(live_server.url + page_of(update))
        look("civil-society")
        services.agree_to_update(update, by=agrees)
        sign_in_browser(context, live_server, lead)
        page.goto(live_server.url + page_of(update))
        look("all-there")
        page.get_by_role("button", name="Sign off and publish").click()
        expect(page.get_by_text("Signed off and published: ")).to_be_visible()
        look("published")


class TestWithoutJavaScript:
    """Everything works with forms and links alone, and from the keyboard."""

    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return {**browser_context_args, "java_script_enabled": False}

    def test_report_goes_back_and_forth_and_is_published(
        self, context, live_server, page, milestone, lead, update
    ):
        agrees = civil_society_for(milestone.commitment)
        sign_in_browser(context, live_server, agrees)
        page.goto(live_server.url + page_of(update))
        page.get_by_label("What has to change").fill("We were not at the third workshop.")
        page.get_by_role("button", name="Return with a comment").press("Enter")
        expect(page.get_by_text("Returned to its author: ")).to_be_visible()

        sign_in_browser(context, live_server, update.recorded_by)
        page.goto(live_server.url + page_of(update))
        expect(page.get_by_text("We were not at the third workshop.")).to_be_visible()
        page.get_by_role("link", name="Write on it").press("Enter")
        page.get_by_label("What was done").fill("Three workshops, two of them with civil society.")
        page.get_by_role("button", name="Submit for sign-off").press("Enter")
        expect(page.get_by_text("Sent for sign-off: ")).to_be_visible()

        sign_in_browser(context, live_server, agrees)
        page.goto(live_server.url + page_of(update))
        page.get_by_role("button", name="Agree").press("Enter")
        expect(page.get_by_text("You have agreed for civil society: ")).to_be_visible()

        sign_in_browser(context, live_server, lead)
        page.goto(live_server.url + page_of(update))
        page.get_by_role("link", name="Go to the decision").press("Enter")
        page.get_by_role("button", name="Sign off and publish").press("Enter")
        message = page.get_by_text("Signed off and published: ")
        expect(message).to_be_visible()
        message.get_by_role("link", name="Milestone 1").press("Enter")
        expect(page.locator(":target")).to_contain_text("two of them with civil society")
