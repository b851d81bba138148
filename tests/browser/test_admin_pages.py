"""Widgets of the Admin section in a browser, and My work as each role finds it."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from commitments.models import ActionPlan
from tests.browser.looking import faults_of
from tests.factories import officer_of
from tests.signing_in import AuthenticatorFactory, sign_in_browser, type_code, type_password
from tests.work_world import Desk, crowded_desk

pytestmark = pytest.mark.browser


def test_administrator_signs_in_and_uses_the_widgets(live_server, page, complaints, admin_user):
    AuthenticatorFactory(user=admin_user)
    page.goto(f"{live_server.url}/admin/")
    type_password(page, admin_user, "password")
    type_code(page)
    expect(page).to_have_url(f"{live_server.url}/admin/")
    page.goto(f"{live_server.url}{reverse('admin:commitments_actionplan_add')}")
    page.get_by_label("Title", exact=True).fill("Example plan of nobody")
    page.get_by_label("OGP member", exact=True).fill("Nowhere")
    # Script makes the slug.
    page.get_by_label("Start date").fill("1 May 2099")
    page.get_by_label("End date").fill("2099-12-31")
    page.get_by_role("button", name="Add action plan").click()
    expect(page.get_by_text("Saved: action plan")).to_be_visible()

    plan = ActionPlan.objects.get()
    assert (plan.slug, plan.start_date) == ("example-plan-of-nobody", date(2099, 5, 1))
    assert complaints == []


LISTS = ("/admin/my-work/overdue/", "/admin/my-work/plan/silent/", "/admin/my-work/plan/")


def test_my_work_can_be_read_when_it_is_full_and_when_there_is_none(
    live_server, page, context, transactional_db
):
    """As the roles find it otherwise, the walk over all pages looks at it."""
    full, idle = crowded_desk().lead, officer_of(Desk().partner)
    found = []
    for account, paths in ((full, ("/admin/", *LISTS)), (idle, ("/admin/",))):
        sign_in_browser(context, live_server, account)
        for path in paths:
            page.goto(live_server.url + path)
            found += faults_of(page)
    assert found == []
