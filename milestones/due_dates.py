"""Due dates that are probably a slip of the pen: a form asks before it takes them. Pure."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def questionable_due_date(due_on: date | None, starts: date | None, ends: date | None) -> str:
    """The question for a date before the plan starts or more than a year after it ends, or ""."""
    if due_on is None:
        return ""
    if starts is not None and due_on < starts:
        words, edge = _("%(due)s is before the plan starts, on %(edge)s."), starts
    elif ends is not None and (due_on.year - 1, *due_on.timetuple()[1:3]) > ends.timetuple()[:3]:
        words, edge = _("%(due)s is more than a year after the plan ends, on %(edge)s."), ends
    else:
        return ""
    return words % {"due": date_format(due_on), "edge": date_format(edge)}
