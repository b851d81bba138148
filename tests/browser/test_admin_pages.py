"""Colleagues with every role there is open every page of the Admin section in a browser."""

import pytest
from django.contrib import admin
from django.urls import reverse

from milestones.models import ProgressUpdate
from tests.admin_pages import address
from tests.browser.looking import HEIGHT, WIDE, widths_that_scroll
from tests.colleagues import Colleagues
from tests.signing_in import sign_in_browser

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
