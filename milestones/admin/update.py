"""Progress updates: reported through the service, read-only for ever once published."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Case, Model, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.filters import FilledFilter
from commitments.rights import Rights
from milestones import services
from milestones.models import Evidence, ProgressUpdate
from milestones.models.signed_off import IN_THE_MAKING
from ogp_tracker.common.admin.generic import FieldOptions, Fieldsets

from .drafting import SIGNED_RECORD
from .due_date import IS_MEANT
from .evidence import EvidenceInline
from .offered import Offer, offer_to
from .report_form import OF_A_SOURCE, UpdateForm
from .reporting import WritesUpdates
from .standing import ShowsProgress

SOURCE = ("source_title", *OF_A_SOURCE)


class MineFilter(admin.SimpleListFilter):
    title = gettext_lazy("author")
    parameter_name = "author"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("me", _("Mine"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ProgressUpdate]
    ) -> QuerySet[ProgressUpdate]:
        return queryset.filter(recorded_by=request.user.pk) if self.value() == "me" else queryset


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(ShowsProgress, WritesUpdates):
    form = UpdateForm
    list_display = (
        "about",
        "as_of",
        "how_far",
        "nation_names",
        "institution",
        "provenance",
        "state",
    )
    list_of_all_related = ("commitment__plan", "milestone__commitment", "institution")
    list_filter = (
        MineFilter,
        "state",
        "level",
        "schedule",
        "provenance",
        "nations",
        ("institution", admin.RelatedOnlyFieldListFilter),
        ("corrects", FilledFilter),
        "commitment__plan",
    )
    search_fields = (
        "commitment__slug",
        "commitment__title",
        "narrative",
        "institution__name",
        "source_title",
        "uid",
    )
    date_hierarchy = "as_of"
    radio_fields = {"level": admin.VERTICAL, "schedule": admin.VERTICAL}
    inlines = (EvidenceInline,)
    parts = (Evidence,)
    locked_first = ("commitment", "milestone")
    readonly_fields = ("who_reports", "level_basis", *SIGNED_RECORD)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgressUpdate]:
        return super().get_queryset(request).prefetch_related("nations")

    def get_ordering(self, request: HttpRequest) -> Any:
        unfinished = When(IN_THE_MAKING, recorded_by=request.user.pk, then=Value(0))
        return (Case(unfinished, default=Value(1)).asc(), *super().get_ordering(request))

    # The groups of fields

    def get_fieldsets(self, request: HttpRequest, obj: ProgressUpdate | None = None) -> Fieldsets:
        """In the order of writing an update; only what can be filled in or holds something."""
        known = obj if obj is not None and obj.pk is not None else None
        writes = known is None or self.has_change_permission(request, obj)
        offer = offer_to(request, self.target_in(request, obj)) if writes else None
        reporter = "who_reports" if offer is None or offer.only_institution else "institution"
        fieldsets = [
            group(_("Where and when"), (reporter, "nations", "as_of")),
            group(_("How far it is"), ("level", "schedule", "narrative", "obstacles")),
        ]
        if (offer and offer.moves_due_date) or (known and known.due_on_proposed):
            asked = (IS_MEANT,) if offer else ()
            moved = ("due_on_proposed", *asked, "due_reason")
            fieldsets.append(later(_("If the due date moves"), moved))
        if (offer and offer.is_correction(known)) or (known and known.corrects_id):
            correction = ("corrects", "correction_reason")
            fieldsets.insert(0, group(_("What it corrects, and why"), correction))
        if offer and offer.documents and not offer.institutions:
            fieldsets.insert(0, group(_("The published document"), _source(offer)))
        elif (offer and offer.documents) or (known and known.source_title):
            fieldsets.append(later(_("If a published document says so"), _source(offer)))
        if known:
            fieldsets.append(later(_("The record"), SIGNED_RECORD))
        return tuple(fieldsets)

    @admin.display(description=gettext_lazy("institution"))
    def who_reports(self, obj: ProgressUpdate) -> str:
        return str(obj.institution or obj.source_title or "")

    # Who sees and does what

    def may_see(self, rights: Rights) -> bool:
        return rights.is_government or rights.is_administrator

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """Reporters and leads report; a point of contact enters the words of documents.

        What an assessor's report tells, an administrator enters.
        """
        return bool(rights.reports_for or rights.coordinates or rights.is_administrator)

    def may_change(self, request: HttpRequest, rights: Rights, obj: ProgressUpdate | None) -> bool:
        if obj is not None and obj.pk is not None:
            return services.writes_on(rights, obj)
        return self.may_add(request, rights)

    # Deleting a draft

    def parts_of(
        self, objs: Sequence[ProgressUpdate] | QuerySet[ProgressUpdate]
    ) -> Iterable[Model]:
        return list(Evidence.objects.filter(update__in=objs))


def _source(offer: Offer | None) -> tuple[str, ...]:
    """Only those who enter several kinds of document are asked which kind it is."""
    if offer is None:
        return ("provenance", *SOURCE, "level_basis")
    return ("provenance", *SOURCE) if len(offer.documents) > 1 else SOURCE


def group(name: str, fields: tuple[str, ...]) -> tuple[str, FieldOptions]:
    return name, {"fields": fields}


def later(name: str, fields: tuple[str, ...]) -> tuple[str, FieldOptions]:
    """Below the evidence, folded while it is empty."""
    return name, {"fields": fields, "classes": ("later",)}
