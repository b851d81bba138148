"""How an update is written: the form, the draft, and its sending."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import BaseFormSet, Form, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones import services
from milestones.facts import is_said_by
from milestones.models import Milestone, ProgressUpdate
from milestones.targets import (
    Target,
    address_of,
    columns_of,
    commitment_of,
    due_date_of,
    name_of,
)
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.forms import warn_of_addresses
from ogp_tracker.common.admin.generic import ModelAdmin

from .choosing import (
    asked_for,
    is_hidden,
    page_to_choose,
    page_without_nation,
    reportable,
    reportable_wholes,
)
from .evidence import EvidenceInline, to_start_with
from .offered import begun, correctable, current_updates, may_report, offer_to, start_from
from .problems import problems_on
from .report_form import UpdateForm, words_of
from .request_state import ProgressRequestState
from .standing import current_levels

TOKEN = "token"  # noqa: S105 - the name of a field
"""The field with the permanent id of a new update: anyone who sends it twice writes it once."""


class WritesUpdates(ModelAdmin[ProgressUpdate]):
    """The form of an update. The button decides what becomes of it; the service does it."""

    def target_in(self, request: HttpRequest, obj: ProgressUpdate | None = None) -> Target:
        state = ProgressRequestState.of(request)
        if state.target is None:
            if obj is None:
                raise Milestone.DoesNotExist
            if obj.milestone_id:
                state.target = reportable().get(pk=obj.milestone_id)
            else:
                state.target = reportable_wholes().get(pk=obj.commitment_id)
        return state.target

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form for what the address names, or let the officer choose one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if (target := asked_for(request)) is None:
            return page_to_choose(self, request)
        if not may_report(request, target):
            if is_hidden(request, target):
                return page_to_choose(self, request)
            if not commitment_of(target).nations.exists():
                return page_without_nation(self, request, target)
            raise PermissionDenied
        ProgressRequestState.of(request).target = target
        is_new = request.method == "POST" or {"another", "corrects"} & set(request.GET)
        mine = [] if is_new else list(begun(request, target))
        if mine:
            return self._offer_to_go_on(request, target, mine)
        context = {"title": _("Report progress"), "subtitle": str(target)}
        return super().add_view(request, form_url, context | (extra_context or {}))

    def _offer_to_go_on(
        self, request: HttpRequest, target: Target, mine: list[ProgressUpdate]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Report progress"),
            "subtitle": str(target),
            "opts": self.opts,
            "begun": mine,
            "another": f"?{address_of(target)}&another=1",
        }
        name = "admin/milestones/progressupdate/go_on.html"
        return TemplateResponse(request, name, context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form; what is sent a second time goes to the draft that it has become.

        What it speaks of is locked meanwhile, so that the second sending waits for the first.
        """
        if request.method != "POST" or object_id is not None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            target = self.target_in(request)
            type(target)._default_manager.select_for_update(of=("self",)).get(pk=target.pk)
            if (known := self._sent_before(request, target)) is None:
                return super().changeform_view(request, None, form_url, extra_context)
            if known.is_published:
                return self._answer(request, known)
            address = reverse("admin:milestones_progressupdate_change", args=[known.pk])
            return super().changeform_view(request, str(known.pk), address, extra_context)

    def _sent_before(self, request: HttpRequest, target: Target) -> ProgressUpdate | None:
        uid = token_in(request)
        mine = ProgressUpdate.objects.filter(**columns_of(target), recorded_by=request.user.pk)
        return mine.filter(uid=uid).first() if uid else None

    def get_form(
        self,
        request: HttpRequest,
        obj: ProgressUpdate | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[UpdateForm]:
        target = self.target_in(request, obj)
        if obj is not None and obj.pk is not None:
            obj.commitment, obj.milestone = columns_of(target).values()
        form = cast(type[UpdateForm], super().get_form(request, obj, change=change, **kwargs))
        form.request = request
        form.target = target
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The words of the last update, if the address asks for them, or of the one to correct."""
        target = self.target_in(request)
        offer = offer_to(request, target)
        wrong = corrected_in(request, target)
        source = wrong or start_from(request, target, offer)
        if source is None:
            return {}
        offered = {nation.pk for nation in offer.nations}
        nations = [nation.pk for nation in source.nations.all() if nation.pk in offered]
        initial = words_of(source) | {"nations": nations}
        if wrong:
            initial |= {"corrects": wrong.pk, "as_of": wrong.as_of}
        return initial

    def get_formset_kwargs(
        self, request: HttpRequest, obj: ProgressUpdate, inline: InlineModelAdmin, prefix: str
    ) -> dict[str, Any]:
        """Start the rows of evidence with those of the update that is corrected."""
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method != "POST" and obj._state.adding and isinstance(inline, EvidenceInline):
            wrong = corrected_in(request, self.target_in(request))
            given["initial"] = to_start_with(wrong) if wrong else []
        return given

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj: ProgressUpdate | None = kwargs["obj"]
        target = self.target_in(request, obj)
        writes = obj is None or self.has_change_permission(request, obj)
        problems = problems_on(context["adminform"].form, context["inline_admin_formsets"])
        # Django's own note in `errors` says only that there are some.
        context |= {"writes": writes, "problems": problems, "errors": None}
        context |= {
            "target": target,
            "name": name_of(target),
            "commitment": commitment_of(target),
            "due_on": due_date_of(target),
            "address": address_of(target),
            "is_whole": isinstance(target, Commitment),
        }
        if writes:
            offer = offer_to(request, target)
            context["current_levels"] = current_levels(target)
            context["current_updates"] = current_updates(target, offer)
            context["started_from"] = start_from(request, target, offer)
            context["publishes_at_once"] = offer.publishes_at_once
            context["token"] = (token_in(request) or uuid4()) if obj is None else ""
            is_correction = obj.corrects_id if obj else corrected_in(request, target)
            context["title"] = (
                _("Correct a published report") if is_correction else _("Report progress")
            )
        return super().render_change_form(request, context, *args, **kwargs)

    # What the button does

    def save_model(
        self, request: HttpRequest, obj: ProgressUpdate, form: ModelForm, change: bool
    ) -> None:
        """Write nothing yet: the service takes the words together with the evidence."""

    def save_related(
        self, request: HttpRequest, form: UpdateForm, formsets: Iterable[BaseFormSet], change: bool
    ) -> None:
        """Hand the update with its evidence to the service, in one piece."""
        known = ProgressUpdate.objects.get(pk=form.instance.pk) if change else None
        update = written(request, form, known)
        if "_publish" in request.POST:
            update = services.publish_update(update, by=account_in(request))
        form.instance.pk = update.pk
        form.instance.refresh_from_db()
        warn_of_addresses(request, form, *formsets)

    def construct_change_message(
        self, request: HttpRequest, form: Form, formsets: Iterable[BaseFormSet], add: bool = False
    ) -> Any:
        """Leave out the rows of evidence, which the service wrote."""
        return super().construct_change_message(request, form, [], add)

    def response_add(
        self, request: HttpRequest, obj: ProgressUpdate, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._answer(request, obj)

    def response_change(self, request: HttpRequest, obj: ProgressUpdate) -> HttpResponse:
        return self._answer(request, obj)

    def _answer(self, request: HttpRequest, update: ProgressUpdate) -> HttpResponse:
        if "_preview" in request.POST:
            return redirect("admin:milestones_progressupdate_preview", update.pk)
        states = ProgressUpdate.State
        words = {
            states.SUBMITTED.value: _("Sent for sign-off: %(update)s. You need do nothing more."),
            states.PUBLISHED.value: _("Published: %(update)s."),
        }.get(update.state, _("Kept as a draft: %(update)s. Readers do not see it."))
        self.message_user(request, words % {"update": update}, messages.SUCCESS)
        return redirect("admin:milestones_progressupdate_change", update.pk)


def written(request: HttpRequest, form: UpdateForm, known: ProgressUpdate | None) -> ProgressUpdate:
    """What waits for sign-off in just these words is left as it is."""
    content, institution, by = form.content(), form.institution, account_in(request)
    uid = token_in(request)
    if not form.is_sent_off:
        return services.save_draft(
            form.target, content, institution=institution, by=by, update=known, uid=uid
        )
    if known is None:
        update = services.record_update(
            form.target, content, institution=institution, by=by, uid=uid
        )
    elif known.state == known.State.SUBMITTED and is_said_by(known, content, institution):
        return known
    else:
        update = services.revise_update(known, content, institution=institution, by=by)
    return services.submit_update(update, by=by)


def token_in(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get(TOKEN, ""))
    except ValueError:
        return None


def corrected_in(request: HttpRequest, target: Target) -> ProgressUpdate | None:
    known = ProgressRequestState.of(request).corrected
    if target not in known:
        key = request.GET.get("corrects", "")
        updates = correctable(target, offer_to(request, target))
        known[target] = updates.filter(pk=key).first() if key.isdecimal() else None
    return known[target]
