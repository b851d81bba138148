"""Every page of the registry has what the registry promises, and a draft has none of it."""

from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from irm.models import Report
from ogp_tracker.opendata.releases import make_release
from ogp_tracker.pages import PAGES, Has, page_of, pages_with
from ogp_tracker.search.sources import SOURCES
from ogp_tracker.urls import BELOW
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    nation,
    nations,
)
from tests.pages import SITEMAP, locations, read, sitemap_addresses

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


# The sitemap names every public page, and nothing else


PLAIN = {"/changes/", *(page.address() for page in PAGES if page.rows is None)}


def test_robot_finds_every_public_row_and_no_draft(client):
    milestone = MilestoneFactory()
    commitment = milestone.commitment
    report = ReportFactory(plan=commitment.plan)
    lead = commitment.involvements.get().institution
    for_comment = ReportFactory(plan=commitment.plan, stage="public_comment")
    MilestoneFactory(commitment=CommitmentFactory(draft=True, plan=commitment.plan, lead=lead))
    ReportFactory(draft=True, plan=commitment.plan)
    AssessmentFactory(commitment=commitment, report=report)

    rows = [*nations(), commitment.plan, lead, commitment, milestone, report, for_comment]
    listed = sitemap_addresses(client)
    own = {row.get_absolute_url() for row in rows}
    # A report changes no more once it is public, but for its few edits, which its plan shows.
    changes = {f"{row.get_absolute_url()}changes/" for row in rows if not isinstance(row, Report)}
    repository = f"{commitment.plan.get_absolute_url()}repository/"
    assert set(listed) == PLAIN | own | changes | {repository}
    assert len(listed) == len(set(listed))


def test_robot_of_an_empty_tracker_finds_the_pages_that_are_always_there(client):
    assert set(sitemap_addresses(client)) == PLAIN


def test_robot_gets_whole_addresses():
    InstitutionFactory(nation=nation("sct"))
    PlanFactory()
    client = Client(headers={"host": "localhost"})

    sections = locations(client, "/sitemap.xml")
    addresses = [address for section in sections for address in locations(client, section)]

    assert len(addresses) == len(PLAIN) + 2 * 3 + 1
    for address in [*sections, *addresses]:
        assert address.startswith("http://localhost/"), address


def test_robot_gets_xml_that_is_a_sitemap(client):
    index = client.get("/sitemap.xml")

    assert index["Content-Type"] == "application/xml"
    assert ElementTree.fromstring(index.content).tag == f"{SITEMAP}sitemapindex"
    for section in locations(client, "/sitemap.xml"):
        answer = client.get(section)
        assert answer["Content-Type"] == "application/xml"
        assert ElementTree.fromstring(answer.content).tag == f"{SITEMAP}urlset"


def test_robot_that_asks_for_a_section_that_is_not_there_is_told_so(client):
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_robot_is_told_where_the_sitemap_is(client):
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
