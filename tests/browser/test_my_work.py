"""My work in a browser: wide and narrow, light and dark, with little and with a lot to do."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories import AccountFactory, administrator, contact_for, officer_of, researcher
from tests.work_world import Desk, crowded_desk

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LISTS = ("/admin/my-work/overdue/", "/admin/my-work/plan/silent/", "/admin/my-work/plan/")


@pytest.fixture(params=[("light", 1280), ("dark", 320)], ids=lambda look: look[0])
def look(request):
    return request.param


@pytest.fixture
def width(look):
    return look[1]


@pytest.fixture
def browser_context_args(browser_context_args, look):
    scheme, width = look
    return {
        **browser_context_args,
        "bypass_csp": True,
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
    }


def faults_of(page, width):
    """Return what axe finds on the page, and whether it scrolls sideways."""
    answer = Axe().run(page, options={"runOnly": RULES}).response
    found = [
        f"{page.url}: {violation['id']}, {node['html']}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{page.url} scrolls sideways")
    return found


def test_my_work_can_be_read_by_everybody(
    live_server, page, context, client, width, transactional_db
):
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
        client.force_login(account)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        context.add_cookies([cookie | {"url": live_server.url}])
        for path in ("/admin/", *(LISTS if name == "everything" else ())):
            page.goto(live_server.url + path)
            found += faults_of(page, width)
    assert found == []
