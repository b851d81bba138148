"""The public page of a milestone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from milestones.models import Milestone


def milestone(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one milestone: each nation's part, every report, and what assessors found."""
    public = Milestone.objects.public().filter(number=number)
    shown = public.for_page().filter(commitment__slug=slug).first()
    if shown is None:
        found = public.select_related("commitment")
        return redirect(get_object_or_404(found, commitment__slug__iexact=slug), permanent=True)
    siblings = Milestone.objects.filter(commitment=shown.commitment).select_related("commitment")
    return render(
        request,
        "milestones/milestone.html",
        {
            "milestone": shown,
            "commitment": shown.commitment,
            "timings": sorted(shown.timings(timezone.localdate())),
            "siblings": siblings.order_by("number"),
        },
    )
