"""Overdue, not updated, and unfinished when a plan closed, each in its own words."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from commitments.views import OVERDUE_ROWS
from milestones import services
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_update,
    nation,
)
from tests.pages import page_of, read

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

OVERDUE, PAST_DUE = "Overdue: {}", "Past its due date; level not given: {}"
STALE, UNFINISHED = "Not updated for six months: {}", "Unfinished when the plan closed: {}"


@pytest.fixture
def plan():
    return PlanFactory()


def overdue(plan, days=10, **given):
    milestone = past_due(plan, days, **given)
    make_update(milestone, "limited")
    return milestone


def past_due(plan, days=10, **given):
    commitment = CommitmentFactory(plan=plan, **given)
    return MilestoneFactory(commitment=commitment, due_on=days_ago(days))


def stale(plan, **given):
    """A milestone whose day has not come, last reported on seven months ago."""
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan, **given))
    make_update(milestone, now=timezone.now() - timedelta(days=215))
    return milestone


def unfinished(**given):
    """A milestone of a closed plan that government reported short of Completed."""
    plan = given.pop("plan", None) or PlanFactory(closed=True)
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan, **given))
    make_update(milestone, "substantial", as_of=days_ago(500))
    return milestone


def overdue_on(client, address):
    return read(client, address).section("overdue")


def said_on(client, address):
    section = overdue_on(client, address)
    lists = section.all("ul", "rows")
    headings = [heading.text() for heading in section.all("h3")]
    links = [[link.attrs["href"] for link in rows.all("a")] for rows in lists]
    return list(zip(headings, links, strict=True))


def addresses(*milestones):
    return [milestone.get_absolute_url() for milestone in milestones]


def test_reader_finds_each_kind_of_late_in_its_own_words_and_order(client, plan):
    rows = [overdue(plan), stale(plan), unfinished()]
    MilestoneFactory(commitment=CommitmentFactory(plan=rows[2].commitment.plan))

    assert said_on(client, "/nations/sct/") == [
        (kind.format(1), addresses(row))
        for kind, row in zip((OVERDUE, STALE, UNFINISHED), rows, strict=True)
    ]
    said = overdue_on(client, "/nations/sct/").text()
    assert "Nobody can tell how 1 milestone of closed plans ended" in said


def test_reader_of_a_plan_finds_what_is_overdue_in_it_and_nothing_of_another(client, plan):
    late, quiet = overdue(plan), stale(plan)
    done = unfinished()
    overdue(PlanFactory())

    found = said_on(client, plan.get_absolute_url())
    assert [links for _heading, links in found] == [addresses(late), addresses(quiet)]
    closed = said_on(client, done.commitment.plan.get_absolute_url())
    assert closed == [(UNFINISHED.format(1), addresses(done))]


def test_reader_of_a_closed_plan_is_never_told_that_something_is_overdue(client):
    milestone = unfinished()
    page = page_of(client, milestone.commitment.plan)

    assert page.first("h2", id="overdue").text() == "At the end of the plan"
    said = page.section("overdue").text()
    assert "The plan has closed, so nothing in it can be overdue any more." in said
    assert not re.search("due date|six months", said)


def test_reader_finds_the_longest_overdue_first_and_the_day_it_was_due(client, plan):
    rows = [overdue(plan, days) for days in (5, 50, 20)]

    ((_heading, links),) = said_on(client, "/nations/sct/")
    assert links == addresses(rows[1], rows[2], rows[0])
    days = re.findall(r"\(due (.+?)\)", overdue_on(client, "/nations/sct/").text())
    assert len(days) == 3


def test_reader_finds_the_first_rows_and_the_total(client, plan):
    rows = [overdue(plan, days=100 - number) for number in range(7)]
    stale(plan)

    for address in ("/nations/sct/", plan.get_absolute_url()):
        first, (_stale, others) = said_on(client, address)
        assert first == (OVERDUE.format(7), addresses(*rows[:OVERDUE_ROWS]))
        assert len(others) == 1
        assert overdue_on(client, address).text().count(" are shown.") == 1


def test_reader_is_told_that_nothing_is_overdue(client, plan):
    done = overdue(plan)
    make_update(done, "completed")
    fresh = MilestoneFactory(commitment=CommitmentFactory(plan=plan))
    make_update(fresh, "limited")

    assert "Nothing is overdue, and nothing has gone" in overdue_on(client, "/nations/sct/").text()
    assert said_on(client, "/nations/sct/") == []
    assert "Nothing is overdue, and" in page_of(client, plan).section("overdue").text()


def test_reader_is_told_so_beside_what_past_plans_left_undone(client):
    unfinished()

    assert "belongs to a plan that is running today" in overdue_on(client, "/nations/sct/").text()
    ((heading, _links),) = said_on(client, "/nations/sct/")
    assert heading == UNFINISHED.format(1)


def test_reader_of_a_nation_finds_nothing_late_that_the_nation_has_done(client, plan):
    milestone = past_due(plan, nations=["sct", "wls", "nir"])
    make_update(milestone, "completed", nations=["sct"])
    services.set_applicability(milestone, nation("nir"), applies=False, reason="Not devolved")

    assert said_on(client, "/nations/sct/") == []
    assert said_on(client, "/nations/nir/") == []
    assert said_on(client, "/nations/wls/") == [(PAST_DUE.format(1), addresses(milestone))]

    make_update(milestone, "limited", nations=["wls"])
    assert said_on(client, "/nations/wls/") == [(OVERDUE.format(1), addresses(milestone))]


def test_reader_of_an_institution_finds_what_is_overdue_where_it_leads(client, plan):
    late = overdue(plan)
    lead = late.commitment.involvements.get().institution
    others = overdue(plan)
    InvolvementFactory(commitment=others.commitment, institution=lead, role="partner")
    led_by_another = MilestoneFactory(
        commitment=late.commitment, due_on=days_ago(10), lead=InstitutionFactory()
    )
    make_update(led_by_another, "limited")

    found = said_on(client, lead.get_absolute_url())
    assert found == [(OVERDUE.format(1), addresses(late))]
    found = said_on(client, led_by_another.lead.get_absolute_url())
    assert found == [(OVERDUE.format(1), addresses(led_by_another))]


def test_reader_of_the_commitment_and_the_milestone_finds_the_same_words(client, plan):
    late, done = overdue(plan), unfinished()

    for milestone, word in ((late, "Overdue"), (done, "Unfinished when the plan closed")):
        row = page_of(client, milestone.commitment).section("milestones").first("tbody")
        assert word in [tag.text() for tag in row.all(css="tag")]
        tags = page_of(client, milestone).section("glance").all(css="tag")
        assert word in [tag.text() for tag in tags]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "No milestones are recorded here, so this site cannot tell"),
        (
            {"due_on": None},
            "No due date is recorded for these milestones, so this site cannot tell",
        ),
        ({"due_on": days_ago(-3)}, "Nothing is overdue, and nothing has gone six months"),
    ],
)
def test_reader_is_told_that_nothing_is_overdue_only_where_something_could_be(
    client, plan, given, said
):
    commitment = CommitmentFactory(plan=plan)
    if given:
        make_update(MilestoneFactory(commitment=commitment, **given), "limited")

    for address in ("/nations/sct/", plan.get_absolute_url()):
        assert said in overdue_on(client, address).text()
