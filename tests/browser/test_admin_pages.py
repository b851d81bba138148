"""Every page of the Admin section in a browser, and its widgets: the policy is in nobody's way."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from commitments.models import ActionPlan
from milestones.models import ProgressUpdate
from tests.admin_pages import address
from tests.browser.looking import HEIGHT, WIDE, faults_of, widths_that_scroll
from tests.colleagues import Colleagues
from tests.factories import AccountFactory, administrator, contact_for, officer_of, researcher
from tests.signing_in import AuthenticatorFactory, sign_in_browser, type_code, type_password
from tests.work_world import Desk, crowded_desk

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints(page):
    found = []
    page.on(
        "console", lambda message: found.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("response", lambda answer: found.append(answer.url) if answer.status >= 400 else None)
    return found


def pages(colleagues):
    for account in (colleagues.government, colleagues.assessor):
        yield account, reverse("admin:index")
    for model in admin.site._registry:
        account, client = colleagues.account_of(model), colleagues.of(model)
        yield account, address(model, "changelist")
        if client.get(address(model, "add")).status_code == 200:
            yield account, address(model, "add")
        row = model._default_manager.order_by("pk").first()
        for page in ("change", "history", "delete") if row is not None else ():
            if client.get(address(model, page, row.pk)).status_code == 200:
                yield account, address(model, page, row.pk)
    update = ProgressUpdate.objects.published().first()
    new = f"{address(ProgressUpdate, 'add')}?milestone={update.milestone_id}"
    yield colleagues.government, new


def test_no_page_breaks_the_policy_or_scrolls_sideways(
    live_server, page, context, complaints, everything
):
    colleagues = Colleagues()
    colleagues.take_part()
    wide, opened = [], 0
    for account, path in pages(colleagues):
        sign_in_browser(context, live_server, account)
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.goto(live_server.url + path)
        opened += 1
        wide += [(path, width) for width in widths_that_scroll(page)]
    assert opened > 3 * len(admin.site._registry)
    assert complaints == []
    assert wide == []


def test_administrator_signs_in_and_uses_the_widgets(live_server, page, complaints, admin_user):
    AuthenticatorFactory(user=admin_user)
    page.goto(f"{live_server.url}/admin/")
    type_password(page, admin_user, "password")
    type_code(page)
    expect(page).to_have_url(f"{live_server.url}/admin/")
    page.goto(f"{live_server.url}{reverse('admin:commitments_actionplan_add')}")
    page.get_by_label("Title", exact=True).fill("Example plan of nobody")
    page.get_by_label("Member (optional)").fill("Nowhere")
    # Script makes this link, and the slug.
    page.get_by_role("link", name="Today").first.click()
    page.get_by_label("End date").fill("2099-12-31")
    page.get_by_role("button", name="Add action plan").click()
    expect(page.get_by_text("Saved: action plan")).to_be_visible()

    plan = ActionPlan.objects.get()
    assert (plan.slug, plan.start_date) == ("example-plan-of-nobody", timezone.localdate())
    assert complaints == []


LISTS = ("/admin/my-work/overdue/", "/admin/my-work/plan/silent/", "/admin/my-work/plan/")


def test_my_work_can_be_read_by_everybody(live_server, page, context, transactional_db):
    desk = crowded_desk()
    idle = Desk()
    accounts = {
        "everything": desk.lead,
        "reporter": idle.reporter,
        "nothing": officer_of(idle.partner, is_staff=True),
        "contact": contact_for(idle.commitment(), is_staff=True),
        "administrator": administrator(is_staff=True, is_superuser=True),
        "researcher": researcher(is_staff=True),
        "nobody": AccountFactory(is_staff=True),
    }
    found = []
    for name, account in accounts.items():
        sign_in_browser(context, live_server, account)
        for path in ("/admin/", *(LISTS if name == "everything" else ())):
            page.goto(live_server.url + path)
            found += faults_of(page)
    assert found == []
