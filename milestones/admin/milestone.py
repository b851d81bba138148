"""Milestones, with their progress and amendments."""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import may_edit, rights_in
from commitments.admin.filters import CommitmentPublicationFilter
from commitments.admin.people import RECORDED_BY
from commitments.rights import Rights
from commitments.services import has_been_public
from milestones import services
from milestones.conditions import timing_is
from milestones.days import Timing
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate
from milestones.models.amendment import AmendmentQuerySet
from milestones.models.update_queryset import ProgressUpdateQuerySet
from milestones.querysets import MilestoneQuerySet
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import HistoryAdmin
from ogp_tracker.common.admin.forms import ReadOnlyInline, RefusableForm
from ogp_tracker.common.admin.generic import Fieldsets, TabularInline

from .amendment import LeadsToForms
from .bulk import ReportsInBulk
from .due_date import IS_MEANT, ask_about_due_date, tick_box
from .standing import ShowsProgress, level_in_words

Child = TypeVar("Child", NationProgress, Amendment, ProgressUpdate)


class MilestoneForm(RefusableForm):
    due_date_is_meant = tick_box()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The label and the place of a new one may be left empty: `number_milestone` fills them."""
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields[IS_MEANT]
            return
        for name in {"label", "order"} & {*self.fields}:
            self.fields[name].required = False
            # The default of the column, 0, is no place.
            self.initial[name] = self.initial.get(name) or None
        if "label" in self.fields:
            self.fields["label"].help_text = _(
                "Such as 2.1a or 1.10. Leave it empty if the plan prints none: it goes on from the"
                " milestone before."
            )

    def check_rules(self) -> None:
        commitment = self.cleaned_data.get("commitment")
        if commitment and IS_MEANT in self.fields:
            ask_about_due_date(self, "due_on", commitment.plan)


class TimingFilter(admin.SimpleListFilter):
    title = gettext_lazy("what is overdue")
    parameter_name = "timing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(one.value, str(one.label)) for one in Timing]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Milestone]) -> QuerySet[Milestone]:
        if (chosen := self.value()) is None or chosen not in Timing.values:
            return queryset
        return queryset.filter(timing_is(Timing(chosen), timezone.localdate()))


class RowsToRead(ShowsProgress, ReadOnlyInline, TabularInline[Child, Milestone]):
    template = "admin/rows_to_read.html"

    def get_formset(self, request: HttpRequest, obj: Milestone | None = None, **kwargs: Any) -> Any:
        """With links for those who can follow them; Django makes the rows anew for each request."""
        section = self.admin_site.get_model_admin(self.model)
        self.show_change_link = section.has_view_permission(request)
        return super().get_formset(request, obj, **kwargs)


class CellInline(RowsToRead[NationProgress]):
    model = NationProgress
    fields = ("nation", "how_far", "as_of", "applies", "not_applicable_reason")
    readonly_fields = ("how_far",)
    verbose_name_plural = gettext_lazy("where each nation stands")

    def get_queryset(self, request: HttpRequest) -> QuerySet[NationProgress]:
        rows = super().get_queryset(request).select_related("milestone__commitment", "nation")
        return rows.order_by("nation__position")


class AmendmentInline(RowsToRead[Amendment]):
    model = Amendment
    fields = ("kind", "effective_on", "due_from", "due_to", "reason", "institution", "state")
    readonly_fields = (RECORDED_BY,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Amendment]:
        rows = cast(AmendmentQuerySet, super().get_queryset(request))
        related = ("milestone__commitment", "commitment", "institution")
        return rows.seen_by(rights_in(request)).select_related(*related, "recorded_by")

    def get_fields(self, request: HttpRequest, obj: Milestone | None = None) -> Any:
        """Who proposed it is not for assessors."""
        names = (RECORDED_BY,) if rights_in(request).is_government else ()
        return (*self.fields, *names)


class UpdateInline(RowsToRead[ProgressUpdate]):
    model = ProgressUpdate
    fields = ("as_of", "how_far", "nation_names", "institution", "state")
    readonly_fields = ("how_far", "nation_names")
    verbose_name_plural = gettext_lazy("progress updates")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgressUpdate]:
        rows = cast(ProgressUpdateQuerySet, super().get_queryset(request))
        related = rows.select_related("milestone__commitment", "institution")
        return related.seen_by(rights_in(request)).prefetch_related("nations")


@admin.register(Milestone)
class MilestoneAdmin(LeadsToForms[Milestone], ReportsInBulk, HistoryAdmin[Milestone]):
    form = MilestoneForm
    list_display = ("of_commitment", "label", "level", "due_on", "short_text")
    list_display_links = ("of_commitment", "label")
    list_filter = (
        TimingFilter,
        CommitmentPublicationFilter,
        "commitment__nations",
        "commitment__plan",
    )
    search_fields = ("commitment__slug", "commitment__title", "text", "=label")
    date_hierarchy = "due_on"
    ordering = ("commitment__slug", "order", "number")
    choice_fields = ("commitment", "lead")
    actions = ("report_selected", "delete_selected")
    fixed_once_saved = ("commitment", "number", "due_on")
    parts = (NationProgress, Amendment)
    inlines = (CellInline, UpdateInline, AmendmentInline)

    def may_see(self, rights: Rights) -> bool:
        """Government works on milestones; assessors choose the one that they write about."""
        return rights.is_government or rights.is_assessor

    def seen_by(self, rights: Rights, rows: QuerySet[Milestone]) -> QuerySet[Milestone]:
        return rows.filter(commitment__in=rights.seen_commitments())

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        return bool(rights.coordinates)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Milestone | None) -> bool:
        return bool(rights.coordinates) and (obj is None or may_edit(request, obj.commitment))

    def may_read_history(self, rights: Rights, obj: Milestone) -> bool:
        """Drafts and names of the past are for those who work on it, not for assessors."""
        return rights.is_government

    def get_queryset(self, request: HttpRequest) -> QuerySet[Milestone]:
        return cast(MilestoneQuerySet, super().get_queryset(request)).for_list()

    def get_fieldsets(self, request: HttpRequest, obj: Milestone | None = None) -> Fieldsets:
        words = _("Keep the words of the plan and enter the last day that they allow.")
        if obj is not None:
            words = _("“Change the plan” above moves the due date, and asks for the reason.")
        number, confirmed = (("number",), ()) if obj is not None else ((), (IS_MEANT,))
        fieldsets: Fieldsets = [
            (
                None,
                {"fields": ("commitment", *number, ("label", "label_is_ours"), "order", "text")},
            ),
            (
                _("When it is due"),
                {
                    "fields": (
                        *("start_as_published", "start_on", "due_as_published", "due_on"),
                        *confirmed,
                    ),
                    "description": words,
                },
            ),
            (_("About the text"), {"fields": ("text_is_summary", "language", "source_url")}),
            (_("Who leads it"), {"fields": ("lead",)}),
        ]
        return self.of_the_version(request, fieldsets)

    def is_public(self, obj: Milestone) -> bool:
        return obj.commitment.published_on is not None

    def is_settled(self, obj: Milestone) -> bool:
        return has_been_public(obj.commitment)

    @admin.display(description=gettext_lazy("commitment"), ordering="commitment__slug")
    def of_commitment(self, obj: Milestone) -> str:
        return obj.commitment.ogp_id or str(obj.commitment)

    @admin.display(description=gettext_lazy("text"))
    def short_text(self, obj: Milestone) -> str:
        return Truncator(obj.text).chars(90)

    @admin.display(description=gettext_lazy("level"))
    def level(self, obj: Milestone) -> str:
        return level_in_words(obj)

    def save_model(
        self, request: HttpRequest, obj: Milestone, form: ModelForm, change: bool
    ) -> None:
        """Write only what was changed, so that the due date stays as it is."""
        if not change:
            if not may_edit(request, obj.commitment):
                sentence = _("Choose a commitment that you look after.")
                raise ValidationError({"commitment": [sentence]})
            services.number_milestone(obj)
            super().save_model(request, obj, form, change)
            return
        columns = {field.name for field in self.opts.concrete_fields}
        if written := [name for name in form.changed_data if name in columns]:
            obj.save(update_fields=written)

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Iterable[BaseFormSet], change: bool
    ) -> None:
        """Give a new milestone its empty cell in each nation; the other rows are for reading."""
        super().save_related(request, form, formsets, change)
        if not change:
            services.rebuild_progress([form.instance])

    def delete_model(self, request: HttpRequest, obj: Milestone) -> None:
        services.delete_milestone(obj, by=account_in(request))
