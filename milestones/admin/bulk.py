"""One level reported on several milestones at once: each goes through the service by itself."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import rights_in
from commitments.rights import Rights, reportable_nations
from milestones import services
from milestones.facts import is_said_by
from milestones.models import Evidence, Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import admin_page
from ogp_tracker.common.admin.generic import ModelAdmin
from ogp_tracker.common.admin.problems import problems_of_rows, problems_on
from ogp_tracker.common.texts import StrOrPromise

from .bulk_form import BulkForm, waits_already
from .choosing import reported_on
from .evidence import EvidenceFormSet
from .reporting import token_in
from .sign_off import whole

SUBMITTED = ProgressUpdate.State.SUBMITTED
ALREADY_SENT = gettext_lazy("You have already sent this. It was not sent again.")

AT_ONCE = 200
"""How many milestones can be reported on at once."""


@dataclass(frozen=True)
class BulkResult:
    milestone: Milestone
    update: ProgressUpdate | None
    """The one that waits for sign-off now; None if it was refused."""
    words: StrOrPromise


class ReportsInBulk(ModelAdmin[Milestone]):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.bulk_view)
        return [path("report/", view, name="milestones_milestone_report"), *super().get_urls()]

    def has_report_permission(self, request: HttpRequest) -> bool:
        return bool(rights_in(request).reports_for)

    @admin.action(
        permissions=["report"],
        description=gettext_lazy("Report one level on the selected milestones"),
    )
    def report_selected(
        self, request: HttpRequest, queryset: QuerySet[Milestone]
    ) -> HttpResponse | None:
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
        if len(keys) > AT_ONCE:
            words = _("Choose at most %(number)s milestones at once.")
            self.message_user(request, words % {"number": intcomma(AT_ONCE)}, messages.ERROR)
            return None
        chosen = ",".join(map(str, keys))
        return redirect(f"{reverse('admin:milestones_milestone_report')}?milestones={chosen}")

    def bulk_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_report_permission(request):
            raise PermissionDenied
        if not (milestones := chosen_in(request)):
            words = _("Tick the milestones that you want to report on in this list.")
            self.message_user(request, words, messages.WARNING)
            return redirect("admin:milestones_milestone_changelist")
        is_sent = request.method == "POST"
        evidence = self._evidence(request)
        waiting = waiting_on(milestones, rights_in(request))
        sent_form = request.POST if is_sent else None
        form = BulkForm(sent_form, milestones=milestones, waiting=waiting, request=request)
        if is_sent and form.is_valid() and evidence.is_valid():
            token = token_in(request) or uuid4()
            results = report_on_each(form, token, account_in(request))
            sent = sum(1 for result in results if result.update)
            counts = {"sent": sent, "refused": len(results) - sent}
            return self._bulk_page(request, "bulk_done", results=results, **counts)
        problems = problems_on(form)
        problems += problems_of_rows(evidence, _("evidence"), _("piece"))
        return self._bulk_page(
            request,
            "bulk",
            form=form,
            institution=form.only,
            formset=evidence,
            problems=problems,
            token=token_in(request) or uuid4(),
        )

    def _evidence(self, request: HttpRequest) -> EvidenceFormSet:
        section: Any = self.admin_site.get_model_admin(ProgressUpdate)
        rows = section.inlines[0](ProgressUpdate, self.admin_site)
        sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
        return rows.get_formset(request, None, extra=3)(
            instance=ProgressUpdate(), queryset=Evidence.objects.none(), prefix="evidence", **sent
        )

    def _bulk_page(self, request: HttpRequest, name: str, **more: object) -> HttpResponse:
        template = f"admin/milestones/milestone/{name}.html"
        title = _("Report one level on several milestones")
        return admin_page(self, request, template, title, **more)


def chosen_in(request: HttpRequest) -> list[Milestone]:
    words = request.GET.get("milestones", "").split(",")[:AT_ONCE]
    keys = [int(word) for word in words if word.isdecimal() and len(word) < len(str(2**63))]
    rights = rights_in(request)
    # As point of contact one enters the words of documents, each for itself.
    own = Rights(
        account=rights.account, reports_for=rights.reports_for, carries_on=rights.carries_on
    )
    rows = reported_on(own).filter(pk__in=keys).for_list()
    return list(rows.order_by("commitment__slug", "order", "number"))


def waiting_on(milestones: list[Milestone], rights: Rights) -> dict[int, list[str]]:
    """Per milestone the nations for which an update of the account's institutions waits."""
    ours = ProgressUpdate.objects.filter(
        milestone__in=milestones, institution__in=rights.reports_for, state=SUBMITTED
    )
    found: dict[int, list[str]] = defaultdict(list)
    for key, name in ours.order_by("nations__position").values_list("milestone", "nations__name"):
        if name not in found[key]:
            found[key].append(name)
    return found


def report_on_each(form: BulkForm, token: UUID, account: User) -> list[BulkResult]:
    """Report on each milestone by itself; what is refused leaves nothing behind and stops none.

    Each update gets its permanent id from the form's token: anyone who sends the form twice, or
    again after it broke off, writes none a second time. After the browser's Back the form comes
    with a new token: then the same words that wait already are recognised (`waiting`).
    """
    chosen = {milestone.pk: milestone for milestone in form.cleaned_data["milestones"]}
    uids = {pk: uuid5(token, str(pk)) for pk in chosen}
    known = {
        update.milestone_id: update
        for update in ProgressUpdate.objects.filter(uid__in=uids.values(), recorded_by=account.pk)
    }
    waiting = defaultdict(list)
    mine = ProgressUpdate.objects.filter(recorded_by=account.pk, state=SUBMITTED)
    for update in whole(mine.filter(milestone__in=chosen)):
        waiting[update.milestone_id].append(update)
    return [
        BulkResult(milestone, known[pk], ALREADY_SENT)
        if pk in known
        else report_on(milestone, form, uids[pk], account, waiting[pk])
        for pk, milestone in chosen.items()
    ]


def report_on(
    milestone: Milestone,
    form: BulkForm,
    uid: UUID,
    account: User,
    waiting: Sequence[ProgressUpdate] = (),
) -> BulkResult:
    institution = form.acting_for
    reportable = reportable_nations(institution, milestone.commitment, lead=milestone.lead_id)
    apply_here = {cell.nation.pk for cell in milestone.cells() if cell.applies}
    chosen = form.cleaned_data["nations"]
    content = form.content_for(
        one for one in chosen if one.code in reportable and one.pk in apply_here
    )
    if same := next((one for one in waiting if is_said_by(one, content, institution)), None):
        return BulkResult(milestone, same, ALREADY_SENT)
    try:
        with transaction.atomic():
            update = services.record_update(
                milestone, content, institution=institution, by=account, uid=uid
            )
            update = services.submit_update(update, by=account)
    except UpdateRefused as refusal:
        return BulkResult(milestone, None, " ".join(refusal.messages))
    names = [nation.name for nation in content.nations]
    waits = form.waiting.get(milestone.pk, ())
    said = _("Sent for sign-off: %(nations)s.") % {"nations": ", ".join(names)}
    before = waits_already([name for name in waits if name in names])
    return BulkResult(milestone, update, f"{said} {before}".strip())
