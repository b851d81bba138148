"""What plans and OGP's pages print stands on the pages as printed, and in the data."""

import csv
import io

import pytest

from tests.factories import CommitmentFactory, InstitutionFactory, MilestoneFactory, PlanFactory
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def milestone():
    lead = InstitutionFactory(name="Natural Resources Wales", other_names="NRW\nCyfoeth Naturiol")
    plan = PlanFactory(number=5, country="GB", dates_basis="title")
    commitment = CommitmentFactory(plan=plan, label="1.10", ogp_status="blank", language="cy")
    commitment.continues.set([CommitmentFactory(), CommitmentFactory(draft=True)])
    return MilestoneFactory(
        commitment=commitment,
        label="2024-1",
        label_is_ours=True,
        text="Cynnal gweithdy",
        text_is_summary=True,
        language="cy",
        lead=lead,
        start_as_published="Spring 2024",
        start_on="2024-03-01",
    )


def rows_of(client, table):
    return list(csv.DictReader(io.StringIO(client.get(f"/data/{table}.csv").getvalue().decode())))


def test_reader_finds_the_words_of_the_plan_and_what_is_ours(client, milestone):
    commitment = milestone.commitment
    page = read(client, commitment.get_absolute_url())
    facts = page.first(css="page-head").text()
    assert "number 1.10" in facts
    assert "Left blank on OGP's page" in page.section("institutions").text()
    (earlier,) = commitment.continues.public()
    draft = commitment.continues.get(published_on=None)
    assert str(earlier) in facts
    assert page.all("h1", lang="cy")
    assert "Milestone 2024-1 Cynnal gweithdy" in page.first("main").text()
    assert str(commitment) in read(client, earlier.get_absolute_url()).first("main").text()
    assert draft.title not in page.first("main").text()

    page = read(client, milestone.get_absolute_url())
    head = page.first(css="page-head").text()
    for said in ("Milestone 2024-1", "Number given by this site", "Summary by this site"):
        assert said in head
    assert "Lead institution of this milestone Natural Resources Wales" in head
    assert "1 March 2024 (“Spring 2024” in the plan)" in head
    assert page.first("h1").attrs["lang"] == "cy"
    head = read(client, commitment.plan.get_absolute_url()).first(css="page-head").text()
    assert "Taken from the years in its title" in head
    assert "Number of the plan 5" in head


def test_researcher_finds_them_in_the_data(client, milestone):
    commitment = milestone.commitment
    (earlier,) = commitment.continues.public()
    (row,) = [one for one in rows_of(client, "commitments") if one["label"]]
    assert (row["label"], row["ogp_status"], row["continues"]) == ("1.10", "blank", earlier.slug)
    (row,) = rows_of(client, "milestones")
    assert (row["milestone_number"], row["label"], row["label_is_ours"]) == ("1", "2024-1", "true")
    assert (row["lead_id"], row["start_on"]) == (milestone.lead.slug, "2024-03-01")
    (row,) = [one for one in rows_of(client, "plans") if one["number"]]
    assert (row["country"], row["dates_basis"]) == ("GB", "title")


def test_reader_finds_an_institution_by_its_initials(client, milestone):
    found = read(client, "/search/?q=NRW").first("ol", "results")
    assert milestone.lead.name in found.text()
    page = read(client, milestone.lead.get_absolute_url())
    assert "Also known as NRW, Cyfoeth Naturiol." in page.first("main").text()
