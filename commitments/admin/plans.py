"""Action plans."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan
from ogp_tracker.common.admin.base import HistoryAdmin, OpenToAll

from .counting import CountsCommitments
from .filters import PlanStateFilter


@admin.register(ActionPlan)
class ActionPlanAdmin(CountsCommitments, OpenToAll, HistoryAdmin):
    list_display = ("title", "member", "cycle", "start_date", "end_date", "state", "commitments")
    list_filter = (PlanStateFilter, "member", "needs_sign_off", "needs_civil_society_sign_off")
    search_fields = ("title", "other_title", "slug", "member", "cycle")
    filled_from = {"slug": ("title",)}
    fixed_once_saved = ("slug",)
    fieldsets = (
        (
            None,
            {"fields": ("title", "other_title", "member", "country", "number", "cycle", "slug")},
        ),
        (
            _("When it runs"),
            {
                "fields": (("start_date", "end_date"), "dates_basis"),
                "description": _(
                    "The plan is current between these days. After the last one it is closed,"
                    " and what was not completed as last known is shown as that."
                ),
            },
        ),
        (
            _("Who agrees to progress reports"),
            {"fields": ("needs_sign_off", "needs_civil_society_sign_off")},
        ),
        (_("Source"), {"fields": ("source_url",)}),
    )

    @admin.display(description=_("today"))
    def state(self, obj: ActionPlan) -> str:
        return str(obj.state(timezone.localdate()).label)
