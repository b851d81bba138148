"""From rows to the facts that `amendment_rules` is asked about; nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from commitments.models import Commitment, Institution
from milestones.amendment_rules import Amended, AmendmentFacts
from milestones.facts import SourceDocument
from milestones.models import Amendment, Milestone

Target = Milestone | Commitment


@dataclass(frozen=True)
class AmendmentContent:
    """What an author says in one amendment."""

    kind: str
    effective_on: date | None = None
    reason: str = ""
    due_to: date | None = None
    text_to: str = ""
    merged_into: Sequence[Target] = ()
    """Milestones if a milestone is amended, else commitments."""
    source: SourceDocument | None = None

    @property
    def is_from_document(self) -> bool:
        return self.source is not None and bool(self.source.title)


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


def facts_of_content(content: AmendmentContent, institution: Institution | None) -> AmendmentFacts:
    return AmendmentFacts(
        kind=content.kind,
        effective_on=content.effective_on,
        reason=content.reason,
        due_to=content.due_to,
        text_to=content.text_to,
        merged_into=frozenset(one.pk for one in content.merged_into),
        is_attributed=institution is not None or content.is_from_document,
        from_document=content.is_from_document,
    )


def facts_of_amendment(amendment: Amendment) -> AmendmentFacts:
    """Read what it is merged into."""
    return AmendmentFacts(
        kind=amendment.kind,
        effective_on=amendment.effective_on,
        reason=amendment.reason,
        due_to=amendment.due_to,
        text_to=amendment.text_to,
        merged_into=frozenset(one.pk for one in amendment.merged_into_all),
        is_attributed=amendment.institution_id is not None
        or amendment.is_from_document
        or amendment.recorded_by_id is None,
        from_document=amendment.is_from_document,
    )
