"""What a plan's page shows of its commitments: preview them all, publish them in one act."""

from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments import services
from commitments.admin.access import rights_in
from commitments.models import ActionPlan, Commitment
from commitments.views import plan as plan_page
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin, admin_page

LISTED = 100
"""How many commitments the page of a plan lists; the list of commitments has them all."""


class PublishesPlans(TrackerAdmin[ActionPlan]):
    own_pages = ("preview", "publish")

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The public page itself, its drafts published in a transaction that is then undone."""
        plan, drafts = self._drafts(request, object_id)
        with transaction.atomic():
            drafts.order_by().update(published_on=timezone.localdate())
            answer = plan_page(request, plan.slug, "admin/commitments/actionplan/preview.html")
            transaction.set_rollback(True)
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        plan, drafts = self._drafts(request, object_id)
        ticked = {int(key) for key in request.POST.getlist("commitment") if key.isdecimal()}
        refusals: list[str] = []
        if request.method == "POST" and not ticked:
            refusals = [_("Tick at least one commitment.")]
        elif request.method == "POST":
            try:
                published = services.publish_plan(plan, account_in(request), only=ticked)
            except services.PublicationRefused as refusal:
                refusals = refusal.messages
            else:
                return self._published(request, plan, published)
        missing = services.missing_in(drafts)
        rows = [
            {
                "commitment": row,
                "missing": missing[row.pk],
                "ticked": request.method != "POST" or row.pk in ticked,
            }
            for row in drafts.annotate(milestone_count=Count("milestones"))
        ]
        return admin_page(
            self,
            request,
            "admin/commitments/actionplan/publish.html",
            _("Publish this plan's commitments"),
            subtitle=str(plan),
            original=plan,
            rows=rows,
            incomplete=sum(bool(row["missing"]) for row in rows),
            refused=bool(refusals),
            # What a draft lacks has a link to the draft, and says it once.
            refusals=[] if any(row["ticked"] and row["missing"] for row in rows) else refusals,
        )

    def _published(
        self, request: HttpRequest, plan: ActionPlan, published: list[Commitment]
    ) -> HttpResponse:
        number = len(published)
        if not number:
            self.message_user(request, _("Nothing was left to publish: readers see them already."))
            return redirect("admin:commitments_actionplan_change", plan.pk)
        words = ngettext("%s commitment published.", "%s commitments published.", number)
        words %= intcomma(number)
        self.log_change(request, plan, words)
        done = format_html('{} <a href="{}">{}</a>', words, plan.get_absolute_url(), plan)
        self.message_user(request, done, messages.SUCCESS)
        return redirect("admin:commitments_actionplan_change", plan.pk)

    def _drafts(
        self, request: HttpRequest, object_id: str
    ) -> tuple[ActionPlan, QuerySet[Commitment]]:
        """The plan, and the drafts in it that the account edits. Raises PermissionDenied."""
        plan, rights = self.row_in(request, object_id), rights_in(request)
        if not rights.edits_within(plan):
            raise PermissionDenied
        edited = rights.edited_commitments().filter(plan=plan, published_on=None)
        return plan, edited.newest_plan_first()  # type: ignore[attr-defined]

    def add_to_context(
        self, request: HttpRequest, context: dict[str, Any], obj: ActionPlan | None
    ) -> None:
        rights = rights_in(request)
        if obj is None or not rights.is_government:
            return
        rows = rights.seen_commitments().filter(plan=obj)
        context["listed"] = rows.newest_plan_first()[:LISTED]  # type: ignore[attr-defined]
        context["listed_total"] = rows.count()
        context["edits_within"] = rights.edits_within(obj)
        context["is_contact"] = obj.pk in rights.coordinates.plans
