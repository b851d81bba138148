"""An administrator signs in and edits, and the content security policy stands in nobody's way."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from commitments.models import ActionPlan
from tests.signing_in import AuthenticatorFactory, type_code, type_password

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints(page):
    found = []

    def hear(message):
        # Every browser asks for this one by itself.
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            found.append(message.text)

    def hear_of(request):
        # A page that is left behind gives up what it was still loading.
        if request.failure != "net::ERR_ABORTED":
            found.append(f"{request.failure}: {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("requestfailed", hear_of)
    return found


def test_administrator_signs_in_and_uses_the_widgets(live_server, page, complaints, admin_user):
    AuthenticatorFactory(user=admin_user)
    page.goto(f"{live_server.url}/admin/")
    type_password(page, admin_user, "password")
    type_code(page)
    expect(page).to_have_url(f"{live_server.url}/admin/")
    page.goto(f"{live_server.url}{reverse('admin:commitments_actionplan_add')}")
    page.get_by_label("Title:", exact=True).fill("Example plan of nobody")
    page.get_by_label("Member:").fill("Nowhere")
    # Script makes this link, and the slug.
    page.get_by_role("link", name="Today").first.click()
    page.get_by_label("End date:").fill("2099-12-31")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()

    plan = ActionPlan.objects.get()
    assert (plan.slug, plan.start_date) == ("example-plan-of-nobody", timezone.localdate())
    assert complaints == []
