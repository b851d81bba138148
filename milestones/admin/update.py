"""Progress updates: reported through the service, read-only for ever once published."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import TrackerAdmin, small_text
from commitments.admin.filters import FilledFilter
from milestones import services
from milestones.levels import NOT_APPLICABLE, SIGNS
from milestones.models import Evidence, NationProgress, ProgressUpdate

from .evidence import EvidenceInline, is_published
from .milestone import names_of_nations
from .publishing import Publishes
from .report_form import ChooseMilestoneForm, CorrectedSelect, ReportForm, reportable

SOURCE = (
    "source_title",
    "source_url",
    "source_locator",
    ("level_as_published", "level_derived"),
    "as_of_as_published",
)
RECORD = (
    ("recorded_by", "recorded_at"),
    ("signed_off_by", "co_signed_by"),
    ("state", "published_at"),
    "uid",
)


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(Publishes, TrackerAdmin):
    """What was reported: drafts can be changed, published updates can only be corrected."""

    form = ReportForm
    list_display = ("milestone", "as_of", "level", "spoken_for", "institution", "state")
    list_of_all_related = ("milestone__commitment__plan", "institution")
    list_filter = (
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
    autocomplete_fields = ("institution", "corrects")
    radio_fields = {"level": admin.VERTICAL}
    inlines = (EvidenceInline,)
    actions = ("publish_selected", "delete_selected")
    parts = (Evidence,)
    readonly_fields = (
        "milestone_in_words",
        "stands_now",
        "recorded_by",
        "recorded_at",
        "signed_off_by",
        "co_signed_by",
        "state",
        "published_at",
        "uid",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the updates with the nations that the list shows."""
        return super().get_queryset(request).prefetch_related("nations")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Return what fits the words; for a correction only what can be corrected."""
        if request.GET.get("field_name") == "corrects":
            queryset = _correctable(queryset, request.GET.get("milestone", ""))
        return super().get_search_results(request, queryset, search_term)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the groups of fields in the order in which a report is written."""
        now = () if is_published(obj) else ("stands_now",)
        fieldsets = [
            (None, {"fields": ("milestone_in_words", *now, "institution", "nations", "as_of")}),
            (_("How far it is"), {"fields": ("level", "narrative", "obstacles")}),
        ]
        correction = {"fields": ("corrects", "correction_reason")}
        if not is_published(obj) or obj.corrects_id:
            folded = not is_published(obj) and not request.GET.get("corrects")
            fieldsets.append(group(_("If it corrects an earlier report"), correction, folded))
        if not is_published(obj) or obj.source_title:
            folded = not is_published(obj)
            source = {"fields": SOURCE}
            fieldsets.append(
                group(_("If the words come from a published document"), source, folded)
            )
        if obj is not None and obj.pk is not None:
            fieldsets.append((_("The record"), {"fields": RECORD}))
        return fieldsets

    @admin.display(description=gettext_lazy("milestone"))
    def milestone_in_words(self, obj: ProgressUpdate) -> str:
        """Return the milestone with its text."""
        return f"{obj.milestone}: {obj.milestone.text}"

    @admin.display(description=gettext_lazy("where it stands now"))
    def stands_now(self, obj: ProgressUpdate) -> str:
        """Return the level that readers see now in each nation in scope."""
        return format_html_join("", "{}<br>", ([said(cell)] for cell in obj.milestone.cells()))

    @admin.display(description=gettext_lazy("nations"))
    def spoken_for(self, obj: ProgressUpdate) -> str:
        """Return the nations that the update speaks for."""
        return names_of_nations(obj)

    # Who may do what

    def is_public(self, obj: ProgressUpdate) -> bool:
        """Return whether readers can see the update."""
        return obj.is_published and obj.milestone.commitment.published_on is not None

    def is_settled(self, obj: ProgressUpdate) -> bool:
        """A published update stays."""
        return obj.is_published

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A published update is read-only in every field."""
        return not is_published(obj) and super().has_change_permission(request, obj)

    # The form

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Answer with the form for the milestone in the address, or ask for which one it is."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        # The widget cannot show again what is not even a number.
        typed = request.GET.get("milestone", "").isdecimal()
        chosen = ChooseMilestoneForm(request.GET if typed else None)
        if not chosen.is_valid():
            return self._choose_milestone(request, chosen)
        request.milestone = chosen.cleaned_data["milestone"]  # type: ignore[attr-defined]
        context = {"title": _("Report progress")} | (extra_context or {})
        return super().add_view(request, form_url, context)

    def _choose_milestone(self, request: HttpRequest, form: ChooseMilestoneForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Report progress"),
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(
            request, "admin/milestones/progressupdate/choose_milestone.html", context
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form's class for this request's milestone."""
        if obj is not None and obj.pk is not None:
            # The same for the row itself, whose page shows where the milestone stands.
            request.milestone = obj.milestone = reportable().get(pk=obj.milestone_id)  # type: ignore[attr-defined]
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request = request
        form.milestone = request.milestone  # type: ignore[attr-defined]
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field; what is corrected is searched among this milestone's reports."""
        if db_field.name == "corrects":
            milestone = request.milestone  # type: ignore[attr-defined]
            kwargs["widget"] = CorrectedSelect(db_field, self.admin_site, milestone=milestone)
            kwargs["queryset"] = ProgressUpdate.objects.published().filter(milestone=milestone)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field; nations as boxes to tick, a reason in a few lines."""
        if db_field.name == "nations":
            kwargs["widget"] = CheckboxSelectMultiple
        elif db_field.name == "correction_reason":
            kwargs["widget"] = small_text()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write nothing yet: the service takes the words together with the evidence."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Hand the report with its evidence to the service, in one piece."""
        given = {"institution": form.institution, "by": request.user}
        if change:
            update = services.revise_update(form.instance, form.report(), **given)
        else:
            update = services.record_update(form.milestone, form.report(), **given)
        form.instance.pk = update.pk
        form.instance.refresh_from_db()

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Return what changed; the service wrote the evidence, so its rows are not counted here."""
        return super().construct_change_message(request, form, [], add)

    # After the form

    def parts_of(self, objs: Any) -> list[Any]:
        """Return the evidence that goes with drafts."""
        return list(Evidence.objects.filter(update__in=objs))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete a draft with its evidence, through the service."""
        services.discard_update(obj)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to the last look before publication, unless the draft is to be written on."""
        response = super().response_add(request, obj, post_url_continue)
        return self._to_last_look(obj) if "_save" in request.POST else response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Go on to the last look before publication, unless the draft is to be written on."""
        response = super().response_change(request, obj)
        return self._to_last_look(obj) if "_save" in request.POST else response

    def _to_last_look(self, update: ProgressUpdate) -> HttpResponse:
        return redirect("admin:milestones_progressupdate_publish", update.pk)


def group(name: str, fields: dict[str, Any], folded: bool) -> tuple[str, dict[str, Any]]:
    """Return a group of fields, folded up or open."""
    return name, fields | {"classes": ("collapse",) if folded else ()}


def said(cell: NationProgress) -> str:
    """Return what readers see of a milestone in one nation."""
    if not cell.applies:
        return f"{cell.nation}: {NOT_APPLICABLE.word} ({cell.not_applicable_reason})"
    day = f" ({date_format(cell.as_of)})" if cell.as_of else ""
    return f"{cell.nation}: {SIGNS[cell.level].word}{day}"


def _correctable(updates: QuerySet[Any], milestone: str) -> QuerySet[Any]:
    """Return the published reports of the milestone that no published one corrects yet."""
    if not milestone.isdecimal():
        return updates.none()
    return updates.filter(published_at__isnull=False, milestone=milestone).exclude(
        corrections__published_at__isnull=False
    )
