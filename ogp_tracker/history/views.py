"""The public pages of changes: to the whole site, and to each of its rows."""

import re
from datetime import date
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from ogp_tracker.history.choices import ChangesFilter, Chosen
from ogp_tracker.history.kinds import PublicChange
from ogp_tracker.history.listing import find
from ogp_tracker.history.parts import LevelComparison, compare
from ogp_tracker.history.places import InvalidPosition, Position
from ogp_tracker.history.scopes import Scope, scope_of
from ogp_tracker.pages import PageKind

CHANGES_PER_PAGE = 30


def changes(request: HttpRequest, page: PageKind, **parts: str | int) -> HttpResponse:
    """An invalid filter is shown as an error, and not applied."""
    row = page.row_of(**parts)
    address = page.address(row, "changes")
    if request.path != address:
        return redirect(address, permanent=True)
    scope = scope_of(row)
    filters = ChangesFilter(request.GET)
    chosen = filters.choice()
    before, is_bad = place_in(request)
    number = page_number(request) if before else 1
    found = find(
        scope,
        kinds=chosen.kinds,
        before=chosen.older_than(before),
        since=chosen.since,
        size=CHANGES_PER_PAGE,
    )
    return render(
        request,
        "history/changes.html",
        {
            "scope": row,
            "page": page.address(row),
            "section": page.section,
            "filters": filters,
            "chosen": chosen,
            "compared": compared(scope, chosen) if not before else None,
            "before": before,
            "page_number": number,
            "next_page": number + 1,
            "is_bad_place": is_bad,
            "days": by_date([one.show() for one in found.changes]),
            "older": str(found.older) if found.older else "",
        },
    )


def compared(scope: Scope, chosen: Chosen) -> LevelComparison | None:
    """None if other changes were asked for."""
    if chosen.first is None or chosen.kinds:
        return None
    return compare(scope, chosen.first, chosen.until)


def place_in(request: HttpRequest) -> tuple[Position | None, bool]:
    """None without a position; True if the address has an invalid one."""
    text = request.GET.get("before", "")
    try:
        return (Position.read(text) if text else None), False
    except InvalidPosition:
        return None, True


def page_number(request: HttpRequest) -> int:
    """For the title; it chooses nothing."""
    text = request.GET.get("page", "")
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,4}", text) else 2


def by_date(found: list[PublicChange]) -> list[tuple[date, list[PublicChange]]]:
    dates = groupby(found, key=lambda change: timezone.localdate(change.moment))
    return [(on, list(changes)) for on, changes in dates]
