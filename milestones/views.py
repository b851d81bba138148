"""The public page of a milestone, and the files that it points at."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from milestones.evidence_files.serving import answer_with
from milestones.models import Evidence, Milestone


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


@require_safe
def evidence_file(request: HttpRequest, uid: UUID, name: str) -> HttpResponseBase:
    """Answer with the file of a published report, for the reader to save."""
    piece = get_object_or_404(Evidence.objects.public(), uid=uid)
    if piece.stored is None:
        raise Http404
    if name != piece.file_name:
        return redirect(piece.file_address, permanent=True)
    # Whoever keeps a copy asks each time whether the report is still public.
    return answer_with(request, piece.stored, caching="no-cache")
