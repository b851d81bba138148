"""Amendments: “Change the plan” on the pages of commitments and milestones leads here."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.forms import BaseFormSet, DateInput, ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import may_edit, rights_in
from commitments.models import Commitment, Institution, Membership
from commitments.rights import Rights, institutions_on, leads
from milestones import services
from milestones.amendment_rules import COLUMNS, AmendmentContent, check_amendment
from milestones.facts import amended_now
from milestones.models import Amendment, Milestone
from milestones.models.amendment import AmendmentQuerySet
from milestones.progress_rules import UpdateRefused
from milestones.targets import (
    Target,
    columns_of,
    commitment_of,
    due_date_of,
    lead_of,
    text_column,
)
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin
from ogp_tracker.common.admin.forms import RefusableForm, small_text
from ogp_tracker.common.admin.generic import Fieldsets

from .offered import institutions_in
from .report_form import NO_NULL, TO_SEND
from .sign_off import SignsOff

SOURCE = ("source_title", "source_url", "source_locator")
RECORD = ("due_from", "text_from", "update", "recorded_by", "recorded_at")
SIGNED = ("signed_off_by", "co_signed_by", "state", "published_at", "uid")


def may_amend(request: HttpRequest, target: Target) -> bool:
    """The point of contact, and officers of an institution that leads."""
    return may_edit(request, commitment_of(target)) or bool(leading(request, target))


def leading(request: HttpRequest, target: Target) -> list[Institution]:
    offered, of = institutions_in(request, target), (commitment_of(target), lead_of(target))
    return [one for one in offered if leads(one, *of)]


def institutions_for(request: HttpRequest, target: Target) -> list[Institution]:
    """Those on whose behalf the account may change the plan, or whose documents it enters."""
    own, commitment = leading(request, target), commitment_of(target)
    if may_edit(request, commitment):
        role = Membership.Role.POINT_OF_CONTACT
        rows = Membership.objects.filter(account=rights_in(request).account, role=role)
        contact_for = Institution.objects.filter(pk__in=rows.values("institution"))
        own += [*contact_for, *institutions_on(commitment)]
    return own


def publishes_at_once(request: HttpRequest, target: Target) -> bool:
    """Whether it can be that nobody else has to sign off."""
    commitment, rights = commitment_of(target), rights_in(request)
    plan = commitment.plan
    needs_nobody = plan is None or not (plan.needs_sign_off or plan.needs_civil_society_sign_off)
    signs = any(rights.may_sign_for(one) for one in leading(request, target))
    return may_edit(request, commitment) or (signs and needs_nobody)


class AmendmentForm(RefusableForm):
    """What changes in the plan, from when and why."""

    instance: Amendment
    request: HttpRequest
    target: Target

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_milestone = isinstance(self.target, Milestone)
        for name, value in columns_of(self.target).items():
            setattr(self.instance, name, value)
        if "kind" not in self.fields:
            return
        for name, field in self.fields.items():
            field.required = name == "kind"
            field.error_messages["null_characters_not_allowed"] = NO_NULL
        others: QuerySet[Any] = type(self.target)._default_manager.exclude(pk=self.target.pk)
        plan, related = ("commitment__plan", "commitment") if is_milestone else ("plan", "plan")
        others = others.filter(**{plan: self.commitment.plan_id}).select_related(related)
        seen = Commitment.objects.filter(
            Q(pk__in=Commitment.objects.public())
            | Q(pk__in=rights_in(self.request).seen_commitments())
        )
        others = others.filter(**{"commitment__in" if is_milestone else "pk__in": seen})
        cast(ModelChoiceField, self.fields[self.merged_field]).queryset = others
        offered = institutions_for(self.request, self.target)
        cast(ModelChoiceField, self.fields["institution"]).queryset = Institution.objects.filter(
            pk__in=[one.pk for one in offered]
        )
        if offered:
            self.initial.setdefault("institution", offered[0].pk)

    @property
    def commitment(self) -> Commitment:
        return commitment_of(self.target)

    @property
    def merged_field(self) -> str:
        is_milestone = isinstance(self.target, Milestone)
        return "merged_into" if is_milestone else "merged_into_commitments"

    @property
    def shown_at(self) -> dict[str, str]:  # type: ignore[override]
        return {"merged_into": self.merged_field}

    @property
    def is_sent_off(self) -> bool:
        return not TO_SEND.isdisjoint(self.request.POST)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal is None and self.is_sent_off and "kind" in self.cleaned_data:
            now, institution = timezone.now(), self.cleaned_data.get("institution")
            try:
                check_amendment(
                    self.content(),
                    amended_now(self.target, now),
                    is_attributed=institution is not None,
                )
            except UpdateRefused as refusal:
                self.show(refusal)
        return cleaned

    def content(self) -> AmendmentContent:
        given = {name: self.cleaned_data[name] for name in COLUMNS if self.cleaned_data.get(name)}
        merged_into = self.cleaned_data.get(self.merged_field) or ()
        return AmendmentContent(**given, merged_into=[one.pk for one in merged_into])


@admin.register(Amendment)
class AmendmentAdmin(SignsOff[Amendment], TrackerAdmin[Amendment]):
    """Changes of the plan: drafts can be changed, what is published stays."""

    form = AmendmentForm
    list_display = ("of_target", "kind", "effective_on", "institution", "state")
    list_of_all_related = ("milestone__commitment__plan", "commitment__plan", "institution")
    list_filter = ("kind", "state", "institution", "commitment__plan")
    search_fields = ("commitment__slug", "commitment__title", "reason", "source_title", "uid")
    date_hierarchy = "published_at"
    ordering = ("-recorded_at", "-pk")
    radio_fields = {"kind": admin.VERTICAL}
    actions = ("publish_selected", "delete_selected")
    watched = ("state",)
    locked_first = ("milestone",)
    readonly_fields = (*RECORD, *SIGNED)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Amendment]:
        """With the nations, by which the form offers institutions."""
        of_both = ("commitment__nations", "milestone__commitment__nations")
        return super().get_queryset(request).prefetch_related(*of_both)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form for the milestone or commitment that the address names."""
        if (target := self._target(request)) is None:
            raise PermissionDenied
        context = {"title": _("Change the plan"), "subtitle": str(target)}
        return super().add_view(request, form_url, context | (extra_context or {}))

    def _target(self, request: HttpRequest, obj: Amendment | None = None) -> Target | None:
        """What is amended, if the account may propose that."""
        if obj is not None and obj.pk is not None:
            return obj.target
        seen = rights_in(request).seen_commitments()
        target: Target | None = None
        if (key := request.GET.get("milestone", "")).isdecimal():
            rows = Milestone.objects.filter(pk=key, commitment__in=seen)
            rows = rows.select_related("commitment__plan").prefetch_related("commitment__nations")
            target = rows.first()
        elif (key := request.GET.get("commitment", "")).isdecimal():
            seen = seen.select_related("plan").prefetch_related("nations")
            target = seen.filter(pk=key).first()
        return target if target and may_amend(request, target) else None

    def get_form(
        self,
        request: HttpRequest,
        obj: Amendment | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[AmendmentForm]:
        form = cast(type[AmendmentForm], super().get_form(request, obj, change=change, **kwargs))
        form.request = request
        form.target = cast(Target, self._target(request, obj))
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"effective_on": timezone.localdate()}

    def get_fieldsets(self, request: HttpRequest, obj: Amendment | None = None) -> Fieldsets:
        known = obj is not None and obj.pk is not None
        target = self._target(request, obj)
        merged = "merged_into" if isinstance(target, Milestone) else "merged_into_commitments"
        fieldsets: list[Any] = [
            (_("What changes"), {"fields": ("kind", "due_to", "text_to", merged)}),
            (_("From when, and why"), {"fields": ("effective_on", "reason", "institution")}),
        ]
        if (obj and obj.source_title) or (target and may_edit(request, commitment_of(target))):
            title = _("If the words come from a published document")
            fieldsets.append((title, {"fields": SOURCE}))
        if known:
            fieldsets.append((_("The record"), {"fields": (*RECORD, *SIGNED)}))
        return fieldsets

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, models.DateField):
            kwargs["widget"] = DateInput(attrs={"size": 12, "autocomplete": "off"})
        elif db_field.name in {"reason", "text_to"}:
            kwargs["widget"] = small_text()
        elif isinstance(db_field, models.ManyToManyField):
            kwargs["widget"] = forms.SelectMultiple
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj: Amendment | None = kwargs["obj"]
        target = cast(Target, self._target(request, obj))
        context |= {"target": target, "due_on": due_date_of(target)}
        context["text_now"] = getattr(target, text_column(target))
        context["publishes_at_once"] = publishes_at_once(request, target)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("of"), ordering="commitment__slug")
    def of_target(self, obj: Amendment) -> str:
        return str(obj.target)

    # Who sees and does what

    def may_see(self, rights: Rights) -> bool:
        return rights.is_government

    def seen_by(self, rights: Rights, rows: QuerySet[Amendment]) -> QuerySet[Amendment]:
        return cast(AmendmentQuerySet, rows).seen_by(rights)

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """Only from the page of what is amended; `add_view` looks at that."""
        return not {"milestone", "commitment"}.isdisjoint(request.GET)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Amendment | None) -> bool:
        return obj is None or obj.pk is None or services.writes_on(rights, obj)

    def is_public(self, obj: Amendment) -> bool:
        return obj.is_published and obj.commitment.published_on is not None

    def is_settled(self, obj: Amendment) -> bool:
        return obj.is_published

    def watched_in(self, request: HttpRequest) -> tuple[str, ...]:
        return () if TO_SEND & set(request.POST) else self.watched

    # What the button does

    def save_model(
        self, request: HttpRequest, obj: Amendment, form: ModelForm, change: bool
    ) -> None:
        """Write nothing yet: the service does."""

    def save_related(
        self,
        request: HttpRequest,
        form: AmendmentForm,
        formsets: Iterable[BaseFormSet],
        change: bool,
    ) -> None:
        by = account_in(request)
        known = Amendment.objects.get(pk=form.instance.pk) if change else None
        institution = form.cleaned_data.get("institution")
        amendment = services.save_amendment(
            form.target, form.content(), institution=institution, by=by, amendment=known
        )
        if form.is_sent_off:
            amendment = services.submit_update(amendment, by=by)
        if "_publish" in request.POST:
            amendment = services.publish_update(amendment, by=by)
        form.instance.pk = amendment.pk
        form.instance.refresh_from_db()

    def response_add(
        self, request: HttpRequest, obj: Amendment, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.response_change(request, obj)

    def response_change(self, request: HttpRequest, obj: Amendment) -> HttpResponse:
        words = {
            Amendment.State.SUBMITTED.value: _("Sent for sign-off: %s. You need do nothing more."),
            Amendment.State.PUBLISHED.value: _("Published: %s."),
        }.get(obj.state, _("Kept as a draft: %s. Readers do not see it."))
        self.message_user(request, words % obj, messages.SUCCESS)
        return redirect("admin:milestones_amendment_change", obj.pk)

    def delete_model(self, request: HttpRequest, obj: Amendment) -> None:
        services.discard_update(obj, by=account_in(request))
