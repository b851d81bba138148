"""What the reader of a page asked for: the page of today, or as it was at the end of a day."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Min
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import Commitment
from ogp_tracker.opendata.as_at import FutureDate, InvalidDate, past_date
from ogp_tracker.opendata.citing.pages import CITATIONS, row_of

AS_AT = "as_at"

WITH_CHANGES = {
    "front": "changes",
    "nation": "nation_changes",
    "plan": "plan_changes",
    "institution": "institution_changes",
    "commitment": "commitment_changes",
    "milestone": "milestone_changes",
}
"""Pages that know past days, with the pages of what changed of them."""

PAGES = {*WITH_CHANGES, "nations", "plans", "institutions", "report"}
KNOW_DAYS = {*PAGES, *CITATIONS}
"""All that is read as of a day: the pages, and the files that say how to cite them."""

MAY_GO = {"commitment", "milestone", "report"}
"""Pages of what can be taken back or get another address, and so may not be there today."""

SAY_IT_THEMSELVES = {"commitment", "institution"}
"""Pages whose row says since when it is shown. It saves a query, and says more."""


@dataclass(frozen=True)
class Past:
    """A page that knows days: which was asked for, and what is wrong with it."""

    first_day: date | None
    """The first day that this site can show; None if it has none, or the page says it itself."""
    day: date | None = None
    """The past day; None for the page of today."""
    typed: str = ""
    problem: str = ""
    changes: str = ""
    """The address of what changed of it since the day; "" if it has none."""
    is_gone: bool = False
    """Whether its address leads nowhere today: it was taken back, or has another one."""

    @property
    def is_today(self) -> bool:
        """Return whether the day that was asked for has not ended yet."""
        return self.day == timezone.localdate()

    def without_day(self) -> "Past":
        """Return it for the page of today."""
        return replace(self, day=None)


def read(name: str, text: str) -> Past:
    """Return what the words in the address of a page ask for, and what is wrong with them.

    A day on which nothing was shown at all is wrong; one before a row came is answered with 404.
    """
    begin = None if name in SAY_IT_THEMSELVES else first_day()
    if not text:
        return Past(begin)
    try:
        day = past_date(text)
    except InvalidDate:
        problem = _("“%(typed)s” is no day. Write year, month and day, such as 2026-11-25.")
    except FutureDate:
        problem = _("“%(typed)s” lies in the future. Give today or an earlier day.")
    else:
        if name in SAY_IT_THEMSELVES or (begin is not None and day >= begin):
            return Past(begin, day, text)
        problem = _("At the end of “%(typed)s” this site had published nothing.")
        if begin is not None:
            problem += " " + _("Give %(first)s or a later day.") % {"first": date_format(begin)}
    return Past(begin, typed=text, problem=problem % {"typed": text[:40]})


def first_day() -> date | None:
    """Return the day on which this site first had something published to show; one query."""
    published = Commitment.history.filter(Commitment.public_if.condition())
    first = published.aggregate(first=Min("history_date"))["first"]
    return timezone.localdate(first) if first else None


def is_gone(name: str, given: dict[str, object]) -> bool:
    """Return whether the address of a page leads nowhere today; at most one query."""
    if name not in MAY_GO:
        return False
    try:
        row_of(name, given)
    except Http404:
        return True
    return False


def changes_of(name: str, given: dict[str, object]) -> str:
    """Return the address of what changed of a page; "" if it has none."""
    found = WITH_CHANGES.get(name)
    return reverse(found, kwargs=given) if found else ""
