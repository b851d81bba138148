"""`/overdue/`: what is overdue, not updated and postponed, narrowed down, and counted for whom."""

import random
from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone

from commitments.models import Institution
from milestones import views, when
from milestones.conditions import midnight as moment
from milestones.levels import Level
from milestones.models import Milestone
from milestones.overdue import Selection
from milestones.sections import OverdueSection
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_update,
    move_due_date,
    nation,
    nations,
    today,
    write_part,
)
from tests.pages import read

pytestmark = pytest.mark.django_db


def move(milestone, *days):
    for number, day in enumerate(days, 1):
        move_due_date(
            milestone, to=days_ago(day), reason=f"Reason {number}.", institution=None, by=None
        )


def every(**given):
    return Selection(Milestone.objects.public(), today(), **given)


def rows_of(page, section):
    return [row.text() for row in page.section(f"section-{section}").first("tbody").all("tr")]


def test_reader_finds_every_section_with_the_dates_that_decide(client):
    plan = PlanFactory()
    overdue = MilestoneFactory(
        commitment=CommitmentFactory(ogp_id="UK1", plan=plan, nations=["sct"]), due_on=days_ago(90)
    )
    move(overdue, 60, 12)
    make_update(overdue)
    stale = MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK2", plan=plan))
    make_update(stale, now=timezone.now() - timedelta(days=215))
    closed = PlanFactory(closed=True, end_date=date(2023, 12, 31))
    left, behind, untold = (
        MilestoneFactory(commitment=CommitmentFactory(ogp_id=name, plan=closed, nations=["sct"]))
        for name in ("UK3", "UK4", "UK5")
    )
    make_update(left, "limited", as_of=date(2024, 2, 1))
    write_part(behind, "sct", "behind", published_at=moment(date(2023, 5, 31)))

    page = read(client, "/overdue/")

    (late,) = rows_of(page, "overdue")
    assert late.startswith("UK1, Milestone 1")
    assert "12 days ago 78 days later than first planned, moved 2 times Reason 2." in late
    assert "Scotland: Limited" in late
    assert "Led by Institution" in late
    (moved,) = rows_of(page, "moved")
    assert "78 days later than first planned, moved 2 times Reason 2." in moved
    (quiet,) = rows_of(page, "stale")
    assert quiet.startswith("UK2, Milestone 1")
    (short,) = rows_of(page, "not_completed_at_end")
    assert short.endswith("Plan closed on 31 December 2023; last update 2 months later")
    (risky,) = rows_of(page, "behind_at_end")
    assert "Behind schedule" in risky
    assert risky.endswith("Plan closed on 31 December 2023; last update 7 months before")
    (open_end,) = rows_of(page, "unknown_at_end")
    assert open_end.startswith(f"{untold.commitment.slug}, Milestone 1")
    assert open_end.endswith("no update is recorded here")


STATES = [None, "", "not_applicable", "words", "behind", "going_on", *Level, "completed"]


@pytest.mark.both_databases
def test_numbers_are_those_of_the_lists_behind_them():
    dice = random.Random(9)
    everywhere, bodies = nations(), InstitutionFactory.create_batch(3)
    plans = [PlanFactory(), PlanFactory(closed=True)]
    for plan, _number in product(plans, range(12)):
        scope, (lead, second) = dice.sample(everywhere, 2), dice.sample(bodies, 2)
        commitment = CommitmentFactory(plan=plan, nations=scope, lead=lead)
        if dice.random() < 0.4:
            InvolvementFactory(commitment=commitment, institution=second, role="lead")
        milestone = MilestoneFactory(commitment=commitment, due_on=days_ago(dice.randint(-9, 9)))
        for one in scope:
            at = moment(days_ago(dice.choice([0, 300, 500])))
            write_part(milestone, one.code, dice.choice(STATES), published_at=at)
        if dice.random() < 0.3:
            move(milestone, 20)
    CommitmentFactory(plan=plans[0], lead=bodies[0])

    for counted in every().per_nation():
        in_nation = every(nations=[counted.of])
        listed = [(section, in_nation.of(section).count()) for section in OverdueSection]
        assert counted.numbers == listed, counted.of
    either = every(nations=everywhere[:2])
    for section in OverdueSection:
        both = {row for one in everywhere[:2] for row in every(nations=[one]).of(section)}
        assert set(either.of(section)) == both
        assert either.tally.totals[section] == len(both)
    led = {one.of: one.numbers for one in every().per_institution(every().institutions())}
    for body in Institution.objects.filter(involvements__role="lead").distinct():
        mine = Selection(Milestone.objects.public().led_by(body), today())
        assert (body in led) == any(mine.of(section) for section in OverdueSection)
        numbers = [(section, mine.of(section).count()) for section in OverdueSection]
        assert led.get(body, [(section, 0) for section in OverdueSection]) == numbers
    for found in every().first(2, OverdueSection):
        whole = list(every().of(found.section))
        assert (found.total, found.rows) == (len(whole), whole[:2])
    assert len(every().first(2, OverdueSection)) == len(OverdueSection)
    closed = every().tally
    assert sum(row.number for row in closed.standings()) == closed.closed == 12
    assert all(
        sum(number for _sign, number in row.marks) == row.number for row in closed.standings()
    )


