"""Every kind of public page against WCAG 2.2 AA and best practice, as far as a program can tell."""

import pytest

from tests.browser.looking import faults_of

pytestmark = pytest.mark.browser

# Between them they show everything that has a colour; wide and dark, and narrow and light, only
# these are looked at once more.
COLOURFUL = {
    "/",
    "/nations/sct/",
    "/commitments/UK9001/",
    "/changes/",
    "/overdue/",
    "/disagreements/",
}


def test_reader_finds_nothing_wrong_with_any_page(live_server, page, addresses):
    found = []
    for address in addresses:
        page.goto(live_server.url + address)
        found += faults_of(page, in_all_colours=address in COLOURFUL)
    assert found == []
