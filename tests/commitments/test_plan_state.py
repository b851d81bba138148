"""Whether a plan is current is said alike of one plan and of all plans in the database."""

from datetime import date
from itertools import product

import pytest

from commitments.models import ActionPlan
from commitments.models.plan import PlanState
from tests.factories import PlanFactory

LONG_AGO, YESTERDAY = date(2020, 1, 1), date(2024, 3, 30)
TODAY, TOMORROW = date(2024, 3, 31), date(2024, 4, 1)


@pytest.mark.parametrize(
    ("first", "last", "state"),
    [
        (YESTERDAY, TOMORROW, PlanState.CURRENT),
        (TODAY, TODAY, PlanState.CURRENT),
        (LONG_AGO, YESTERDAY, PlanState.CLOSED),
        (TOMORROW, TOMORROW, PlanState.COMING),
        (None, YESTERDAY, PlanState.CLOSED),
        (TOMORROW, None, PlanState.COMING),
        (None, TODAY, PlanState.UNKNOWN),
        (TODAY, None, PlanState.UNKNOWN),
        (None, None, PlanState.UNKNOWN),
    ],
)
def test_plan_is_current_from_its_first_to_its_last_day(first, last, state):
    assert ActionPlan(start_date=first, end_date=last).state(TODAY) == state


@pytest.mark.django_db
@pytest.mark.both_databases
def test_database_says_the_same_of_every_plan():
    days = (None, LONG_AGO, YESTERDAY, TODAY, TOMORROW)
    for first, last in product(days, days):
        if not (first and last and first > last):
            PlanFactory(start_date=first, end_date=last)

    for state in PlanState:
        in_state = {plan.pk for plan in ActionPlan.objects.all() if plan.state(TODAY) == state}
        found = ActionPlan.objects.filter(state.condition(TODAY))
        assert {plan.pk for plan in found} == in_state