@pytest.mark.parametrize(
    ("first", "days", "said"),
    [
        (30, [20], (10, 1)),
        (30, [20, 40], (-10, 2)),
        (30, [20, 30], (0, 2)),
        (None, [20], (None, 1)),
        (None, [20, 10], (None, 2)),
    ],
)
def test_due_date_is_as_far_from_its_first_day_as_all_moves_together(first, days, said):
    first_due = first and days_ago(first)
    milestone = MilestoneFactory(due_on=first_due)
    move(milestone, *days)

    (row,) = every().of(OverdueSection.MOVED)

    assert (row.moved_by.days if row.moved_by is not None else None, row.moves) == said
    assert (row.first_due, row.last_reason) == (first_due, f"Reason {len(days)}.")


def test_reader_of_one_section_goes_from_page_to_page_in_the_chosen_nation(client, monkeypatch):
    monkeypatch.setattr(views, "ROWS_PER_PAGE", 2)
    plan = PlanFactory()
    for days in (1, 2, 3):
        CommitmentFactory(ogp_id=f"UK{days}", plan=plan, nations=["wls"])
        commitment = CommitmentFactory(ogp_id=f"UK1{days}", plan=plan, nations=["sct"])
        make_update(MilestoneFactory(commitment=commitment, due_on=days_ago(days)), "limited")
    nation("nir")

    page = read(client, "/overdue/?show=overdue&nation=sct&plan=nonsense&page=2")

    assert page.title.startswith("Overdue and not updated: Overdue, Scotland (page 2)")
    (last,) = rows_of(page, "overdue")
    assert last.startswith("UK11, Milestone 1")
    assert "This filter is not applied." in page.first("form", "filters").text()
    none = read(client, "/overdue/?show=overdue&nation=nir").first("main").text()
    assert "Overdue: 0 No milestone is in this section." in none
    two = read(client, "/overdue/?show=overdue&show=moved&nation=nir&nation=sct")
    assert two.title.startswith("Overdue and not updated: Overdue or Due date moved, ")
    assert rows_of(two, "overdue")[0].startswith("UK13, Milestone 1")
    assert "Nothing is recorded here under: Due date moved." in two.first("main").text()


def test_reader_is_told_why_nothing_can_be_overdue_when_no_plan_runs(client):
    plan = PlanFactory(closed=True)
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan), due_on=days_ago(500))

    page = read(client, "/overdue/")

    said = page.first("main").text()
    assert "no action plan is known to be running. The last one closed on" in said
    assert "0 in plans that are running, 1 in plans that have closed" in said
    assert "Not updated for six months" not in page.first("dl", "figures").text()
    assert rows_of(page, "unknown_at_end")[0].startswith(milestone.commitment.slug)
    said = read(client, f"/overdue/?plan={plan.slug}").first("main").text()
    assert "Nothing in this plan is overdue, because it closed on" in said


def test_reader_counts_one_mark_for_each_milestone_of_closed_plans(client):
    plan = PlanFactory(closed=True)
    spoken = [*["completed"] * 12, "limited", "behind", "going_on", "words", "", "not_applicable"]
    for state in spoken:
        milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan, nations=["sct"]))
        write_part(milestone, "sct", state, published_at=moment(days_ago(500)))
    on_hold = MilestoneFactory(commitment=CommitmentFactory(plan=plan, nations=["sct"]))
    Milestone.objects.filter(pk=on_hold.pk).update(amendment_state="on_hold")

    section = read(client, "/overdue/").section("stands")

    assert section.first("h2").text() == "Where 19 milestones of closed plans stood"
    assert [row.text() for row in section.first("tbody").all("tr")] == [
        "Completed 12",
        "Unfinished when the plan closed 1",
        "Behind schedule or at risk when last heard of 1",
        "Nobody can tell: on schedule when last heard of 1",
        "Nobody can tell: described in words that give no level 1",
        "Nobody can tell: nothing recorded here 1",
        "On hold 1",
        "Does not apply in any nation 1",
    ]
    (tens, *ones) = section.first("tbody").first("tr").all("svg")
    assert ("tens" in tens.classes, len(ones)) == (True, 2)


def test_institutions_are_paged(client, monkeypatch):
    monkeypatch.setattr(views, "INSTITUTIONS_PER_PAGE", 2)
    for name in "ABC":
        commitment = CommitmentFactory(lead=InstitutionFactory(name=f"Body {name}"))
        make_update(MilestoneFactory(commitment=commitment, due_on=days_ago(5)), "limited")

    page = read(client, "/overdue/?page=2")

    (row,) = page.section("per-institution").first("tbody").all("tr")
    assert row.text() == "Body C 1"
    assert len(rows_of(page, "overdue")) == 3


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (None, "no update is recorded here"),
        (date(2024, 12, 1), "last update in the same month"),
        (date(2024, 11, 30), "last update 1 month before"),
        (date(2025, 2, 1), "last update 2 months later"),
    ],
)
def test_last_update_is_said_in_months_from_the_end_of_the_plan(last, said):
    assert when.in_words(date(2024, 12, 31), last) == f"Plan closed on 31 December 2024; {said}"


@pytest.mark.parametrize(
    ("first", "years"),
    [
        (2026, [2026]),
        (2022, [2022, 2023, 2024, 2025, 2026]),
        (2013, [2013, 2016, 2019, 2022, 2025]),
    ],
)
def test_scale_has_room_for_its_years(first, years):
    scale = when.Scale(date(first, 1, 1), date(2026, 11, 30))

    assert [year for _x, year in scale.years] == years
    assert scale.years[0][0] == when.LEFT
    assert scale.x(date(2030, 1, 1)) == when.RIGHT
