"""The front page: how many promises, who has spoken about them, one quoted. No ranking."""

import re

import pytest

from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    make_document,
    make_update,
    nations,
)
from tests.pages import crawl, read

pytestmark = pytest.mark.django_db

TOLD = make_document("Report", source_provenance="assessor_report", words_basis="read")


@pytest.fixture
def cast():
    """A commitment of Scotland and Wales, ahead in Wales, and one of Scotland without reports."""
    nations()
    shared = CommitmentFactory(
        title="Shared",
        nations=["sct", "wls"],
        objective="Too little is known.\n\nWe will publish it all. [1] More follows.",
        published_on=days_ago(40),
    )
    step, second = MilestoneFactory.create_batch(2, commitment=shared)
    make_update(step, "completed", nations=["wls"], as_of=days_ago(30))
    make_update(step, "limited", nations=["sct"], as_of=days_ago(90))
    make_update(second, "completed", nations=["wls"], as_of=days_ago(60))
    own = CommitmentFactory(title="Own", nations=["sct"], plan=PlanFactory(closed=True))
    MilestoneFactory(commitment=own)
    AssessmentFactory(commitment=shared, completion="limited")
    return shared


def door(client, words):
    doors = read(client, "/").section("doors").all("li")
    return next(one.text() for one in doors if words in one.first("h3").text())


@pytest.mark.usefixtures("cast")
def test_reader_learns_at_once_how_many_promises_there_are_and_what_is_known(client):
    page = read(client, "/")

    assert page.first("h1").text().startswith("2 promises to make government in the UK more open")
    assert page.title.endswith(": 2 promises by UK governments and what became of them")
    assert "Open Government Partnership" in page.description
    assert "2 governments in 2 action plans since" in page.first("p", "lede").text()
    figures = page.first("dl", "figures").all("div")
    assert [row.first("dd").text() for row in figures] == ["1", "1"]
    both, nobody = (row.first("dt").text() for row in figures)
    assert "has a word from government on how far it got, and the assessor’s finding" in both
    assert nobody == "has nothing on progress recorded here"


def test_promises_of_other_members_are_not_called_those_of_the_uk(client, cast):
    CommitmentFactory(plan=PlanFactory(member="Chile", title="Chile Action Plan"), nations=[])

    page = read(client, "/")
    assert page.first("h1").text().startswith("3 promises to make government more open")
    assert "what governments promised" in page.title


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("address", ["/", "/nations/"])
def test_reader_finds_the_nations_in_the_places_of_the_map_and_no_ranking(client, address):
    page = read(client, address)
    tiles = {tile.first("h3").text(): tile for tile in page.first("ul", "tiles").inside_of("li")}

    assert list(tiles) == ["England (UK Government)", "Scotland", "Wales", "Northern Ireland"]
    assert "2 promises in 2 plans. Progress known for 1." in tiles["Scotland"].text()
    assert "1 promise in 1 plan. Progress known for 1." in tiles["Wales"].text()
    assert "No promise recorded here" in tiles["Northern Ireland"].text()
    assert "we do not rank them" in page.first("main").text()


@pytest.mark.usefixtures("cast")
def test_reader_finds_how_far_milestones_are_in_each_nation(client):
    cards = read(client, "/nations/").section("nations").all("li", "card")
    said = {card.first("h3").text(): card for card in cards}

    counts = [[row.text() for row in card.all("li")[1:]] for card in cards]
    assert counts[1:3] == [["Limited 1", "Not reported 2"], ["Completed 2"]]
    assert "of 2 commitments." in said["Scotland"].text()
    assert f"latest update is as at {days_ago(90):%B %Y};" in said["Scotland"].text()
    assert "Milestones not recorded here" in said["Northern Ireland"].text()


