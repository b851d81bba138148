"""How an update is written: the form, the draft, its preview, and its sending."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import BaseFormSet, Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones import services
from milestones.facts import is_said_by
from milestones.models import ProgressUpdate
from milestones.progress_rules import UpdateRefused
from milestones.targets import address_of, columns_of, commitment_of, due_date_of, name_of
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import admin_page

from .choosing import asked_for, page_to_choose, page_without_nation, visible_commitments
from .drafting import WritesDrafts
from .evidence import EvidenceInline, to_start_with
from .offered import ProgressRequestState, may_report, offer_to
from .preview import not_ready, preview_of
from .report_form import UpdateForm, words_of
from .standing import current_levels

TOKEN = "token"  # noqa: S105 - the name of a field
"""The field with the permanent id of a new update: anyone who sends it twice writes it once."""


class WritesUpdates(WritesDrafts[ProgressUpdate]):
    own_pages = ("preview", *WritesDrafts.own_pages)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form for what the address names, or let the officer choose one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if (target := asked_for(request)) is None:
            return page_to_choose(self, request)
        if not may_report(request, target):
            # What neither readers nor the account see is as if it did not exist.
            if not visible_commitments(request).contains(commitment_of(target)):
                return page_to_choose(self, request)
            if not commitment_of(target).nations.exists():
                return page_without_nation(self, request, target)
            raise PermissionDenied
        ProgressRequestState.of(request).target = target
        context = {"title": _("Report progress"), "subtitle": str(target)}
        is_new = request.method == "POST" or {"another", "corrects"} & set(request.GET)
        mine = [] if is_new else list(offer_to(request, target).begun())
        if mine:
            template = "admin/milestones/progressupdate/go_on.html"
            another = f"?{address_of(target)}&another=1"
            return admin_page(self, request, template, begun=mine, another=another, **context)
        return super().add_view(request, form_url, context | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form; what is sent a second time goes to the draft that it has become.

        Its milestone is locked meanwhile, so that the second sending waits for the first.
        """
        if request.method != "POST" or object_id is not None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            target = self.target_in(request)
            type(target)._default_manager.select_for_update(of=("self",)).get(pk=target.pk)
            mine = ProgressUpdate.objects.filter(**columns_of(target), recorded_by=request.user.pk)
            uid = token_in(request)
            if uid is None or (known := mine.filter(uid=uid).first()) is None:
                return super().changeform_view(request, None, form_url, extra_context)
            if known.is_published:
                return self.response_change(request, known)
            address = reverse("admin:milestones_progressupdate_change", args=[known.pk])
            return super().changeform_view(request, str(known.pk), address, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Today, one's own nation, and the words of an update that is to be corrected."""
        offer = offer_to(request, self.target_in(request))
        initial: dict[str, Any] = {"as_of": timezone.localdate()}
        initial["nations"] = [nation.pk for nation in offer.own_nations]
        if len(offer.institutions) == 1:
            initial["institution"] = offer.institutions[0].pk
        if wrong := offer.corrected:
            spoken_for = {nation.pk for nation in wrong.nations.all()}
            nations = [nation.pk for nation in offer.nations if nation.pk in spoken_for]
            initial |= words_of(wrong) | {"nations": nations}
            initial |= {"corrects": wrong.pk, "as_of": wrong.as_of}
        return initial

    def get_formset_kwargs(
        self, request: HttpRequest, obj: ProgressUpdate, inline: InlineModelAdmin, prefix: str
    ) -> dict[str, Any]:
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method != "POST" and obj._state.adding and isinstance(inline, EvidenceInline):
            wrong = offer_to(request, self.target_in(request)).corrected
            given["initial"] = to_start_with(wrong) if wrong else []
        return given

    def add_to_context(
        self, request: HttpRequest, context: dict[str, Any], obj: ProgressUpdate | None
    ) -> None:
        super().add_to_context(request, context, obj)
        target = self.target_in(request, obj)
        writes = obj is None or self.has_change_permission(request, obj)
        context |= {
            "writes": writes,
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
            context["offer"] = offer
            context["token"] = (token_in(request) or uuid4()) if obj is None else ""
            is_correction = obj.corrects_id if obj else offer.corrected
            context["title"] = (
                _("Correct a progress update") if is_correction else _("Report progress")
            )

    # What the button does

    def construct_change_message(
        self, request: HttpRequest, form: Form, formsets: Iterable[BaseFormSet], add: bool = False
    ) -> Any:
        """Leave out the rows of evidence, which the service wrote."""
        return super().construct_change_message(request, form, [], add)

    def write(
        self, request: HttpRequest, form: UpdateForm, known: ProgressUpdate | None
    ) -> ProgressUpdate:
        """A draft, which is sent from its preview; what waits in just these words is left so."""
        content, institution = form.content(), form.institution
        waits = known is not None and known.state == known.State.SUBMITTED and form.is_sent_off
        if known and waits and is_said_by(known, content, institution):
            return known
        return services.save_draft(
            form.target,
            content,
            institution=institution,
            by=account_in(request),
            update=known,
            uid=token_in(request),
        )

    def response_change(self, request: HttpRequest, obj: ProgressUpdate) -> HttpResponse:
        if offer_to(request, self.target_in(request, obj)).started_from:
            words = _("Your draft is saved. The last text is below what you had typed.")
            self.message_user(request, words, messages.SUCCESS)
            return redirect("admin:milestones_progressupdate_change", obj.pk)
        if obj.is_in_the_making and "_preview" in request.POST:
            return redirect("admin:milestones_progressupdate_preview", obj.pk)
        return super().response_change(request, obj)

    # The check before sending, on the public page as readers would see it

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        update = self.row_in(request, object_id)
        done = redirect("admin:milestones_progressupdate_done", update.pk)
        if update.is_published:
            return done if request.method == "POST" else redirect(update)
        may_write = self.has_change_permission(request, update)
        refusals: list[str] = []
        if request.method == "POST":
            try:
                if update.is_in_the_making:
                    self._send(request, update)
            except UpdateRefused as refusal:
                refusals = refusal.messages
            else:
                return done
        if missing := not_ready(update):
            self.message_user(request, missing, messages.WARNING)
            return redirect("admin:milestones_progressupdate_change", update.pk)
        context = preview_of(update, timezone.now(), refusals) | {"may_write": may_write}
        context["may_send"] = may_write and update.is_in_the_making
        if context["may_send"]:
            context["publishes_at_once"] = offer_to(request, update.target).publishes_at_once
        template = "admin/milestones/progressupdate/preview.html"
        answer = TemplateResponse(request, template, context)
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    def _send(self, request: HttpRequest, update: ProgressUpdate) -> None:
        """Raises UpdateRefused, and then nothing is sent."""
        by, publishes = account_in(request), request.POST.get("do") == "publish"
        with transaction.atomic():
            sent = services.submit_update(update, by=by, expected=request.POST.get("read", ""))
            if publishes:
                services.publish_update(sent, by=by)
            words = _("Signed off and published.") if publishes else _("Sent for sign-off.")
            self.log_change(request, update, words)


def token_in(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get(TOKEN, ""))
    except ValueError:
        return None
