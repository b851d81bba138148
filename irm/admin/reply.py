"""Government's replies to what assessors found: their own section, closed to assessors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import rights_in
from commitments.admin.people import RECORDED_BY, SIGNED_OFF_BY
from commitments.models import Institution
from commitments.rights import Rights
from irm import replies
from irm.models import Reply
from milestones import services
from milestones.admin.drafting import DraftForm, WritesDrafts
from milestones.admin.update import group, later
from milestones.progress_rules import UpdateRefused
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin, admin_page
from ogp_tracker.common.admin.edit_conflicts import render_unsaved_input
from ogp_tracker.common.admin.generic import Fieldsets
from ogp_tracker.common.per_request import PerRequest

from .answering import Answered, asked_for, awaiting
from .reply_preview import preview_of

RECORD = (RECORDED_BY, "recorded_at", SIGNED_OFF_BY, "state", "published_at")


@dataclass
class ReplyRequestState(PerRequest):
    answered: Answered | None = None
    institutions: Sequence[Institution] = ()
    """Those on whose behalf the account may write it."""


class ReplyForm(DraftForm):
    instance: Reply
    institutions: Sequence[Institution]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "institution" in self.fields:
            field = cast(ModelChoiceField, self.fields["institution"])
            keys = [one.pk for one in self.institutions]
            field.queryset = Institution.objects.filter(pk__in=keys)
            field.empty_label = _("Choose")
            if len(keys) == 1:
                field.empty_label = None
                self.initial["institution"] = keys[0]

    def check_rules(self) -> None:
        if self.institution is None:
            sentence = _("Choose the institution that replies.")
            raise UpdateRefused({"institution": [sentence]})

    @property
    def is_sent_off(self) -> bool:
        """It is previewed while it is written, too."""
        return "_preview" not in self.request.POST and super().is_sent_off

    @property
    def institution(self) -> Institution | None:
        if "institution" in self.fields:
            return super().institution
        return self.instance.institution


@admin.register(Reply)
class ReplyAdmin(WritesDrafts[Reply]):
    form = ReplyForm
    list_display = ("about", "institution", "state", "published_at")
    list_of_all_related = (
        "assessment__report",
        "assessment__commitment__plan",
        "finding__milestone__commitment",
        "finding__assessment__report",
        "institution",
        "recorded_by",
        "signed_off_by",
    )
    list_filter = (
        "state",
        ("institution", admin.RelatedOnlyFieldListFilter),
        "assessment__report",
    )
    search_fields = ("assessment__commitment__slug", "institution__name", "text")
    date_hierarchy = "published_at"
    readonly_fields = RECORD
    fixed_once_saved = ("institution",)
    locked_first = ("assessment",)
    actions = TrackerAdmin.actions
    own_pages = ("publish", "done", "preview")
    label_to_read = gettext_lazy("See who signs it off")
    sign_off_template = "admin/irm/reply/publish.html"

    # Who sees and does what

    def may_see(self, rights: Rights) -> bool:
        """Replies are government's; assessors read them on the public pages."""
        return rights.is_government

    def seen_by(self, rights: Rights, rows: QuerySet[Reply]) -> QuerySet[Reply]:
        public = Reply.objects.public().filter(assessment__commitment__in=rights.seen_commitments())
        return rows.filter(Q(pk__in=public.values("pk")) | Q(institution__in=rights.carries_on))

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        return bool(rights.reports_for)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Reply | None) -> bool:
        if obj is not None and obj.pk is not None:
            return services.writes_on(rights, obj)
        return bool(rights.reports_for)

    def is_public(self, obj: Reply) -> bool:
        return Reply.objects.public().filter(pk=obj.pk).exists()

    # What it answers

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        answered = asked_for(request)
        if answered is None and request.method == "POST":
            return render_unsaved_input(
                self, request, None, _("What you answer is no longer public.")
            )
        if answered is None:
            return self._page_to_choose(request)
        begun = answered.replies().first()
        if begun is not None and (
            request.method != "POST" or begun.text == request.POST.get("text", "").strip()
        ):
            return self._to_what_is_begun(request, begun)
        state, commitment = ReplyRequestState.of(request), answered.assessment.commitment
        state.answered = answered
        state.institutions = replies.institutions_that_answer(rights_in(request), commitment)
        context = {"title": _("Reply"), "subtitle": answered.name}
        return super().add_view(request, form_url, context | (extra_context or {}))

    def _to_what_is_begun(self, request: HttpRequest, begun: Reply) -> HttpResponse:
        if self.has_view_permission(request, begun):
            return redirect(f"admin:irm_reply_{'done' if waits(begun) else 'change'}", begun.pk)
        words = _("A colleague of another institution is already answering this.")
        self.message_user(request, words, messages.WARNING)
        return redirect("admin:irm_reply_add")

    def _page_to_choose(self, request: HttpRequest) -> HttpResponse:
        template, rows = "admin/irm/reply/choose.html", awaiting(request)
        return admin_page(self, request, template, _("Reply"), rows=rows)

    @admin.display(description=gettext_lazy("what it answers"), ordering="assessment")
    def about(self, obj: Reply) -> str:
        return Answered(obj.assessment, obj.finding).name

    # The form

    def get_fieldsets(self, request: HttpRequest, obj: Reply | None = None) -> Fieldsets:
        reply = group(_("The reply"), ("institution", "text"))
        is_known = obj is not None and obj.pk is not None
        return [reply, later(_("The record"), RECORD)] if is_known else [reply]

    def columns_in(self, request: HttpRequest, obj: Reply | None) -> dict[str, Any]:
        answered = _answered(request, obj)
        return {"assessment": answered.assessment, "finding": answered.finding}

    def get_form(
        self, request: HttpRequest, obj: Reply | None = None, change: bool = False, **kwargs: Any
    ) -> type[ReplyForm]:
        form = cast(type[ReplyForm], super().get_form(request, obj, change=change, **kwargs))
        form.institutions = ReplyRequestState.of(request).institutions
        return form

    def add_to_context(
        self, request: HttpRequest, context: dict[str, Any], obj: Reply | None
    ) -> None:
        super().add_to_context(request, context, obj)
        rights, answered = rights_in(request), _answered(request, obj)
        plan = answered.assessment.commitment.plan
        signs = [obj.institution] if obj is not None else ReplyRequestState.of(request).institutions
        if obj is not None:
            context["title"] = _("Reply to the assessor")
        context |= {
            "answered": answered,
            "publishes_at_once": not (plan and plan.needs_sign_off)
            and any(rights.may_sign_for(one) for one in signs),
        }

    def write(self, request: HttpRequest, form: ReplyForm, known: Reply | None) -> Reply:
        """What waits for sign-off in just these words is left as it is."""
        text, by = form.cleaned_data["text"], account_in(request)
        if form.is_sent_off and known is not None and waits(known) and known.text == text:
            return known
        reply = replies.save_reply(
            **form.columns,
            institution=cast(Institution, form.institution),
            text=text,
            by=by,
            reply=known,
        )
        return self.send_off(request, form, reply)

    def response_change(self, request: HttpRequest, obj: Reply) -> HttpResponse:
        if "_preview" in request.POST:
            return redirect("admin:irm_reply_preview", obj.pk)
        return super().response_change(request, obj)

    # How it is signed off

    def whole(self, rows: QuerySet[Reply]) -> QuerySet[Reply]:
        return rows.select_related(*self.list_of_all_related)

    def what_changes(self, update: Reply) -> dict[str, Any]:
        words = _("Readers see it at once. A published reply is never changed or deleted.")
        return {
            "answered": Answered(update.assessment, update.finding),
            "may_preview": not update.is_published,
            "publish_words": words,
        }

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The public page as readers will see it; only here, and nothing is written."""
        reply = self.row_in(request, object_id)
        if reply.is_published:
            return redirect(reply)
        may_write = self.has_change_permission(request, reply)
        context = preview_of(reply, timezone.now()) | {"may_write": may_write}
        answer = TemplateResponse(request, "admin/irm/reply/preview.html", context)
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer


def _answered(request: HttpRequest, obj: Reply | None) -> Answered:
    if obj is not None:
        return Answered(obj.assessment, obj.finding)
    return cast(Answered, ReplyRequestState.of(request).answered)


def waits(reply: Reply) -> bool:
    return reply.state == Reply.State.SUBMITTED
