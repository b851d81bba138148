"""Every page of the registry has what the registry promises, and a draft has none of it."""

from urllib.parse import urlencode, urlsplit

import pytest
from django.urls import reverse

from ogp_tracker.opendata.releases import make_release
from ogp_tracker.pages import PAGES, Has, page_of, pages_with
from ogp_tracker.search.sources import SOURCES
from ogp_tracker.urls import BELOW
from tests.factories import CommitmentFactory, MilestoneFactory, ReportFactory, days_ago, nation
from tests.pages import read, sitemap_addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """Make a row for every page, and a draft of each that can be one; return a row by page."""
    nation("sct")
    plan = MilestoneFactory(due_on=days_ago(5)).commitment.plan
    ReportFactory(plan=plan)
    make_release()
    MilestoneFactory(commitment=CommitmentFactory(plan=plan, draft=True))
    ReportFactory(plan=plan, draft=True)
    made = {page: page.rows().first() if page.rows else None for page in PAGES}
    assert not [page.name for page in PAGES if page.rows and not made[page]], "Make a row of these."
    return made


def below(page):
    for what, addresses in BELOW.items():
        if what in page.has:
            yield from ((ending, name) for ending, name, _view in addresses)


def test_reader_finds_each_page_and_all_that_the_registry_promises_below_it(client, rows):
    listed = set(sitemap_addresses(client))
    for page, row in rows.items():
        address = page.address(row)
        assert read(client, address)
        assert address in listed

        for ending, name in below(page):
            assert page.address(row, name) == f"{address}{ending}"
            assert client.get(f"{address}{ending}").status_code == 200, (page.name, ending)
        assert (f"{address}changes/" in listed) == (Has.HISTORY in page.has), page.name


def test_reader_finds_the_past_versions_of_each_page_that_has_them(client, rows):
    for page, row in rows.items():
        address, today = page.address(row), days_ago(0)
        fields = read(client, address).all("input", name="as_at")
        banner = read(client, f"{address}?as_at={today}").all("aside", css="past")

        has_past = [bool(fields and fields[0].attrs["min"]), bool(banner)]
        assert has_past == [Has.AS_AT in page.has] * 2, page.name


def test_reader_finds_each_row_by_its_words_if_the_registry_says_so(client, rows):
    of_pages = {page.model for page in PAGES}
    sources = {source.model: source for source in SOURCES if source.model in of_pages}

    assert {page.model for page in pages_with(Has.SEARCH)} == set(sources)
    for page in pages_with(Has.SEARCH):
        row = rows[page]
        words = next(filter(None, (getattr(row, name) for name in sources[page.model].head)))
        found = read(client, f"/search/?{urlencode({'q': words})}").links()
        assert page.address(row) in {urlsplit(address).path for address, _place in found}


def test_reader_who_types_an_address_below_a_page_in_other_letters_is_led_to_it(client, rows):
    for page, row in rows.items():
        parts = page.parts_of(row)
        typed = {key: part.swapcase() if key != "number" else part for key, part in parts.items()}
        for ending, name in below(page) if typed != parts else ():
            answer = client.get(reverse(page.below(name), kwargs=typed))

            assert answer.status_code == 301, (page.name, ending)
            assert answer["Location"] == page.address(row, name)


@pytest.mark.core
def test_draft_has_neither_a_page_nor_anything_below_it(client, rows):
    # A copy in a browser is no reason to say that it is still good.
    later = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    for page in filter(lambda page: page.rows, PAGES):
        drafts = page.model._default_manager.exclude(pk__in=page.rows())

        assert drafts.exists() == page.has_drafts, page.name
        for draft in drafts:
            for ending in ("", *(ending for ending, _name in below(page))):
                answer = client.get(f"{page.address(draft)}{ending}", headers=later)
                assert answer.status_code == 404, (page.name, ending)


def test_every_row_leads_to_its_own_page(rows):
    for row in filter(None, rows.values()):
        assert page_of(row).address(row) == row.get_absolute_url()
