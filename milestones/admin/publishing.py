"""Publishing a draft: the last look, and the action for several at once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Membership
from milestones import services
from milestones.models import NationProgress, ProgressUpdate
from milestones.statuses import UpdateRefused


class PublishForm(forms.Form):
    """The last look before publication: who agrees for civil society, where the plan asks it."""

    co_signed_by = forms.ModelChoiceField(
        label=gettext_lazy("Agreed by, for civil society"),
        queryset=get_user_model().objects.none(),
        required=False,
        help_text=gettext_lazy("The civil-society lead who has agreed to this report."),
    )

    def __init__(self, *args: Any, update: ProgressUpdate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = update.milestone.commitment.plan
        if plan is None or not plan.needs_civil_society_sign_off or update.is_from_document:
            del self.fields["co_signed_by"]
            return
        leads = get_user_model().objects.filter(
            is_active=True, memberships__role=Membership.Role.CIVIL_SOCIETY_LEAD
        )
        self.fields["co_signed_by"].queryset = leads.distinct()  # type: ignore[attr-defined]

    def show(self, refusal: UpdateRefused) -> None:
        """Show what the service refused, beside the field if the form has it."""
        named: dict[str, list[str]] = (
            refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
        )
        for name, sentences in named.items():
            self.add_error(name if name in self.fields else None, sentences)


class Publishes(admin.ModelAdmin):
    """The ways from a draft to a published update; the service decides."""

    def get_urls(self) -> list[Any]:
        """Return the addresses, with the page for the last look before publication."""
        publish = path(
            "<path:object_id>/publish/",
            self.admin_site.admin_view(self.publish_view),
            name="milestones_progressupdate_publish",
        )
        return [publish, *super().get_urls()]

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Show a draft as it will be read, and publish it."""
        update = self.get_object(request, unquote(object_id))
        if update is None:
            raise Http404
        if not self.has_change_permission(request, update):
            raise PermissionDenied
        form = PublishForm(request.POST if request.method == "POST" else None, update=update)
        if request.method == "POST" and form.is_valid():
            try:
                services.publish_update(
                    update, by=request.user, co_signed_by=form.cleaned_data.get("co_signed_by")
                )
            except UpdateRefused as refusal:
                form.show(refusal)
            else:
                self.log_change(request, update, _("Published."))
                self.message_user(request, _("Published: %s.") % update, messages.SUCCESS)
                return redirect("admin:milestones_progressupdate_change", update.pk)
        return self._last_look(request, update, form)

    def _last_look(
        self, request: HttpRequest, update: ProgressUpdate, form: PublishForm
    ) -> HttpResponse:
        cells = {
            row.nation_id: row for row in NationProgress.objects.filter(milestone=update.milestone)
        }
        context = {
            **self.admin_site.each_context(request),
            "title": _("Look at the report and publish it"),
            "subtitle": str(update),
            "opts": self.opts,
            "original": update,
            "update": update,
            "cells": [(nation, cells.get(nation.pk)) for nation in update.nations.all()],
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/milestones/progressupdate/publish.html", context)

    @admin.action(
        permissions=["change"], description=gettext_lazy("Publish selected progress updates")
    )
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish each draft through the service and say in words what it refuses."""
        for update in queryset.order_by("as_of", "recorded_at", "pk"):
            if update.is_published:
                continue
            try:
                services.publish_update(update, by=request.user)
            except UpdateRefused as refusal:
                why = " ".join(refusal.messages)
                words = _("Not published: %(update)s. %(why)s")
                self.message_user(request, words % {"update": update, "why": why}, messages.ERROR)
            else:
                self.log_change(request, update, _("Published."))
                self.message_user(request, _("Published: %s.") % update, messages.SUCCESS)
