"""A due day moves with a reason, and the first day is never lost."""

from datetime import date

import pytest

from milestones import services
from milestones.services import UpdateRefused
from tests.factories import MilestoneFactory, contact_for, lead_of, officer_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

FIRST, SECOND, THIRD = date(2020, 5, 31), date(2021, 5, 31), date(2021, 3, 1)


@pytest.fixture
def milestone():
    return MilestoneFactory(due_on=FIRST)


def move(milestone, to, reason="The pandemic.", by=None):
    return services.move_due_date(
        milestone,
        to=to,
        reason=reason,
        institution=lead_of(milestone.commitment),
        by=by or contact_for(milestone.commitment),
    )


def test_point_of_contact_moves_the_due_day_and_the_old_one_is_kept(milestone):
    contact = contact_for(milestone.commitment)

    change = move(milestone, SECOND, by=contact)

    milestone.refresh_from_db()
    assert milestone.due_on == SECOND
    assert (change.moved_from, change.moved_to, change.reason) == (FIRST, SECOND, "The pandemic.")
    assert (change.institution, change.moved_by) == (lead_of(milestone.commitment), contact)
    assert change.update is None
    assert change.moved_by_days.days == 365


def test_point_of_contact_who_read_an_old_page_moves_from_the_day_that_stands(milestone):
    stale = type(milestone).objects.get(pk=milestone.pk)
    move(milestone, SECOND)

    assert move(stale, THIRD).moved_from == SECOND


def test_point_of_contact_gives_a_first_due_day_where_the_plan_gave_none():
    milestone = MilestoneFactory(due_on=None)

    change = move(milestone, FIRST)

    assert (change.moved_from, change.moved_by_days) == (None, None)


def test_moving_a_due_day_leaves_the_rest_of_the_milestone_alone(milestone):
    stale = type(milestone).objects.get(pk=milestone.pk)
    type(milestone).objects.update(text="Better words.")

    move(stale, SECOND)

    milestone.refresh_from_db()
    assert milestone.text == "Better words."


@pytest.mark.parametrize("role", ["reporter", "lead"])
def test_officer_moves_no_due_day_by_itself(milestone, role):
    officer = officer_of(lead_of(milestone.commitment), role)

    with pytest.raises(UpdateRefused, match="Only the point of contact"):
        move(milestone, SECOND, by=officer)

    milestone.refresh_from_db()
    assert milestone.due_on == FIRST
