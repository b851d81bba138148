"""The public page as it would look with a draft published: only here, and nothing is written."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.facts import circumstances, copies_of, expected_cells, facts_of_update
from milestones.models import Amendment, Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused, check_update
from ogp_tracker.common.admin.generic import ModelAdmin

from .evidence import address_warnings


class Previews(ModelAdmin[ProgressUpdate]):
    """A section with a page that shows a draft as readers would see it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        preview = path("<path:object_id>/preview/", view, name="milestones_progressupdate_preview")
        return [preview, *super().get_urls()]

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Show the public page of the milestone as it would be with the draft published."""
        if (update := self.get_object(request, unquote(object_id))) is None:
            raise Http404
        if not self.has_view_permission(request, update):
            raise PermissionDenied
        if update.is_published:
            return redirect(update)
        if update.milestone is None:
            return redirect("admin:milestones_progressupdate_publish", update.pk)
        may_write = self.has_change_permission(request, update)
        if missing := what_is_missing(update):
            self.message_user(request, missing, messages.WARNING)
            return redirect("admin:milestones_progressupdate_change", update.pk)
        answer = TemplateResponse(
            request,
            "admin/milestones/progressupdate/preview.html",
            context_of(update, timezone.now()) | {"may_write": may_write},
        )
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer


def what_is_missing(update: ProgressUpdate) -> str:
    """What has to be filled in before a preview is possible, or an empty string."""
    said = update.level or (update.is_from_document and update.words_as_published)
    if said and update.as_of and update.nations.exists():
        return ""
    return _(
        "Your draft is kept. For the preview, first choose a level and at least one nation, and"
        " enter the day on which it was true."
    )


def context_of(update: ProgressUpdate, now: datetime) -> dict[str, Any]:
    shown = as_if_published(update, now)
    siblings = Milestone.objects.filter(commitment=shown.commitment).select_related("commitment")
    return {
        "update": update,
        "milestone": shown,
        "commitment": shown.commitment,
        "timings": sorted(shown.timings(timezone.localdate(now))),
        "siblings": siblings.order_by("order", "number"),
        "refusals": refusals_of(update, now),
        "warnings": address_warnings(update),
    }


def as_if_published(update: ProgressUpdate, now: datetime) -> Milestone:
    """Only rows in memory change: the update's place, the levels in nations, the due date."""
    rows = ProgressUpdate.objects.filter(Q(published_at__isnull=False) | Q(pk=update.pk))
    milestone = Milestone.objects.for_page(updates=rows).get(updates=update)
    for row in milestone.updates.all():
        if row.pk == update.pk:
            row.state, row.published_at = ProgressUpdate.State.PUBLISHED, now
    _set_cells(milestone)
    _move_due_date(milestone, update, now)
    return milestone


def _set_cells(milestone: Milestone) -> None:
    cells = {cell.nation.pk: cell for cell in milestone.cells()}
    for nation, current in expected_cells(milestone).items():
        if (cell := cells.get(nation)) is not None and current is not None:
            for name, value in copies_of(current).items():
                setattr(cell, name, value)


def _move_due_date(milestone: Milestone, update: ProgressUpdate, now: datetime) -> None:
    if update.due_on_proposed in (None, milestone.due_on):
        return
    change = Amendment(
        commitment=milestone.commitment,
        milestone=milestone,
        kind=Amendment.Kind.DUE_DATE_MOVED,
        due_from=milestone.due_on,
        due_to=update.due_on_proposed,
        reason=update.due_reason,
        institution=update.institution,
        published_at=now,
    )
    changes = milestone.commitment.amendments.all()
    # Where Django keeps what it has prefetched; a row that is not saved has no other way onto it.
    changes._result_cache = [*changes, change]
    milestone.due_on = update.due_on_proposed


def refusals_of(update: ProgressUpdate, now: datetime) -> list[str]:
    given = circumstances(
        update.target, update.institution, update.corrects, timezone.localdate(now)
    )
    try:
        check_update(facts_of_update(update), given)
    except UpdateRefused as refusal:
        return list(refusal.messages)
    return []
