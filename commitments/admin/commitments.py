"""Commitments and who is involved in them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db.models import ManyToManyField, Prefetch, QuerySet
from django.forms import CheckboxSelectMultiple, ModelForm, Textarea
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from commitments.admin.access import may_edit
from commitments.models import Commitment, FormerSlug, Involvement
from commitments.rights import Rights, rights_of
from commitments.services import (
    has_been_public,
    keep_former_slug,
    missing_to_publish,
    place_in_plan,
)
from ogp_tracker.common.admin.access import AdminRequestState
from ogp_tracker.common.admin.base import HistoryAdmin, TrackerAdmin
from ogp_tracker.common.admin.forms import ReadOnly, RefusableForm, RowSet

from .filters import PublicationFilter
from .publication import PublishesCommitments
from .rows import AddsRows, Cards


class OneOnEachLine(Textarea):
    """Rows that are typed: those of earlier plans are often not one's own to look up."""

    def format_value(self, value: Any) -> str | None:
        return super().format_value("\n".join(value) if isinstance(value, list) else value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return str(data.get(name) or "").split()


class CommitmentForm(RefusableForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "The last part of the public address. Leave it empty: it is made from the OGP id,"
                " or else from the title. Once public it only moves to the OGP id."
            )

    def clean_slug(self) -> str:
        typed = self.cleaned_data.get("slug")
        made = self.data.get("ogp_id", "").strip() or slugify(self.data.get("title", ""))
        if not typed and not made:
            raise ValidationError(_("Enter an address: it cannot be made from the title."))
        return self._free(str(typed or made)[: Commitment._meta.get_field("slug").max_length])

    def clean_ogp_id(self) -> str:
        """The address of a commitment that readers have seen moves to it."""
        typed: str = self.cleaned_data["ogp_id"]
        if typed and "slug" not in self.fields:
            validate_slug(typed)
            if Commitment.objects.filter(slug__iexact=typed).exclude(pk=self.instance.pk).exists():
                raise ValidationError(_("Another commitment has this address."))
            self.instance.slug = self._free(typed)
        return typed

    def _free(self, slug: str) -> str:
        former = FormerSlug.objects.filter(slug__iexact=slug)
        if former.exclude(commitment=self.instance.pk).exists():
            raise ValidationError(
                _("This was the address of another commitment, and still leads there.")
            )
        return slug

    def clean(self) -> dict[str, Any] | None:
        """A commitment that readers see keeps what it was published with."""
        cleaned = super().clean()
        if self.instance.published_on and "nations" in self.cleaned_data:
            chosen = bool(self.cleaned_data["nations"])
            for sentence in missing_to_publish(self.instance, has_nation=chosen, has_lead=True):
                self.add_error("nations", sentence)
        return cleaned

    def clean_continues(self) -> QuerySet[Commitment]:
        chosen: QuerySet[Commitment] = self.cleaned_data["continues"]
        plan = self.cleaned_data.get("plan")
        if any(one == self.instance or (plan and one.plan_id == plan.pk) for one in chosen):
            raise ValidationError(_("Choose only commitments of other plans."))
        return chosen

    def clean_order(self) -> int | None:
        """A new commitment of a plan takes the place that its number says, or the last one."""
        typed: int | None = self.cleaned_data["order"]
        plan, label = self.cleaned_data.get("plan"), self.cleaned_data.get("label", "")
        if typed is not None or plan is None or self.instance.pk is not None:
            return typed
        return place_in_plan(plan, label)


class InvolvementFormSet(RowSet):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        roles = {form.cleaned_data.get("role") for form in kept if hasattr(form, "cleaned_data")}
        leads = Involvement.Role.LEAD in roles
        if leads and self.instance.lead_unknown:
            raise ValidationError(
                _("You chose a lead. Untick “The source names no lead” above, or remove it here.")
            )
        if self.instance.published_on and (
            missing := missing_to_publish(self.instance, has_lead=leads, has_nation=True)
        ):
            raise ValidationError(missing)


class InvolvementInline(Cards[Involvement]):
    model = Involvement
    formset = InvolvementFormSet
    choice_fields = ("institution",)
    fields = ("institution", "role")
    verbose_name = _("institution")
    verbose_name_plural = _("who leads and who supports")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Involvement]:
        return super().get_queryset(request).select_related("institution")


