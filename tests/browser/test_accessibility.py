"""Every kind of public page against WCAG 2.2 AA and best practice, as far as a program can tell."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture(params=[1280, 320])
def width(request):
    return request.param


@pytest.fixture
def browser_context_args(browser_context_args, scheme, width):
    # The policy that forbids foreign scripts would forbid axe, too.
    return {
        **browser_context_args,
        "bypass_csp": True,
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
    }


def test_axe_finds_nothing_on_any_page(live_server, page, addresses):
    found = []
    for address in addresses:
        page.goto(live_server.url + address)
        answer = Axe().run(page, options={"runOnly": RULES}).response
        assert answer["passes"], address
        found += [
            f"{address}: {violation['id']}, {node['html']}"
            for violation in answer["violations"]
            for node in violation["nodes"]
        ]
    assert found == []


def test_no_page_scrolls_sideways(live_server, page, addresses, width):
    wide = []
    for address in addresses:
        page.goto(live_server.url + address)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(address)
    assert wide == []
