"""Government's replies to what assessors found: their own section, closed to assessors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import rights_in
from commitments.admin.filters import PublicationFilter
from commitments.models import Institution
from commitments.rights import Rights
from irm import replies
from irm.models import Reply
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin, admin_page
from ogp_tracker.common.admin.edit_conflicts import render_unsaved_input
from ogp_tracker.common.admin.forms import RefusableForm
from ogp_tracker.common.admin.generic import Fieldsets
from ogp_tracker.common.per_request import PerRequest

from .answering import Answered, asked_for, awaiting

RECORD = ("recorded_by", "signed_by", "published_at")


@dataclass
class ReplyRequestState(PerRequest):
    answered: Answered | None = None
    institutions: Sequence[Institution] = ()
    """Those on whose behalf the account may write it."""


class ReplyForm(RefusableForm):
    instance: Reply
    answered: Answered
    institutions: Sequence[Institution]
    may_sign: bool

    shown_at = {"signed_by": "publish"}

    publish = forms.BooleanField(
        label=gettext_lazy("Sign and publish now"),
        required=False,
        help_text=gettext_lazy("Once published, a reply cannot be changed or deleted."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.assessment = self.answered.assessment
        self.instance.finding = self.answered.finding
        if not self.may_sign:
            del self.fields["publish"]
        if "institution" in self.fields:
            field = cast(ModelChoiceField, self.fields["institution"])
            # There is little to choose from, so that no script is needed.
            if isinstance(field.widget, RelatedFieldWidgetWrapper):
                field.widget = field.widget.widget
            keys = [one.pk for one in self.institutions]
            field.queryset = Institution.objects.filter(pk__in=keys)
            field.empty_label = _("Choose")
            if len(keys) == 1:
                field.empty_label = None
                self.initial["institution"] = keys[0]

    @property
    def institution(self) -> Institution | None:
        if "institution" in self.fields:
            return self.cleaned_data.get("institution")
        return self.instance.institution


class ReplyPublicationFilter(PublicationFilter):
    path = "published_at"


@admin.register(Reply)
class ReplyAdmin(TrackerAdmin[Reply]):
    form = ReplyForm
    list_display = ("about", "institution", "published_at")
    list_of_all_related = (
        "assessment__report",
        "assessment__commitment__plan",
        "finding__milestone__commitment",
        "finding__assessment__report",
        "institution",
        "recorded_by",
        "signed_by",
    )
    list_filter = (
        ReplyPublicationFilter,
        ("institution", admin.RelatedOnlyFieldListFilter),
        "assessment__report",
    )
    search_fields = ("assessment__commitment__slug", "institution__name", "text")
    date_hierarchy = "published_at"
    readonly_fields = ("about", "found", *RECORD)
    fixed_once_saved = ("institution",)
    locked_first = ("assessment",)

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
            return obj.published_at is None and rights.may_carry_on_for(obj.institution)
        return bool(rights.reports_for)

    def is_public(self, obj: Reply) -> bool:
        return Reply.objects.public().filter(pk=obj.pk).exists()

    def is_settled(self, obj: Reply) -> bool:
        return obj.published_at is not None

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
            return redirect("admin:irm_reply_change", begun.pk)
        words = _("A colleague of another institution is already answering this.")
        self.message_user(request, words, messages.WARNING)
        return redirect("admin:irm_reply_add")

    def _page_to_choose(self, request: HttpRequest) -> HttpResponse:
        template, rows = "admin/irm/reply/choose.html", awaiting(request)
        return admin_page(self, request, template, _("Reply"), rows=rows)

    @admin.display(description=gettext_lazy("what it answers"), ordering="assessment")
    def about(self, obj: Reply) -> str:
        return Answered(obj.assessment, obj.finding).name

    @admin.display(description=gettext_lazy("what the assessor wrote"))
    def found(self, obj: Reply) -> str:
        return Answered(obj.assessment, obj.finding).words

    # The form

    def get_fieldsets(self, request: HttpRequest, obj: Reply | None = None) -> Fieldsets:
        record = RECORD if obj is not None else ()
        publish = ("publish",) if self._may_sign(request, obj) else ()
        return [
            (None, {"fields": ("about", "found")}),
            (_("The reply"), {"fields": ("institution", "text", *publish, *record)}),
        ]

    def _may_sign(self, request: HttpRequest, obj: Reply | None) -> bool:
        rights = rights_in(request)
        if obj is not None:
            return obj.published_at is None and rights.may_sign_for(obj.institution)
        return any(rights.may_sign_for(one) for one in ReplyRequestState.of(request).institutions)

    def get_form(
        self, request: HttpRequest, obj: Reply | None = None, change: bool = False, **kwargs: Any
    ) -> type[ReplyForm]:
        form = cast(type[ReplyForm], super().get_form(request, obj, change=change, **kwargs))
        if obj is not None:
            form.answered = Answered(obj.assessment, obj.finding)
        elif (answered := ReplyRequestState.of(request).answered) is not None:
            form.answered = answered
        form.institutions = ReplyRequestState.of(request).institutions
        form.may_sign = self._may_sign(request, obj)
        return form

    def save_model(self, request: HttpRequest, obj: Reply, form: ModelForm, change: bool) -> None:
        sent, by = cast(ReplyForm, form), account_in(request)
        reply = replies.save_reply(
            assessment=sent.answered.assessment,
            finding=sent.answered.finding,
            institution=cast(Institution, sent.institution),
            text=sent.cleaned_data["text"],
            by=by,
            reply=obj if change else None,
        )
        if sent.cleaned_data.get("publish"):
            reply = replies.publish_reply(reply, by=by)
        obj.pk = reply.pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Reply) -> None:
        replies.discard_reply(obj, by=account_in(request))
