"""Which due dates a form asks about."""

from datetime import date

import pytest

from milestones.due_dates import questionable_due_date

STARTS, ENDS = date(2024, 1, 1), date(2026, 2, 28)


@pytest.mark.parametrize(
    ("due_on", "asks"),
    [
        (None, ""),
        (date(2023, 12, 31), "before the plan starts"),
        (date(2024, 1, 1), ""),
        (date(2027, 2, 28), ""),
        (date(2027, 3, 1), "more than a year after the plan ends"),
    ],
)
def test_date_before_the_plan_or_a_year_after_it_is_questionable(due_on, asks):
    question = questionable_due_date(due_on, STARTS, ENDS)

    assert (asks in question) if asks else question == ""
    assert questionable_due_date(due_on, None, None) == ""
