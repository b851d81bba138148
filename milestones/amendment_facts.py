"""From rows to what `amendment_rules` is asked about; nothing here writes."""

from datetime import datetime

from django.utils import timezone

from commitments.models import Commitment
from milestones.amendment_rules import COLUMNS, Amended, AmendmentContent
from milestones.models import Amendment, Milestone

Target = Milestone | Commitment


def commitment_of(target: Target) -> Commitment:
    return target.commitment if isinstance(target, Milestone) else target


def due_column(target: Target) -> str:
    return "due_on" if isinstance(target, Milestone) else "last_day"


def text_column(target: Target) -> str:
    return "text" if isinstance(target, Milestone) else "objective"


def amended_now(target: Target, now: datetime) -> Amended:
    return Amended(
        on=timezone.localdate(now),
        key=target.pk,
        state=target.amendment_state,
        due_on=getattr(target, due_column(target)),
        text=getattr(target, text_column(target)),
        starts_on=target.first_day if isinstance(target, Commitment) else None,
    )


def content_of(amendment: Amendment) -> AmendmentContent:
    merged_into = [one.pk for one in amendment.merged_into_all]
    columns = {name: getattr(amendment, name) for name in COLUMNS}
    return AmendmentContent(**columns, merged_into=merged_into)
