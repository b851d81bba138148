"""Progress updates: reported through the service, read-only for ever once published."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget, RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import Case, QuerySet, Value, When
from django.forms import CheckboxSelectMultiple, DateInput
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import account_in
from commitments.admin.base import TrackerAdmin
from commitments.admin.filters import FilledFilter
from commitments.rights import Rights
from milestones import services
from milestones.models import Evidence, ProgressUpdate
from milestones.models.update import IN_THE_MAKING
from ogp_tracker.common.admin.forms import small_text

from .evidence import EvidenceInline, is_published
from .milestone import names_of_nations
from .offered import offer_to
from .preview import Previews
from .report_form import TO_SEND, ReportForm
from .reporting import Reports
from .sign_off import SignsOff

SOURCE = (
    "source_title",
    "source_url",
    "source_locator",
    "level_as_published",
    "level_derived",
    "as_of_as_published",
)
RECORD = (
    "recorded_by",
    "recorded_at",
    "signed_off_by",
    "co_signed_by",
    "state",
    "published_at",
    "uid",
)


class MineFilter(admin.SimpleListFilter):
    """The reports that the account itself wrote."""

    title = gettext_lazy("author")
    parameter_name = "author"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what can be chosen."""
        return [("me", gettext_lazy("Mine"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that fit the choice."""
        return queryset.filter(recorded_by=request.user.pk) if self.value() == "me" else queryset


class EvidenceRows(EvidenceInline):
    """The evidence of a report: below what is there always one row that is still empty.

    So another piece can be added without script.
    """

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Return how many rows are still empty."""
        return 1


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(Reports, Previews, SignsOff, TrackerAdmin):
    """What was reported: drafts can be changed, published updates can only be corrected."""

    form = ReportForm
    list_display = ("milestone", "as_of", "level", "spoken_for", "institution", "state")
    list_of_all_related = ("milestone__commitment__plan", "institution")
    list_filter = (
        MineFilter,
        "state",
        "level",
        "nations",
        ("institution", admin.RelatedOnlyFieldListFilter),
        ("corrects", FilledFilter),
        "milestone__commitment__plan",
    )
    search_fields = (
        "milestone__commitment__slug",
        "milestone__commitment__title",
        "narrative",
        "institution__name",
        "source_title",
        "uid",
    )
    date_hierarchy = "as_of"
    radio_fields = {"level": admin.VERTICAL}
    inlines = (EvidenceRows,)
    actions = ("publish_selected", "delete_selected")
    parts = (Evidence,)
    watched = ("state",)
    locked_first = ("milestone",)
    readonly_fields = ("who_reports", *RECORD)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the updates with the nations that the list shows."""
        return super().get_queryset(request).prefetch_related("nations")

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the order of the list: what the account is still writing comes first."""
        unfinished = When(IN_THE_MAKING, recorded_by=request.user.pk, then=Value(0))
        return (Case(unfinished, default=Value(1)).asc(), *super().get_ordering(request))

    # The groups of fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the groups of fields in the order in which a report is written.

        Only those that the account may fill in, or that hold something.
        """
        known = obj is not None and obj.pk is not None
        writes = not known or self.has_change_permission(request, obj)
        offer = offer_to(request, self.milestone_in(request, obj)) if writes else None
        speaker = "who_reports" if offer is None or offer.only_institution else "institution"
        fieldsets: list[tuple[str, dict[str, Any]]] = [
            (_("Who reports, and of when"), {"fields": (speaker, "nations", "as_of")}),
            (_("How far it is"), {"fields": ("level", "narrative", "obstacles")}),
        ]
        if (offer and offer.moves_due_date) or (known and obj.due_on_proposed):
            fieldsets.append(later(_("If the due day moves"), ("due_on_proposed", "due_reason")))
        if offer or obj.corrects_id:
            correction = ("corrects", "correction_reason")
            fieldsets.append(later(_("If it corrects an earlier report"), correction))
        if offer and offer.only_documents:
            fieldsets.insert(0, (_("The published document"), {"fields": SOURCE}))
        elif (offer and offer.enters_documents) or (known and obj.source_title):
            fieldsets.append(later(_("If the words come from a published document"), SOURCE))
        if known:
            fieldsets.append(later(_("The record"), RECORD))
        return fieldsets

    @admin.display(description=gettext_lazy("institution"))
    def who_reports(self, obj: ProgressUpdate) -> str:
        """Return who reports."""
        return str(obj.institution or obj.source_title or "")

    @admin.display(description=gettext_lazy("nations"))
    def spoken_for(self, obj: ProgressUpdate) -> str:
        """Return the nations that the update speaks for."""
        return names_of_nations(obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field; what is chosen is chosen among few, so that no script is needed."""
        if db_field.name == "nations":
            kwargs["widget"] = CheckboxSelectMultiple
        elif isinstance(db_field, models.DateField):
            kwargs["widget"] = DateInput(attrs={"size": 12, "autocomplete": "off"})
        elif db_field.name in {"correction_reason", "due_reason"}:
            kwargs["widget"] = small_text()
        elif isinstance(db_field, models.URLField):
            kwargs["widget"] = AdminTextInputWidget
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    # Who sees and does what

    def may_see(self, rights: Rights) -> bool:
        """Government works on reports."""
        return rights.is_government

    def seen_by(self, rights: Rights, rows: Any) -> QuerySet[Any]:
        """Return what is published of its commitments, its own drafts, and what it signs off."""
        found: QuerySet[Any] = rows.seen_by(rights)
        return found

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """Reporters and leads report; a point of contact enters the words of documents."""
        return bool(rights.reports_for or rights.coordinates)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Any) -> bool:
        """Drafts are their author's."""
        if isinstance(obj, ProgressUpdate) and obj.pk is not None:
            return services.writes_on(rights, obj)
        return self.may_add(request, rights)

    def is_public(self, obj: ProgressUpdate) -> bool:
        """Return whether readers can see the update."""
        return obj.is_published and obj.milestone.commitment.published_on is not None

    def is_settled(self, obj: ProgressUpdate) -> bool:
        """A published update stays."""
        return obj.is_published

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A published update is read-only in every field."""
        return not is_published(obj) and super().has_change_permission(request, obj)

    def watched_in(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the state, but for what is sent off once more in the same words."""
        return () if TO_SEND & set(request.POST) else self.watched

    # Deleting a draft

    def parts_of(self, objs: Any) -> list[Any]:
        """Return the evidence that goes with drafts."""
        return list(Evidence.objects.filter(update__in=objs))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete a draft with its evidence, through the service."""
        services.discard_update(obj, by=account_in(request))


def later(name: str, fields: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """Return a group of fields that stands below the evidence, folded while it is empty."""
    return name, {"fields": fields, "classes": ("later",)}
