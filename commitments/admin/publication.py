"""The buttons of a commitment: publish, preview, take off the public site."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments import services
from commitments.models import Commitment
from commitments.views import context_of
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin, admin_page


class UnpublishForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is taken off the public site"),
        help_text=gettext_lazy("Readers see this at the old address and among the changes."),
        # The service refuses an empty one.
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "aria-required": "true"}),
    )


class PublishesCommitments(TrackerAdmin[Commitment]):
    """The service decides and gives the date; nobody types one."""

    own_pages: tuple[str, ...] = ("preview", "unpublish")

    def response_add(
        self, request: HttpRequest, obj: Commitment, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._next(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Commitment) -> HttpResponse:
        return self._next(request, obj) or super().response_change(request, obj)

    def _next(self, request: HttpRequest, obj: Commitment) -> HttpResponse | None:
        """What the button asked for once the draft is saved; None for Django's own buttons."""
        if "_preview" in request.POST:
            return redirect("admin:commitments_commitment_preview", obj.pk)
        if "_publish" not in request.POST:
            return None
        try:
            services.publish(obj, account_in(request))
        except services.PublicationRefused as refusal:
            said = [_("Saved as a draft, and not published yet."), *refusal.messages]
            self.message_user(request, " ".join(said), messages.ERROR)
        else:
            self.log_change(request, obj, _("Published."))
            words = _('Published today: <a href="{}">{}</a>. Readers see it now.')
            done = format_html(words, obj.get_absolute_url(), str(obj))
            self.message_user(request, done, messages.SUCCESS)
        return redirect("admin:commitments_commitment_change", obj.pk)

    def unpublish_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        commitment = self.row_in(request, object_id)
        if not self.has_change_permission(request, commitment):
            raise PermissionDenied
        form = UnpublishForm(request.POST or None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                services.unpublish(commitment, account_in(request), reason)
            except services.PublicationRefused as refusal:
                form.add_error("reason", ValidationError(refusal.messages))
            else:
                self.log_change(request, commitment, _("Taken off the public site: %s") % reason)
                done = _("Taken off the public site: %s. It is a draft again.") % commitment
                self.message_user(request, done, messages.SUCCESS)
                return redirect("admin:commitments_commitment_change", commitment.pk)
        return admin_page(
            self,
            request,
            "admin/commitments/commitment/unpublish.html",
            _("Take off the public site"),
            subtitle=str(commitment),
            original=commitment,
            form=form,
        )

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The public page itself, published in a transaction that is then undone."""
        draft = self.row_in(request, object_id)
        if draft.published_on is not None:
            return redirect(draft)
        with transaction.atomic():
            draft.published_on = timezone.localdate()
            draft.save(update_fields=["published_on"])
            context = context_of(Commitment.objects.for_page().get(pk=draft.pk))
            context["missing"] = services.missing_to_publish(draft)
            answer = render(request, "admin/commitments/commitment/preview.html", context)
            transaction.set_rollback(True)
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    def add_to_context(
        self, request: HttpRequest, context: dict[str, Any], obj: Commitment | None
    ) -> None:
        writes = self.has_change_permission(request, obj)
        context["writes_draft"] = writes and (obj is None or obj.published_on is None)
        context["may_unpublish"] = writes and obj is not None and obj.published_on is not None
