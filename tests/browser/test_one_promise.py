"""A reader without JavaScript follows one promise: finds it, and what became of it since."""

from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from django.db.models import F
from django.utils.formats import date_format
from playwright.sync_api import expect

from ogp_tracker.opendata.tables.record import RECORDED
from tests.factories import days_ago

pytestmark = pytest.mark.browser

A_MONTH = timedelta(days=30)


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "java_script_enabled": False}


@pytest.fixture
def promise(everything):
    """A commitment that has been on the site for a month, and of which all reports came today."""
    for recorded in RECORDED:
        recorded.history.objects.update(history_date=F("history_date") - A_MONTH)
    return everything


def test_reader_follows_one_promise_through_all_that_became_of_it(live_server, page, promise):
    page.goto(live_server.url)
    box = page.get_by_role("search").first.get_by_role("searchbox")
    box.fill("shows everything")
    box.press("Enter")
    page.get_by_role("main").get_by_role("link", name="UK9001").first.click()
    commitment = page.url
    expect(page.get_by_role("heading", level=1)).to_contain_text("a commitment that shows")
    levels = page.get_by_role("table").first.get_by_role("row").nth(1)
    expect(levels).to_contain_text("Substantial")

    page.get_by_text("Progress updates and every other change").click()
    page.get_by_role("link", name="Every change to this page").click()
    changes = page.get_by_role("main")
    expect(changes).to_contain_text("The regulator asked for more time.")
    expect(changes).to_contain_text("Progress update corrected")
    page.go_back()

    page.get_by_text("See this page as at another date").click()
    page.get_by_label("Show this page as at the end of").fill(days_ago(1).isoformat())
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.url == f"{commitment}?as_at={days_ago(1)}"
    expect(page.get_by_role("main")).to_contain_text(date_format(days_ago(1)))
    expect(levels).not_to_contain_text("Substantial")
    expect(levels).to_contain_text("Not reported")
    page.get_by_role("link", name="Go to today’s version").first.click()
    assert page.url == commitment
    expect(levels).to_contain_text("Substantial")

    menu = page.get_by_role("navigation", name="Main")
    menu.get_by_role("link", name="Disagreements").click()
    there = page.get_by_role("main").get_by_role("link", name="UK9001")
    assert urlsplit(there.first.get_attribute("href")).path == urlsplit(commitment).path
    there.first.click()

    page.get_by_text("Cite this page").click()
    cited = f"{urlsplit(commitment).path}?as_at={days_ago(0)}"
    expect(page.get_by_role("main").get_by_text(cited).first).to_be_visible()

    link = page.get_by_role("main").get_by_role("link", name="feed", exact=True).first
    answer = page.request.get(urljoin(page.url, link.get_attribute("href")))
    feed = feedparser.parse(answer.body())
    assert not feed.bozo
    assert any("The regulator asked for more time." in one.content[0].value for one in feed.entries)
    entry = urlsplit(feed.entries[0].link)
    page.goto(f"{live_server.url}{entry.path}#{entry.fragment}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.context.cookies() == []
