"""Milestones and their due days."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import account_in, may_edit, rights_in
from commitments.admin.base import HistoryAdmin, TrackerAdmin
from commitments.admin.commitments import has_been_public
from commitments.admin.filters import CommitmentPublicationFilter
from commitments.rights import Rights
from milestones import services
from milestones.admin.due_date import MovesDueDay
from milestones.days import Timing
from milestones.models import DueDateChange, Milestone, NationProgress, ProgressUpdate
from ogp_tracker.common.admin.forms import ReadOnly, ReadOnlyInline

from .bulk import ReportsInBulk
from .forms import MilestoneForm
from .offered import may_report
from .standing import level_in_words


class TimingFilter(admin.SimpleListFilter):
    """What the clock says of milestones today."""

    title = gettext_lazy("what is late")
    parameter_name = "timing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return what can be chosen."""
        return Timing.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        """Return the milestones that are late in the chosen way."""
        verbs = {
            Timing.OVERDUE: "overdue",
            Timing.STALE: "stale",
            Timing.NOT_COMPLETED_AT_END: "not_completed_at_end",
        }
        verb = verbs.get(self.value())  # type: ignore[call-overload]
        found: QuerySet[Any] = getattr(queryset, verb)(timezone.localdate()) if verb else queryset
        return found


class CellInline(ReadOnlyInline, admin.TabularInline):
    """Where the milestone stands in each nation."""

    template = "admin/rows_to_read.html"
    model = NationProgress
    fields = ("nation", "level", "as_of", "applies", "not_applicable_reason")
    verbose_name_plural = gettext_lazy("where each nation stands")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the cells in the order of the nations."""
        rows = super().get_queryset(request).select_related("milestone__commitment", "nation")
        return rows.order_by("nation__position")


class DueDateChangeInline(ReadOnlyInline, admin.TabularInline):
    """The due days that stood before."""

    template = "admin/rows_to_read.html"
    model = DueDateChange
    fields = ("moved_from", "moved_to", "reason", "institution", "moved_by", "moved_at")
    verbose_name_plural = gettext_lazy("earlier due days")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the changes with the names that they show."""
        related = ("milestone__commitment", "institution", "moved_by")
        return super().get_queryset(request).select_related(*related)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the columns; who moved it is not for assessors."""
        fields = super().get_fields(request, obj)
        if rights_in(request).is_government:
            return fields
        return [name for name in fields if name != "moved_by"]


class UpdateInline(ReadOnlyInline, admin.TabularInline):
    """What was reported of the milestone, the newest first."""

    template = "admin/rows_to_read.html"
    model = ProgressUpdate
    fields = ("as_of", "level", "spoken_for", "institution", "state")
    readonly_fields = ("spoken_for",)
    verbose_name_plural = gettext_lazy("progress updates")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the updates with the names that they show."""
        rows = super().get_queryset(request).seen_by(rights_in(request))  # type: ignore[attr-defined]
        found: QuerySet[Any] = rows.select_related("milestone__commitment", "institution")
        return found.prefetch_related("nations")

    @admin.display(description=gettext_lazy("nations"))
    def spoken_for(self, obj: ProgressUpdate) -> str:
        """Return the nations that the update speaks for."""
        return names_of_nations(obj)


def names_of_nations(update: ProgressUpdate) -> str:
    """Return the names of the nations that the update speaks for."""
    return ", ".join(nation.name for nation in update.nations.all())