def test_reader_finds_one_promise_quoted_with_what_became_of_it(client, cast):
    example = read(client, "/").section("example")

    assert example.first("blockquote").first("p").text() == "“We will publish it all.”"
    assert example.all("a", href=cast.get_absolute_url())
    first, second = (row.all("td") for row in example.first("tbody").all("tr"))
    assert [cell.text() for cell in first] == ["Limited, on schedule", "Completed"]
    assert [cell.text() for cell in second] == ["Not reported", "Completed"]
    assert "Limited completion" in example.facts()["Assessor"][0].text()
    assert "No statement on the whole promise recorded" in example.facts()["Government"][0].text()
    assert "This site" not in example.facts()


def test_reader_of_the_example_learns_what_is_our_reading(client):
    make_update(MilestoneFactory(), source=TOLD)

    example = read(client, "/").section("example")
    assert "Brackets: our reading" in example.facts()["This site"][0].text()


@pytest.mark.usefixtures("cast")
def test_drawing_and_table_say_the_same(client):
    page = read(client, "/").section("all")
    rows = [row.text() for row in page.first("table").all("tr")[1:]]

    assert len(page.all("svg", "chart")) == 2
    assert "UK Government" in rows
    assert any(re.search(r"1 Government and the assessor: 1$", row) for row in rows)
    assert rows[-1] == "All promises 2 Government and the assessor: 1; Nothing recorded: 1"


def test_what_cannot_be_drawn_is_counted(client):
    CommitmentFactory(plan=None, member_as_published="United Kingdom")
    CommitmentFactory(plan=PlanFactory(start_date=None, end_date=None))

    page = read(client, "/").section("all")
    assert not page.all("svg", "chart")
    assert "1 promise belongs to no plan and is not drawn." in page.text()
    assert "1 promise is in a plan whose dates are not recorded" in page.text()


@pytest.mark.usefixtures("cast")
def test_plans_are_listed_by_where_they_are_in_time(client):
    PlanFactory(coming=True)
    PlanFactory(start_date=None, end_date=None)

    states = ["Current", "Not yet begun", "Closed", "Dates not recorded"]
    assert [heading.text() for heading in read(client, "/plans/").first("main").all("h2")] == states


def test_reader_learns_what_is_overdue_or_why_nobody_can_know(client):
    assert "no milestone is recorded here" in door(client, "overdue")

    closed = MilestoneFactory(commitment__plan=PlanFactory(closed=True))
    make_update(closed, "limited", as_of=days_ago(500))
    assert "Nothing can be: no plan" in door(client, "overdue")
    assert "1 of 1 milestones is known to have been unfinished" in door(client, "overdue")

    running = MilestoneFactory(due_on=None)
    assert "has no due date recorded here" in door(client, "overdue")

    make_update(MilestoneFactory(commitment=running.commitment, due_on=days_ago(5)))
    assert "1 of 1 milestone of running plans with a due date" in door(client, "overdue")


def test_reader_learns_whether_the_two_voices_can_be_compared(client, cast):
    ReportFactory(completion_totals="Complete: 6")

    said = door(client, "disagree")
    assert "Both have spoken about 1 of 2 promises." in said
    assert "For 1 plan the assessor’s own count" in said


def test_reader_finds_the_latest_four_updates_of_government(client):
    step = MilestoneFactory()
    rows = [make_update(step, as_of=days_ago(number)) for number in range(5)]
    make_update(step, source=TOLD, as_of=days_ago(0))

    log = read(client, "/").section("latest").first("ol", "log").inside_of("li")
    assert [entry.first("time").attrs["datetime"] for entry in log] == [
        row.as_of.isoformat() for row in rows[:4]
    ]


def test_reader_of_an_empty_site_learns_what_will_fill_it(client):
    page = read(client, "/")

    assert page.first("h1").text().startswith("Promises to make government more open")
    assert "once the first action plan is entered or imported" in page.first("main").text()
    assert not page.all("figure")


@pytest.mark.slow
@pytest.mark.usefixtures("cast")
def test_reader_finds_no_percentage_on_any_page(client):
    for address, page in crawl(client, follow=lambda address: "?" not in address).items():
        assert not re.search(r"\d\s*%", page.first("main").text()), address
