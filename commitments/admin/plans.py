"""Action plans."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments import services
from commitments.admin.access import rights_in
from commitments.models import ActionPlan
from commitments.publication_rules import UNITED_KINGDOM
from commitments.rights import Rights
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import HistoryAdmin, OpenToAll
from ogp_tracker.common.admin.forms import RefusableForm

from .counting import CountsCommitments
from .filters import PlanStateFilter
from .plan_publication import PublishesPlans


class ActionPlanForm(RefusableForm):
    rights: Rights = Rights()

    class Meta:
        error_messages = {
            "slug": {
                "unique": gettext_lazy(
                    "Another plan has this address. If it is the same plan, open it in the list of"
                    " action plans. If yours is another one, add its years to the address."
                )
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "member" in self.fields and not self.rights.is_administrator:
            members = services.plan_members(self.rights, self.instance)
            self.fields["member"] = forms.ChoiceField(
                label=self.fields["member"].label,
                choices=[(name, name) for name in members],
                initial=next(iter(members), None),
            )
        if "slug" in self.fields:
            self.fields["slug"].help_text = _("The end of its public address. It never changes.")


@admin.register(ActionPlan)
class ActionPlanAdmin(PublishesPlans, CountsCommitments, OpenToAll, HistoryAdmin):
    form = ActionPlanForm
    list_display = ("title", "member", "cycle", "start_date", "end_date", "state", "commitments")
    list_filter = (PlanStateFilter, "member", "needs_sign_off", "needs_civil_society_sign_off")
    search_fields = ("title", "other_title", "slug", "member", "cycle")
    filled_from = {"slug": ("title",)}
    fixed_once_saved = ("slug",)
    fieldsets = (
        (
            None,
            {
                "fields": ("title", "other_title", "member", "country", "number", "cycle", "slug"),
                "description": gettext_lazy(
                    "Readers see a plan once it is saved, and its commitments once they are"
                    " published. Only an administrator can delete a plan."
                ),
            },
        ),
        (
            gettext_lazy("When it runs"),
            {
                "fields": (("start_date", "end_date"), "dates_basis"),
                "description": gettext_lazy(
                    "The plan is current between these days. After the last one it is closed,"
                    " and what was not completed as last known is shown as that."
                ),
            },
        ),
        (
            gettext_lazy("Who agrees to progress updates"),
            {
                "fields": services.SIGN_OFF_RULES,
                "description": gettext_lazy("Only an administrator changes these rules."),
            },
        ),
        (gettext_lazy("Source"), {"fields": ("source_url",)}),
    )

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        return rights.may_create_plan

    def may_change(self, request: HttpRequest, rights: Rights, obj: ActionPlan | None) -> bool:
        if obj is None:
            return rights.is_administrator or bool(rights.coordinates.plans)
        return rights.may_edit_plan(obj)

    def may_delete(self, request: HttpRequest, rights: Rights, obj: ActionPlan | None) -> bool:
        return rights.is_administrator

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, *args, **kwargs)
        # Django makes the class anew for each request.
        form.rights = rights_in(request)  # type: ignore[attr-defined]
        return form

    def get_readonly_fields(
        self, request: HttpRequest, obj: ActionPlan | None = None
    ) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        if rights_in(request).is_administrator:
            return fields
        return (*fields, *(name for name in services.SIGN_OFF_RULES if name not in fields))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"country": UNITED_KINGDOM, **super().get_changeform_initial_data(request)}

    def save_model(
        self, request: HttpRequest, obj: ActionPlan, form: ModelForm, change: bool
    ) -> None:
        if not change:
            services.create_plan(obj, account_in(request))
        elif form.changed_data:
            services.change_plan(obj, account_in(request))

    def response_add(
        self, request: HttpRequest, obj: ActionPlan, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to what comes next, which the plan's own page says."""
        if rights_in(request).is_administrator or "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        done = _("Saved: %s. You are its point of contact and edit its commitments.") % obj
        self.message_user(request, done, messages.SUCCESS)
        return redirect("admin:commitments_actionplan_change", obj.pk)

    @admin.display(description=gettext_lazy("today"))
    def state(self, obj: ActionPlan) -> str:
        return str(obj.state(timezone.localdate()).label)