@admin.register(Milestone)
class MilestoneAdmin(ReportsInBulk, MovesDueDay, HistoryAdmin):
    """Milestones; levels come from progress updates, and due days keep their past."""

    form = MilestoneForm
    list_display = ("of_commitment", "number", "level", "due_on", "short_text")
    list_display_links = ("of_commitment", "number")
    list_filter = (
        TimingFilter,
        CommitmentPublicationFilter,
        "commitment__nations",
        "commitment__plan",
    )
    search_fields = ("commitment__slug", "commitment__title", "text", "=number")
    date_hierarchy = "due_on"
    ordering = ("commitment__slug", "number")
    autocomplete_fields = ("commitment",)
    actions = ("report_selected", "delete_selected")
    fixed_once_saved = ("commitment",)
    parts = (NationProgress, DueDateChange)
    inlines = (CellInline, UpdateInline, DueDateChangeInline)

    def may_see(self, rights: Rights) -> bool:
        """Government works on milestones; assessors choose the one that they write about."""
        return rights.is_government or rights.is_assessor

    def seen_by(self, rights: Rights, rows: Any) -> QuerySet[Any]:
        """Return the milestones of the commitments that the account works on."""
        found: QuerySet[Any] = rows.filter(commitment__in=rights.seen_commitments())
        return found

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """A point of contact adds milestones."""
        return bool(rights.coordinates)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Any) -> bool:
        """A point of contact changes the milestones of its plan or nation."""
        return bool(rights.coordinates) and (obj is None or may_edit(request, obj.commitment))

    def may_read_history(self, rights: Rights, obj: Any) -> bool:
        """Drafts and names of the past are for those who work on it, not for assessors."""
        return rights.is_government

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return milestones with all that their overall level is put together from."""
        return super().get_queryset(request).for_list()  # type: ignore[attr-defined]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the groups of fields."""
        words = _("Keep the words of the plan and enter the last day that they allow.")
        if obj is not None:
            words = _("The due day moves on a page of its own, which asks for the reason.")
        when = {"fields": ("due_as_published", "due_on"), "description": words}
        fieldsets = [
            (None, {"fields": ("commitment", "number", "text")}),
            (_("When it is due"), when),
        ]
        return self.of_the_version(request, fieldsets)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what cannot be changed: the number is part of the address of a public page."""
        fields = super().get_readonly_fields(request, obj)
        settled = ("due_on",) if obj is not None else ()
        if obj is not None and self.is_settled(obj):
            settled = (*settled, "number")
        return (*fields, *(name for name in settled if name not in fields))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Answer with the page, which offers to report, and to move the due day, if one may."""
        context["may_report"] = obj is not None and may_report(request, obj.commitment)
        context["may_edit"] = obj is not None and may_edit(request, obj.commitment)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def is_public(self, obj: Milestone) -> bool:
        """Return whether the milestone has a public page."""
        return obj.commitment.published_on is not None

    def is_settled(self, obj: Milestone) -> bool:
        """The milestones of a commitment that readers have seen stay."""
        return has_been_public(obj.commitment)

    def parts_of(self, objs: Any) -> list[Any]:
        """Return nothing: empty cells are too small to be named on the page of confirmation."""
        return []

    @admin.display(description=gettext_lazy("commitment"), ordering="commitment__slug")
    def of_commitment(self, obj: Milestone) -> str:
        """Return the short name of the commitment."""
        return obj.commitment.ogp_id or str(obj.commitment)

    @admin.display(description=gettext_lazy("text"))
    def short_text(self, obj: Milestone) -> str:
        """Return the beginning of the text."""
        return Truncator(obj.text).chars(90)

    @admin.display(description=gettext_lazy("level"))
    def level(self, obj: Milestone) -> str:
        """Return the overall level with how many nations have reported."""
        return level_in_words(obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the words; only what was changed is written, so that the due day stays as it is."""
        if not change:
            if not may_edit(request, obj.commitment):
                raise ValidationError(
                    {"commitment": [_("Choose a commitment that you look after.")]}
                )
            super().save_model(request, obj, form, change)
            return
        columns = {field.name for field in self.opts.concrete_fields}
        written = [name for name in form.changed_data if name in columns]
        if written:
            obj.save(update_fields=written)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give a new milestone its empty cell in each nation; the other rows are for reading."""
        super().save_related(request, form, formsets, change)
        if not change:
            services.rebuild_progress([form.instance])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete a milestone on which nobody has reported, with its empty cells."""
        services.delete_milestone(obj, by=account_in(request))


@admin.register(DueDateChange)
class DueDateChangeAdmin(ReadOnly, TrackerAdmin):
    """Due days that moved, to look them up; they move on the page of their milestone."""

    list_display = ("milestone", "moved_from", "moved_to", "reason", "institution", "moved_at")
    list_of_all_related = ("milestone__commitment", "institution", "moved_by")
    list_filter = ("institution", "milestone__commitment__plan")
    search_fields = ("milestone__commitment__slug", "milestone__commitment__title", "reason")
    date_hierarchy = "moved_at"
    fields = (
        "milestone",
        ("moved_from", "moved_to"),
        "reason",
        "institution",
        "moved_by",
        "moved_at",
    )

    def may_see(self, rights: Rights) -> bool:
        """Government looks up how its due days moved."""
        return rights.is_government

    def seen_by(self, rights: Rights, rows: Any) -> QuerySet[Any]:
        """Return those of the commitments that the account works on."""
        found: QuerySet[Any] = rows.filter(milestone__commitment__in=rights.seen_commitments())
        return found

    def is_public(self, obj: DueDateChange) -> bool:
        """Return whether readers can see it on the milestone's page."""
        return False
