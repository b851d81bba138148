"""`/overdue/`: what is late, silent and moved, narrowed down, and counted for whom."""

import random
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from commitments.models import Institution
from milestones import views
from milestones.levels import Level
from milestones.models import Milestone
from milestones.overdue import OverdueSection, Selection
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


def test_reader_finds_every_section_with_the_days_that_decide(client):
    plan = PlanFactory()
    overdue = MilestoneFactory(
        commitment=CommitmentFactory(ogp_id="UK1", plan=plan, nations=["sct"]), due_on=days_ago(90)
    )
    move(overdue, 60, 12)
    make_update(overdue)
    silent = MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK2", plan=plan))
    make_update(silent, now=timezone.now() - timedelta(days=215))
    closed = PlanFactory(closed=True, title="A plan of the past")
    left = MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK3", plan=closed))
    make_update(left, "limited", as_of=days_ago(500))
    untold = MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK4", plan=closed))

    page = read(client, "/overdue/")

    (late,) = rows_of(page, "overdue")
    assert late.startswith("UK1, Milestone 1")
    assert "12 days ago" in late
    assert "Scotland" in late
    (moved,) = rows_of(page, "moved")
    assert "78 days later, moved 2 times Reason 2." in moved
    (quiet,) = rows_of(page, "stale")
    assert quiet.startswith("UK2, Milestone 1")
    (short,) = rows_of(page, "not_completed_at_end")
    assert short.startswith("UK3, Milestone 1")
    assert "A plan of the past closed on" in short
    (open_end,) = rows_of(page, "not_fully_reported")
    assert open_end.startswith(f"{untold.commitment.slug}, Milestone 1")


def test_numbers_are_those_of_the_lists_behind_them():
    dice = random.Random(9)
    everywhere, bodies = nations(), InstitutionFactory.create_batch(3)
    plans = [PlanFactory(), PlanFactory(closed=True)]
    for plan, _number in product(plans, range(8)):
        scope, (lead, second) = dice.sample(everywhere, 2), dice.sample(bodies, 2)
        commitment = CommitmentFactory(plan=plan, nations=scope, lead=lead)
        if dice.random() < 0.4:
            InvolvementFactory(commitment=commitment, institution=second, role="lead")
        milestone = MilestoneFactory(commitment=commitment, due_on=days_ago(dice.randint(-9, 9)))
        for one in scope:
            state = dice.choice([None, "", "not_applicable", *Level, "completed"])
            write_part(milestone, one.code, state)
        if dice.random() < 0.5:
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
    led = {counted.of.slug: counted.numbers for counted in every().per_institution()}
    for body in Institution.objects.filter(involvements__role="lead").distinct():
        mine = Selection(Milestone.objects.public().led_by(body), today())
        assert led[body.slug] == [(section, mine.of(section).count()) for section in OverdueSection]
    for found in every().first(2, OverdueSection):
        whole = list(every().of(found.section))
        assert (found.total, found.rows) == (len(whole), whole[:2])
        assert found.total > 0


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

    assert page.title.startswith("Late and silent: Overdue, Scotland (page 2)")
    (last,) = rows_of(page, "overdue")
    assert last.startswith("UK11, Milestone 1")
    assert "This filter is not applied." in page.first("form", "filters").text()
    none = read(client, "/overdue/?show=overdue&nation=nir").first("main").text()
    assert "None of the milestones that you chose is known to be overdue today." in none
    two = read(client, "/overdue/?show=overdue&show=moved&nation=nir&nation=sct")
    assert two.title.startswith("Late and silent: Overdue or Due date moved, ")
    assert [one.attrs["id"] for one in two.all("h2") if "section" in one.attrs.get("id", "")] == [
        "section-overdue",
        "section-moved",
    ]


def test_reader_is_told_why_nothing_can_be_late_when_no_plan_runs(client):
    plan = PlanFactory(closed=True)
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan), due_on=days_ago(500))

    page = read(client, "/overdue/")

    said = page.first("main").text()
    assert "No action plan is known to run today; the last one closed on" in said
    assert "No milestone of a plan that is running today is known to be overdue." in said
    assert rows_of(page, "not_fully_reported")[0].startswith(milestone.commitment.slug)
    assert "The plan closed on" in read(client, f"/overdue/?plan={plan.slug}").first("main").text()
