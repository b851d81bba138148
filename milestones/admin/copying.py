"""“Copy as a new commitment”: into which plan, and then the draft with what to check."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import rights_in
from commitments.models import ActionPlan, Commitment
from commitments.rights import Rights
from commitments.services import CopyRefused
from milestones import services
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin, admin_page


class CopyForm(forms.Form):
    plan = forms.ModelChoiceField(
        ActionPlan.objects.none(),
        label=gettext_lazy("action plan of the copy"),
        error_messages={"required": gettext_lazy("Choose the action plan of the copy.")},
    )

    def __init__(self, data: QueryDict | None, original: Commitment, rights: Rights) -> None:
        super().__init__(data, initial={"plan": original.plan_id})
        offered = Q(pk__in=rights.coordinates.plans) | Q(member__in=rights.plan_members())
        plans = ActionPlan.objects.filter(offered | Q(pk=original.plan_id))
        self.fields["plan"].queryset = plans.order_by("-end_date", "title")  # type: ignore[attr-defined]


class CopiesCommitments(TrackerAdmin[Commitment]):
    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        original = self.row_in(request, object_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CopyForm(request.POST or None, original, rights_in(request))
        if form.is_valid():
            plan = form.cleaned_data["plan"]
            try:
                copy = services.copy_commitment(original, plan, account_in(request))
            except CopyRefused as refusal:
                form.add_error(None, refusal)
            else:
                self.log_addition(request, copy, _("Copied from %s.") % original)
                words = _(
                    "This is the copy with its milestones: a draft, which readers do not see."
                    " Check its title, number, dates and source address, and who leads it."
                )
                self.message_user(request, words, messages.SUCCESS)
                return redirect("admin:commitments_commitment_change", copy.pk)
        return admin_page(
            self,
            request,
            "admin/commitments/commitment/copy.html",
            _("Copy as a new commitment"),
            subtitle=str(original),
            original=original,
            form=form,
        )
