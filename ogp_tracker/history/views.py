"""Public pages of what changed: of the whole site, and of each of its rows."""

import re
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from commitments.models import ActionPlan, Commitment, Institution, Nation
from milestones.models import Milestone
from ogp_tracker.history import scopes
from ogp_tracker.history.choices import ChangesFilter, Chosen
from ogp_tracker.history.kinds import PublicChange
from ogp_tracker.history.listing import listing
from ogp_tracker.history.parts import LevelComparison, compare
from ogp_tracker.history.places import InvalidPosition, Position

CHANGES_PER_PAGE = 30


def all_changes(request: HttpRequest) -> HttpResponse:
    """Show what changed on the whole site."""
    return show(request, scopes.WHOLE_SITE)


def nation(request: HttpRequest, code: str) -> HttpResponse:
    """Show what changed for one nation."""
    row = get_object_or_404(Nation.objects.public(), code=code)
    return show(request, scopes.of_nation(row), section="nations")


def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what changed in one action plan."""
    row = get_object_or_404(ActionPlan.objects.public(), slug=slug)
    return show(request, scopes.of_plan(row), section="plans")


def institution(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what one institution changed, and what changed in its commitments."""
    row = get_object_or_404(Institution.objects.public(), slug=slug)
    return show(request, scopes.of_institution(row), section="institutions")


def commitment(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what changed of one commitment."""
    row = get_object_or_404(Commitment.objects.public(), slug__iexact=slug)
    if row.slug != slug:
        return redirect("commitment_changes", row.slug, permanent=True)
    return show(request, scopes.of_commitment(row), section="commitments")


def milestone(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what changed of one milestone."""
    public = Milestone.objects.public().select_related("commitment")
    row = get_object_or_404(public, commitment__slug__iexact=slug, number=number)
    if row.commitment.slug != slug:
        return redirect("milestone_changes", row.commitment.slug, number, permanent=True)
    return show(request, scopes.of_milestone(row), section="commitments")


def show(request: HttpRequest, scope: scopes.Scope, section: str = "") -> HttpResponse:
    """Show a page of changes; a choice that is not understood is said so, and not applied."""
    filters = ChangesFilter(request.GET)
    chosen = filters.chosen()
    before, is_bad = place_in(request)
    number = page_number(request) if before else 1
    found = listing(
        scope,
        kind=chosen.kind,
        before=chosen.older_than(before),
        since=chosen.since,
        size=CHANGES_PER_PAGE,
    )
    return render(
        request,
        "history/changes.html",
        {
            "scope": scope.row,
            "page": scope.row.get_absolute_url() if scope.row else reverse("front"),
            "section": section,
            "filters": filters,
            "chosen": chosen,
            "kind": chosen.kind,
            "compared": compared(scope, chosen) if not before else None,
            "before": before,
            "page_number": number,
            "next_page": number + 1,
            "is_bad_place": is_bad,
            "days": by_day(found.changes),
            "older": str(found.older) if found.older else "",
        },
    )


def compared(scope: scopes.Scope, chosen: Chosen) -> LevelComparison | None:
    """Return the levels that differ between two days; None if other changes were asked for."""
    if chosen.first is None or chosen.kind is not None:
        return None
    return compare(scope, chosen.first, chosen.until)


def place_in(request: HttpRequest) -> tuple[Position | None, bool]:
    """Return the place behind which the reader goes on, and whether there was one that is none."""
    text = request.GET.get("before", "")
    try:
        return (Position.read(text) if text else None), False
    except InvalidPosition:
        return None, True


def page_number(request: HttpRequest) -> int:
    """Return which page this is on the reader's way; the title says it, and it chooses nothing."""
    text = request.GET.get("page", "")
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,4}", text) else 2


def by_day(changes: list[PublicChange]) -> list[tuple[Any, list[PublicChange]]]:
    """Return the changes under the days on which they came, here."""
    days = groupby(changes, key=lambda change: timezone.localdate(change.moment))
    return [(day, list(found)) for day, found in days]
