"""Amendments: “Change the plan” on the pages of commitments and milestones leads here."""

from typing import Any, TypeVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.admin.access import may_edit, rights_in
from commitments.models import Commitment, Institution, Membership
from commitments.rights import Rights, institutions_on
from milestones import services
from milestones.amendment_rules import COLUMNS, AmendmentContent, check_amendment
from milestones.facts import amended_now
from milestones.models import Amendment, Milestone
from milestones.targets import Target, commitment_of, due_date_of, text_column
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin
from ogp_tracker.common.admin.forms import small_text
from ogp_tracker.common.admin.generic import Fieldsets

from .choosing import asked_for, visible_commitments
from .drafting import SIGNED_RECORD, StatementForm, WritesDrafts
from .due_date import IS_MEANT
from .offered import ProgressRequestState, may_report, offer_to
from .standing import ShowsProgress

T = TypeVar("T", bound=Target)

RECORD = ("due_from", "text_from", "update", *SIGNED_RECORD)


def may_amend(request: HttpRequest, target: Target) -> bool:
    return may_edit(request, commitment_of(target)) or bool(offer_to(request, target).leading)


class LeadsToForms(TrackerAdmin[T]):
    def add_to_context(self, request: HttpRequest, context: dict[str, Any], obj: T | None) -> None:
        super().add_to_context(request, context, obj)
        context["may_report"] = obj is not None and may_report(request, obj)
        context["may_amend"] = obj is not None and may_amend(request, obj)


def institutions_for(request: HttpRequest, target: Target) -> list[Institution]:
    """Those on whose behalf the account may change the plan, or whose documents it enters."""
    own, commitment = offer_to(request, target).leading, commitment_of(target)
    if may_edit(request, commitment):
        role = Membership.Role.POINT_OF_CONTACT
        rows = Membership.objects.filter(account=rights_in(request).account, role=role)
        contact_for = Institution.objects.filter(pk__in=rows.values("institution"))
        return [*own, *contact_for, *institutions_on(commitment)]
    return own


def merged_field(target: Target) -> str:
    return "merged_into" if isinstance(target, Milestone) else "merged_into_commitments"


class AmendmentForm(StatementForm):
    instance: Amendment
    due_date = "due_to"

    class Meta:
        widgets = {"reason": small_text(), "text_to": small_text()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" not in self.fields:
            return
        self.fields["kind"].required = True
        cast(ModelChoiceField, self.fields[merged_field(self.target)]).queryset = self._others()
        offered = institutions_for(self.request, self.target)
        cast(ModelChoiceField, self.fields["institution"]).queryset = Institution.objects.filter(
            pk__in=[one.pk for one in offered]
        )
        if offered:
            self.initial.setdefault("institution", offered[0].pk)

    def _others(self) -> QuerySet[Milestone] | QuerySet[Commitment]:
        """What it can be merged into: of the same plan, and public or the account's own."""
        plan = commitment_of(self.target).plan_id
        commitments = visible_commitments(self.request).filter(plan=plan)
        if isinstance(self.target, Commitment):
            return commitments.exclude(pk=self.target.pk).select_related("plan")
        milestones = Milestone.objects.filter(commitment__in=commitments)
        return milestones.exclude(pk=self.target.pk).select_related("commitment")

    @property
    def shown_at(self) -> dict[str, str]:  # type: ignore[override]
        return {"merged_into": merged_field(self.target)}

    def check_rules(self) -> None:
        if self.is_sent_off and "kind" in self.cleaned_data:
            now, is_attributed = timezone.now(), self.institution is not None
            check_amendment(
                self.content(), amended_now(self.target, now), is_attributed=is_attributed
            )

    def content(self) -> AmendmentContent:
        given = {name: self.cleaned_data[name] for name in COLUMNS if self.cleaned_data.get(name)}
        merged_into = self.cleaned_data.get(merged_field(self.target)) or ()
        return AmendmentContent(**given, merged_into=[one.pk for one in merged_into])


@admin.register(Amendment)
class AmendmentAdmin(ShowsProgress, WritesDrafts[Amendment]):
    form = AmendmentForm
    list_display = ("about", "kind", "effective_on", "institution", "state")
    list_of_all_related = ("milestone__commitment__plan", "commitment__plan", "institution")
    list_filter = ("kind", "state", "institution", "commitment__plan")
    search_fields = ("commitment__slug", "commitment__title", "reason", "source_title", "uid")
    date_hierarchy = "published_at"
    ordering = ("-recorded_at", "-pk")
    radio_fields = {"kind": admin.VERTICAL}
    locked_first = ("milestone",)
    readonly_fields = RECORD

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        target = asked_for(request)
        names_no_target = request.method == "GET" and not request.GET
        if names_no_target and self.may_see(rights_in(request)):
            words = _("Open the milestone or the commitment that changes, and press “%s”.")
            self.message_user(request, words % _("Change the plan"), messages.INFO)
            return redirect("admin:milestones_milestone_changelist")
        if target is None or not may_amend(request, target):
            raise PermissionDenied
        ProgressRequestState.of(request).target = target
        context = {"title": _("Change the plan"), "subtitle": str(target)}
        return super().add_view(request, form_url, context | (extra_context or {}))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"effective_on": timezone.localdate()}

    def get_fieldsets(self, request: HttpRequest, obj: Amendment | None = None) -> Fieldsets:
        known = obj is not None and obj.pk is not None
        target = self.target_in(request, obj)
        writes = not known or self.has_change_permission(request, obj)
        due_date = ("due_to", IS_MEANT) if writes else ("due_to",)
        fieldsets: list[Any] = [
            (_("What changes"), {"fields": ("kind", *due_date, "text_to", merged_field(target))}),
            (_("From when, and why"), {"fields": ("effective_on", "reason", "institution")}),
        ]
        if (obj and obj.source_title) or may_edit(request, commitment_of(target)):
            title = _("If a published document says so")
            fieldsets.append((title, {"fields": ("source_title", "source_url", "source_locator")}))
        if known:
            fieldsets.append((_("The record"), {"fields": RECORD}))
        return fieldsets

    def add_to_context(
        self, request: HttpRequest, context: dict[str, Any], obj: Amendment | None
    ) -> None:
        super().add_to_context(request, context, obj)
        target = self.target_in(request, obj)
        context |= {"target": target, "due_on": due_date_of(target)}
        context["text_now"] = getattr(target, text_column(target))
        offer = offer_to(request, target)
        signs_alone = offer.signs_alone(offer.leading)
        context["publishes_at_once"] = signs_alone or may_edit(request, offer.commitment)

    # Who sees and does what

    def may_see(self, rights: Rights) -> bool:
        return rights.is_government

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """Only from the page of what is amended; `add_view` looks at that."""
        return not {"milestone", "commitment"}.isdisjoint(request.GET)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Amendment | None) -> bool:
        return obj is None or obj.pk is None or services.writes_on(rights, obj)

    def write(
        self, request: HttpRequest, form: AmendmentForm, known: Amendment | None
    ) -> Amendment:
        by = account_in(request)
        amendment = services.save_amendment(
            form.target, form.content(), institution=form.institution, by=by, amendment=known
        )
        return self.send_off(request, form, amendment)
