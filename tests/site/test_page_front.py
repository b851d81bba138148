"""The front page: the four nations side by side, the plans, the latest reports. No ranking."""

import re

import pytest

from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_update,
    nations,
)
from tests.pages import crawl, read

pytestmark = pytest.mark.django_db


def counts_in(element):
    return [row.text() for row in element.first("ul", "counts").all("li")]


@pytest.fixture
def cast():
    """A commitment of Scotland and Wales, ahead in Wales, and one of Scotland without reports."""
    nations()
    shared = CommitmentFactory(title="Shared", nations=["sct", "wls"])
    step, second = MilestoneFactory.create_batch(2, commitment=shared)
    make_update(step, "completed", nations=["wls"], as_of=days_ago(30))
    make_update(step, "limited", nations=["sct"], as_of=days_ago(90))
    make_update(second, "completed", nations=["wls"], as_of=days_ago(60))
    own = CommitmentFactory(title="Own", nations=["sct"], plan=PlanFactory(closed=True))
    MilestoneFactory(commitment=own)
    AssessmentFactory(commitment=shared, completion="limited")
    return shared


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("address", ["/", "/nations/"])
def test_reader_finds_the_nations_side_by_side_in_their_fixed_order(client, address):
    cards = read(client, address).section("nations").all("li", "card")
    said = {card.first("h3").text(): card for card in cards}

    assert list(said) == ["England (UK Government)", "Scotland", "Wales", "Northern Ireland"]
    assert counts_in(said["Scotland"]) == ["Limited 1", "Not reported 2"]
    assert counts_in(said["Wales"]) == ["Completed 2"]
    assert "of 2 commitments." in said["Scotland"].text()
    assert "of 1 commitment." in said["Wales"].text()
    assert f"latest update is as of {days_ago(90):%B %Y};" in said["Scotland"].text()
    assert f"latest update is as of {days_ago(30):%B %Y};" in said["Wales"].text()
    assert "Milestones not recorded here" in said["Northern Ireland"].text()
    assert "the numbers are not a ranking" in read(client, address).section("nations").text()


def test_reader_finds_the_commitment_that_was_reported_on_last_with_both_voices(client, cast):
    focus = read(client, "/").section("focus")

    assert focus.all("a", href=cast.get_absolute_url())
    assert counts_in(focus) == ["Limited 1", "Partly reported 1"]
    assert "Completion: Limited" in focus.first(css="voice--assessor").text()


@pytest.mark.usefixtures("cast")
def test_reader_finds_plans_by_where_they_stand(client):
    PlanFactory(coming=True)
    PlanFactory(start_date=None, end_date=None)

    front = read(client, "/").section("plans")
    states = ["Current", "Not yet begun", "Closed", "Dates not recorded"]
    assert [heading.text() for heading in front.all("h3")] == states
    assert [heading.text() for heading in read(client, "/plans/").first("main").all("h2")] == states


@pytest.mark.usefixtures("cast")
def test_reader_finds_the_latest_six_reports(client):
    step = MilestoneFactory()
    rows = [make_update(step, as_of=days_ago(number)) for number in range(5)]

    log = read(client, "/").section("latest").first("ol", "log").inside_of("li")
    assert len(log) == 6
    assert [entry.first("time").attrs["datetime"] for entry in log[:5]] == [
        row.as_of.isoformat() for row in rows
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("cast")
def test_reader_finds_no_percentage_on_any_page(client):
    for address, page in crawl(client, follow=lambda address: "?" not in address).items():
        assert not re.search(r"\d\s*%", page.first("main").text()), address
