"""The levels of milestones in the nations: to read; where a milestone applies can be changed."""

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commitments.admin.access import may_edit
from commitments.rights import Rights
from milestones import services
from milestones.models import NationProgress
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin

from .standing import ShowsProgress

COPIED = ("about", "nation", "how_far", "as_of", "provenance", "update")


@admin.register(NationProgress)
class NationProgressAdmin(ShowsProgress, TrackerAdmin[NationProgress]):
    when_empty = _("Each commitment and milestone is listed here once it has a nation.")
    list_display = ("about", "nation", "how_far", "as_of", "provenance", "applies")
    list_of_all_related = ("commitment", "milestone__commitment", "nation")
    list_filter = ("level", "schedule", "provenance", "nation", "applies", "commitment__plan")
    search_fields = ("commitment__slug", "commitment__title", "=nation__name")
    date_hierarchy = "as_of"
    ordering = ("commitment__slug", "milestone__number", "nation__position")
    locked_first = ("commitment", "milestone")
    readonly_fields = COPIED
    fieldsets = (
        (
            None,
            {
                "fields": COPIED,
                "description": _(
                    "This follows from the published progress updates and cannot be typed in."
                    " To change it, report progress or correct the update named here."
                ),
            },
        ),
        (_("Does it apply here?"), {"fields": ("applies", "not_applicable_reason")}),
    )

    def may_see(self, rights: Rights) -> bool:
        return rights.is_government

    def seen_by(self, rights: Rights, rows: QuerySet[NationProgress]) -> QuerySet[NationProgress]:
        return rows.filter(commitment__in=rights.seen_commitments())

    def may_change(self, request: HttpRequest, rights: Rights, obj: NationProgress | None) -> bool:
        """A point of contact says where a milestone applies."""
        return bool(rights.coordinates) and (obj is None or may_edit(request, obj.commitment))

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """Each nation in scope has its row already."""
        return False

    def may_delete(self, request: HttpRequest, rights: Rights, obj: NationProgress | None) -> bool:
        """A row stays as long as its milestone."""
        return False

    def is_public(self, obj: NationProgress) -> bool:
        return obj.commitment.published_on is not None

    def view_on_site(self, obj: NationProgress) -> str | None:
        return obj.target.get_absolute_url() if self.is_public(obj) else None

    def save_model(
        self, request: HttpRequest, obj: NationProgress, form: ModelForm, change: bool
    ) -> None:
        if form.changed_data:
            services.set_applicability(
                obj.target,
                obj.nation,
                applies=form.cleaned_data["applies"],
                reason=form.cleaned_data["not_applicable_reason"],
                by=account_in(request),
            )
