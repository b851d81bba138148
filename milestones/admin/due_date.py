"""The page on which a due date moves: with the reason, and with the earlier dates."""

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import DateInput
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import may_edit, rights_in
from commitments.models import Institution, Membership
from milestones import services
from milestones.models import Milestone
from milestones.progress_rules import UpdateRefused
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.forms import small_text
from ogp_tracker.common.admin.generic import ModelAdmin

from .problems import problems_on
from .report_form import NO_DAY, NO_NULL

SHOWN_AT = {"moved_to": "to"}


class DueDateForm(forms.Form):
    """The new due date, why it moves, and on whose behalf."""

    seen = forms.DateField(required=False, widget=forms.HiddenInput)
    to = forms.DateField(
        label=gettext_lazy("New due day"),
        widget=DateInput(attrs={"size": 12, "autocomplete": "off"}),
        help_text=gettext_lazy("Day, month and year, such as 27/3/2026."),
        error_messages={"invalid": NO_DAY, "required": gettext_lazy("Enter the new due day.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why the due day moves"),
        widget=small_text(),
        help_text=gettext_lazy("The reason is published."),
        error_messages={
            "required": gettext_lazy("Say why the due day moves. The reason is published."),
            "null_characters_not_allowed": NO_NULL,
        },
    )
    institution = forms.ModelChoiceField(
        label=gettext_lazy("In whose name"),
        queryset=Institution.objects.none(),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("Readers see it beside the reason."),
        error_messages={"required": gettext_lazy("Choose the institution in whose name it moves.")},
    )

    def __init__(self, *args: Any, institutions: list[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only = institutions[0] if len(institutions) == 1 else None
        if self.only:
            del self.fields["institution"]
        else:
            own = Institution.objects.filter(pk__in=[one.pk for one in institutions])
            cast(forms.ModelChoiceField, self.fields["institution"]).queryset = own

    @property
    def acting_for(self) -> Institution | None:
        return self.only or self.cleaned_data.get("institution")

    def show(self, refusal: UpdateRefused) -> None:
        for name, sentences in refusal.by_field().items():
            field = SHOWN_AT.get(name, name)
            self.add_error(field if field in self.fields else None, sentences)

    def show_current_date(self, milestone: Milestone) -> None:
        """Compare with the due date as it is now when the form is sent again."""
        milestone.refresh_from_db(fields=["due_on"])
        seen = milestone.due_on.isoformat() if milestone.due_on else ""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = seen
        self.data = data


class MovesDueDate(ModelAdmin[Milestone]):
    """A section of milestones with a page on which the due date of one moves."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.due_date_view)
        due_date = path("<path:object_id>/due-day/", view, name="milestones_milestone_due_date")
        return [due_date, *super().get_urls()]

    def due_date_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Show how the due date has moved so far, and move it."""
        if (milestone := self.get_object(request, unquote(object_id))) is None:
            raise Http404
        if not may_edit(request, milestone.commitment):
            raise PermissionDenied
        form = DueDateForm(
            request.POST if request.method == "POST" else None,
            institutions=named_by(request),
            initial={"seen": milestone.due_on},
        )
        if request.method == "POST" and form.is_valid():
            try:
                move(milestone, form, account_in(request))
            except UpdateRefused as refusal:
                form.show(refusal)
                form.show_current_date(milestone)
            else:
                self.log_change(request, milestone, _("Moved the due day."))
                words = _("The due day of %(milestone)s is now %(day)s.")
                day = date_format(form.cleaned_data["to"])
                self.message_user(
                    request, words % {"milestone": milestone, "day": day}, messages.SUCCESS
                )
                return redirect("admin:milestones_milestone_change", milestone.pk)
        return self._due_date_page(request, milestone, form)

    def _due_date_page(
        self, request: HttpRequest, milestone: Milestone, form: DueDateForm
    ) -> HttpResponseBase:
        changes = list(milestone.due_date_changes.select_related("institution"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Move the due day"),
            "subtitle": str(milestone),
            "opts": self.opts,
            "original": milestone,
            "milestone": milestone,
            "changes": changes,
            "first_date": changes[0].moved_from if changes else milestone.due_on,
            "form": form,
            "problems": problems_on(form),
            "institution": form.only,
        }
        return TemplateResponse(request, "admin/milestones/milestone/due_date.html", context)


def move(milestone: Milestone, form: DueDateForm, account: User) -> None:
    """Move the due date as the form says. Raises UpdateRefused if it is another one by now."""
    with transaction.atomic():
        current = Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk).due_on
        seen: date | None = form.cleaned_data.get("seen")
        if current != seen:
            sentence = _(
                "A colleague has moved it meanwhile: it now stands at %(day)s. Read the"
                " reason above, and send this once more if it still has to move."
            ) % {"day": date_format(current) if current else "–"}
            raise UpdateRefused({"to": [sentence]})
        services.move_due_date(
            milestone,
            to=form.cleaned_data["to"],
            reason=form.cleaned_data["reason"],
            institution=form.acting_for,
            by=account,
        )


def named_by(request: HttpRequest) -> list[Institution]:
    """Return the institutions for which the account is point of contact."""
    rows = Membership.objects.filter(
        account=rights_in(request).account,
        role=Membership.Role.POINT_OF_CONTACT,
        institution__isnull=False,
    )
    return list(Institution.objects.filter(pk__in=rows.values("institution")))
