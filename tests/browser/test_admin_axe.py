"""Every kind of page of the admin that each role reaches by its links, against WCAG 2.2 AA.

The security policy is in nobody's way, and each fits the screen. What looks the same to a second
role is not asked again by axe.
"""

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from commitments.models import Institution
from tests.admin_pages import address
from tests.browser.looking import faults_of, widths_that_scroll
from tests.factories import MembershipFactory, administrator, contact_for, researcher
from tests.signing_in import sign_in_browser

pytestmark = pytest.mark.browser

ROLES = ("reporter", "lead", "civil_society_lead", "contact", "researcher", "administrator")
LINKS = "[...document.querySelectorAll('main a[href], nav a[href]')].map(link => link.href)"
NO_PAGES = re.compile(r"workbook|/sheets/|/template/|/file/")
# Each kind of element, with the name of a field but for the number of its row: two pages of one
# kind with the same look differ in their words alone.
LOOK = """[...new Set([...document.querySelectorAll('body *')].map(element =>
  ["class", "role", "type", "name", "aria-invalid"].map(name => element.getAttribute(name))
    .join().replace(/\\d+/g, "N") + element.localName))].sort().join("\\n")"""
# Nobody reaches so many kinds of page: who does walks in circles.
MOST_KINDS = 300


def account_of(role, commitment):
    if role == "contact":
        return contact_for(commitment)
    if role in {"researcher", "administrator"}:
        return {"researcher": researcher, "administrator": administrator}[role]()
    institution = commitment.involvements.first().institution
    return MembershipFactory(role=role, institution=institution).account


def kind_of(path):
    """One page of each kind is enough: keys and filters are left out."""
    return re.sub(r"/[0-9a-f-]{32,}(?=/)|/\d+(?=/)", "/N", path)


def pages_reached(page, live_server):
    """Open one page of each kind that links lead to, beginning at the first; give its kind."""
    seen, to_open = {"/admin/"}, [("/admin/", "")]
    while to_open:
        path, linked_on = to_open.pop(0)
        answer = page.goto(live_server.url + path)
        assert answer.status == 200, f"{linked_on} leads to {path}"
        if not page.url.startswith(f"{live_server.url}/admin/"):
            continue
        yield kind_of(urlsplit(path).path)
        for link in map(urlsplit, page.evaluate(LINKS)):
            is_page = link.path.startswith("/admin/") and not NO_PAGES.search(link.path)
            if is_page and kind_of(link.path) not in seen:
                seen.add(kind_of(link.path))
                to_open.append((link.path + (f"?{link.query}" if link.query else ""), path))
        assert len(seen) < MOST_KINDS, sorted(seen)


def test_nothing_is_wrong_with_any_page_that_a_role_reaches(
    live_server, page, context, complaints, everything
):
    looks, reached, found = set(), Counter(), []
    for role in ROLES:
        sign_in_browser(context, live_server, account_of(role, everything))
        for kind in pages_reached(page, live_server):
            reached[role] += 1
            look = (kind, page.evaluate(LOOK))
            if look in looks:
                found += [f"{page.url} scrolls at {width}" for width in widths_that_scroll(page)]
            else:
                looks.add(look)
                found += faults_of(page)
    assert (found, complaints) == ([], [])
    assert min(reached[role] for role in ROLES) > 30, reached
    assert len(looks) > 100


def test_list_of_errors_takes_the_focus_and_leads_to_the_field(
    live_server, page, context, everything
):
    sign_in_browser(context, live_server, administrator())
    page.goto(live_server.url + address(Institution, "add"))
    page.get_by_role("button", name="Add institution").click()

    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Name: Enter the name.").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
