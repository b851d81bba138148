"""What the reader of a page asked for: today's version, or the version as at a past date."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from ogp_tracker.opendata.as_at import first_day, past_date, too_early
from ogp_tracker.opendata.citing.views import FILES
from ogp_tracker.pages import Has, PageKind, pages_with

AS_AT = "as_at"

WITH_DATES = {page.name: page for page in pages_with(Has.AS_AT)}
CITATIONS = {page.below(f"cite_{ending}") for page in pages_with(Has.CITING) for ending in FILES}


@dataclass(frozen=True)
class Past:
    """The date that was asked for of a page with past versions, and what is wrong with it."""

    first_day: date | None
    """The first date that can be shown; None if there is none, or the page says it itself."""
    day: date | None = None
    """The past date; None for today's version."""
    typed: str = ""
    problem: str = ""
    changes: str = ""
    """The address of its changes; "" if it has none."""
    is_gone: bool = False
    """Whether its address leads nowhere today: it was withdrawn, or has another address."""

    @property
    def is_today(self) -> bool:
        return self.day == timezone.localdate()


def read(page: PageKind | None, text: str) -> Past:
    """What the text in the address of a page asks for, or of a citation, for which page is None.

    A date before anything was published is an error; one before the row itself is answered with 404
    (`not_there_yet`).
    """
    says_it_itself = page is not None and Has.FIRST_SHOWN in page.has
    begin = None if says_it_itself else first_day()
    if not text:
        return Past(begin)
    try:
        day = past_date(text)
    except ValidationError as error:
        return Past(begin, typed=text, problem=str(error.message))
    if says_it_itself or (begin is not None and day >= begin):
        return Past(begin, day, day.isoformat())
    return Past(begin, typed=text, problem=too_early(text, begin))


def is_gone(page: PageKind, parts: dict[str, Any]) -> bool:
    """Whether the address of a page leads nowhere today; at most two queries."""
    if not page.has_drafts:
        return False
    try:
        page.row_of(**parts)
    except Http404:
        return True
    return False


def changes_of(page: PageKind, parts: dict[str, Any]) -> str:
    return reverse(page.below("changes"), kwargs=parts) if Has.HISTORY in page.has else ""
