"""What government had published about a commitment by the cut-off date of a report's evidence.

To be read beside an assessment while it is written; none of it can be changed there.
"""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from irm.models import Assessment
from milestones.models import Milestone, ProgressUpdate


@dataclass
class MilestoneUpdates:
    milestone: Milestone
    updates: list[ProgressUpdate] = field(default_factory=list)
    """Those that the report could consider, the newest first."""
    later: int = 0
    """How many more there are that came after the cut-off date."""


def government_says(assessment: Assessment) -> list[MilestoneUpdates]:
    """What readers can see of each milestone of the commitment. A fixed number of queries.

    An update that another one had already corrected by the cut-off date no longer counted then.
    """
    milestones = Milestone.objects.filter(commitment=assessment.commitment_id)
    found = {
        one.pk: MilestoneUpdates(one)
        for one in milestones.select_related("commitment").order_by("order", "number")
    }
    public = ProgressUpdate.objects.public().of_government()
    updates = public.filter(milestone__in=list(found)).for_page()
    cut_off = assessment.report.evidence_cut_off
    considered = []
    for update in updates:
        if cut_off is None or is_considered(update, cut_off):
            considered.append(update)
        else:
            found[update.milestone_id or 0].later += 1
    corrected = {update.corrects_id for update in considered}
    for update in considered:
        if update.pk not in corrected:
            found[update.milestone_id or 0].updates.append(update)
    return list(found.values())


def is_considered(update: ProgressUpdate, cut_off: date) -> bool:
    """Whether an update was available on the cut-off date of the evidence.

    Words from a document count by their as-of date, whenever they were entered here; an officer's
    update counts from its publication here.
    """
    if update.as_of is not None and update.as_of > cut_off:
        return False
    if update.is_from_document or update.published_at is None:
        return True
    return timezone.localdate(update.published_at) <= cut_off
