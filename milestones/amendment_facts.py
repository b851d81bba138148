"""From rows to what `amendment_rules` is asked about; nothing here writes."""

from datetime import datetime

from django.utils import timezone

from commitments.models import Commitment
from milestones.amendment_rules import COLUMNS, Amended, AmendmentContent
from milestones.models import Amendment, Milestone
from milestones.targets import Target, due_date_of


def due_column(target: Target) -> str:
    return "due_on" if isinstance(target, Milestone) else "end_date"


def text_column(target: Target) -> str:
    return "text" if isinstance(target, Milestone) else "objective"


def amended_now(target: Target, now: datetime) -> Amended:
    return Amended(
        on=timezone.localdate(now),
        key=target.pk,
        state=target.amendment_state,
        due_on=due_date_of(target),
        text=getattr(target, text_column(target)),
        starts_on=target.start_date if isinstance(target, Commitment) else target.start_on,
    )


def content_of(amendment: Amendment) -> AmendmentContent:
    merged_into = [one.pk for one in amendment.merged_into_all]
    columns = {name: getattr(amendment, name) for name in COLUMNS}
    return AmendmentContent(**columns, merged_into=merged_into)
