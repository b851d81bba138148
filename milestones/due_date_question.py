"""A due date far from its plan is more often a slip of the keyboard than a promise."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def question_about(due_on: date, start: date | None, end: date | None) -> str:
    """What to ask before this is saved, given the dates of the plan; "" if nothing."""
    if start and due_on < start:
        words = _("This is before the plan starts on %s. Change the date, or confirm it.")
        return words % date_format(start)
    # 29 February has no date a year later.
    a_year_before = (due_on.year - 1, due_on.month, due_on.day)
    if end and a_year_before > (end.year, end.month, end.day):
        words = _("This is more than a year after the plan ends on %s. Change it, or confirm it.")
        return words % date_format(end)
    return ""