# Registered in milestones/admin/commitment.py, with the milestones that this app knows nothing of.
class CommitmentAdmin(AddsRows, PublishesCommitments, HistoryAdmin):
    form = CommitmentForm
    list_display = ("title", "ogp_id", "plan", "lead", "published_on")
    list_select_related = ("plan",)
    list_filter = (
        PublicationFilter,
        "nations",
        "plan",
        "lead_unknown",
        "values_claimed",
        "policy_areas",
    )
    search_fields = ("slug", "title", "plan__title", "involvements__institution__name")
    date_hierarchy = "published_on"
    choice_fields = ("plan", "policy_areas", "values_claimed")
    readonly_fields = ("published_on",)
    inlines: ClassVar[Any] = (InvolvementInline,)
    parts = (Involvement,)
    fieldsets = (
        (None, {"fields": ("title", "plan", ("label", "label_is_ours"), "ogp_id")}),
        (
            _("What was promised, in the words of the plan"),
            {"fields": ("objective", "problem", "contribution", "text_is_summary", "language")},
        ),
        (
            _("When"),
            {
                "fields": ("timeline_as_published", ("start_date", "end_date")),
                "description": _(
                    "Keep the words of the plan, such as “Spring 2019 – Summer 2021”, and enter"
                    " the first and the last date that they allow."
                ),
            },
        ),
        (
            _("Where and about what"),
            {"fields": ("nations", "policy_areas", "values_claimed", "lead_unknown")},
        ),
        (
            _("Where it comes from"),
            {
                "fields": ("source_url", "ogp_status", "published_on"),
                "description": _(
                    "A draft can be deleted. A commitment that readers have seen stays: it can be"
                    " changed or taken off the public site, and every change is kept with who and"
                    " when."
                ),
            },
        ),
        (_("Order and address"), {"fields": ("order", "slug"), "classes": ("collapse",)}),
        (
            _("If the source is unclear"),
            {
                "fields": (
                    *("lead_as_published", "support_as_published", "values_as_published"),
                    *("plan_as_published", "member_as_published", "cycle_as_published"),
                ),
                "classes": ("collapse",),
            },
        ),
        (
            _("Earlier commitments and notes"),
            {
                "fields": ("continues", "editorial_note", "tracker_note"),
                "classes": ("collapse",),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        leads = Involvement.objects.filter(role=Involvement.Role.LEAD).for_page()
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("involvements", queryset=leads, to_attr="leads"))
        )

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "nations":
            kwargs["widget"] = CheckboxSelectMultiple
        if db_field.name == "continues":
            return db_field.formfield(
                queryset=Commitment.objects.public(),
                to_field_name="slug",
                widget=OneOnEachLine(attrs={"rows": 2}),
                error_messages={
                    "invalid_choice": _(
                        "“%(value)s” cannot be found among the published commitments. Write ids"
                        " such as UK0096, one on each line."
                    )
                },
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # Who sees and does what

    def may_see(self, rights: Rights) -> bool:
        """Government works on commitments; assessors choose the one that they assess."""
        return rights.is_government or rights.is_assessor

    def seen_by(self, rights: Rights, rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
        return rows.filter(pk__in=rights.seen_commitments().values("pk"))

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        return bool(rights.coordinates)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Commitment | None) -> bool:
        return bool(rights.coordinates) and (obj is None or may_edit(request, obj))

    def may_read_history(self, rights: Rights, obj: Commitment) -> bool:
        """Drafts and names are for those who work on the commitment, not for assessors."""
        return rights.is_government

    def save_related(
        self, request: HttpRequest, form: CommitmentForm, *args: Any, **kwargs: Any
    ) -> None:
        super().save_related(request, form, *args, **kwargs)
        if not rights_of(request.user).may_edit(form.instance):
            raise ValidationError(
                _(
                    "With this plan and these institutions the commitment would not be one that"
                    " you look after. Choose your own plan, or a lead of your nation."
                )
            )

    @admin.display(description=_("lead"))
    def lead(self, obj: Any) -> str:
        names = [row.institution.name for row in obj.leads]
        if len(names) > 2:
            more = intcomma(len(names) - 1)
            return _("%(first)s and %(count)s more") % {"first": names[0], "count": more}
        return ", ".join(names) or str(self.get_empty_value_display())

    def is_public(self, obj: Commitment) -> bool:
        return obj.published_on is not None

    def is_settled(self, obj: Commitment) -> bool:
        return has_been_public(obj)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Commitment | None = None
    ) -> tuple[str, ...]:
        """An address that readers have seen moves once: to the OGP id, when OGP gives it."""
        fields = super().get_readonly_fields(request, obj)
        if obj is None or AdminRequestState.of(request).reads_history or not has_been_public(obj):
            return fields
        return (*fields, "slug", "ogp_id") if obj.ogp_id else (*fields, "slug")

    def save_model(
        self, request: HttpRequest, obj: Commitment, form: ModelForm, change: bool
    ) -> None:
        was = Commitment.objects.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        if was is not None and has_been_public(was):
            keep_former_slug(obj, was.slug)


@admin.register(Involvement)
class InvolvementAdmin(ReadOnly, TrackerAdmin):
    """To look up: its page is the commitment's, which checks that a public one has a lead."""

    list_display = ("commitment", "institution", "role")
    list_of_all_related = ("commitment", "institution")
    list_filter = ("role", "institution__kind", "commitment__nations")
    search_fields = ("commitment__slug", "commitment__title", "institution__name")
    fields = ("commitment", "institution", "role")

    def may_see(self, rights: Rights) -> bool:
        return rights.is_government

    def seen_by(self, rights: Rights, rows: QuerySet[Involvement]) -> QuerySet[Involvement]:
        return rows.filter(commitment__in=rights.seen_commitments())
