"""The sitemap names every public page, and nothing else."""

from xml.etree import ElementTree

import pytest
from django.test import Client

from irm.models import Report
from ogp_tracker.pages import PAGES
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    nation,
    nations,
)
from tests.pages import SITEMAP, locations, sitemap_addresses

pytestmark = pytest.mark.django_db

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
