"""The public page as it would look with a reply published: only here, and nothing is written."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from commitments import views as commitments
from commitments.models import Commitment
from irm.models import Reply
from milestones import views as milestones
from milestones.models import Milestone
from milestones.progress_rules import UpdateRefused
from milestones.services.sign_off import check_rules


def preview_of(reply: Reply, now: datetime) -> dict[str, Any]:
    refusals: list[str] = []
    try:
        check_rules(reply, now)
    except UpdateRefused as refusal:
        refusals = refusal.messages
    shown: Any
    if reply.finding is not None:
        shown = Milestone.objects.for_page().get(pk=reply.finding.milestone_id)
        context = milestones.context_of(shown, timezone.localdate(now))
        answered = shown.findings.all()
    else:
        shown = Commitment.objects.for_page().get(pk=reply.commitment.pk)
        context, answered = commitments.context_of(shown), shown.assessments.all()
    reply.published_at = now
    for one in answered:
        if one == (reply.finding or reply.assessment):
            rows = one.replies.all()
            # Where Django keeps what it has prefetched; nothing is written.
            rows._result_cache = [*rows, reply]
    kind = "milestones/milestone" if reply.finding else "commitments/commitment"
    return {**context, "reply": reply, "refusals": refusals, "public_page": f"{kind}.html"}
