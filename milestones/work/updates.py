"""The updates and amendments on their way to publication, and for whom they wait."""

from functools import cached_property

from django.db.models import Count, Prefetch, Q, QuerySet

from commitments.rights import Rights
from milestones.models import Amendment, ProgressUpdate, UpdateStep
from milestones.models.signed_off import IN_THE_MAKING
from milestones.signatures import (
    ASSESSOR_REPORT,
    PUBLISHED_ELSEWHERE,
    asked_to_agree,
    documents_of,
    lacks_signatures,
    signed_off_for,
)

from .keys import Among, Keys
from .parts import OF_UPDATES, WorkList

State = ProgressUpdate.State


class UnpublishedUpdates:
    """What is submitted can be published by the account now, or else waits for somebody."""

    def __init__(self, rights: Rights) -> None:
        self.rights = rights

    @cached_property
    def conditions(self) -> dict[WorkList, Q]:
        return {
            WorkList.RETURNED: self._mine() & Q(state=State.RETURNED),
            WorkList.SIGN_OFF: Q(state=State.SUBMITTED) & self._can_publish(),
            WorkList.AGREE: Q(state=State.SUBMITTED) & self._can_agree(),
            WorkList.DRAFTS: self._mine() & Q(state=State.DRAFT),
            WorkList.WAITING: Q(state=State.SUBMITTED)
            & (self._mine() | signed_off_for(self.rights))
            & ~self._can_publish(),
            WorkList.COLLEAGUES: Q(state__in=[State.DRAFT, State.RETURNED])
            & signed_off_for(self.rights)
            & ~Q(recorded_by=self.rights.account),
        }

    def rows(self, part: WorkList) -> QuerySet[ProgressUpdate]:
        """The longest waiting first."""
        return (
            self._concerned()
            .filter(self.conditions[part])
            .order_by("recorded_at", "pk")
            .select_related(
                "commitment__plan",
                "milestone__commitment",
                "institution",
                "recorded_by",
                "co_signed_by",
            )
            .prefetch_related(
                "nations",
                Prefetch("steps", UpdateStep.objects.select_related("by").order_by("at", "pk")),
            )
        )

    def counts(self) -> dict[WorkList, int]:
        asked = {part.name: Count("pk", filter=self.conditions[part]) for part in OF_UPDATES}
        found = self._concerned().order_by().aggregate(**asked)
        return {WorkList[name]: number for name, number in found.items()}

    def on_milestones(self, milestones: list[int]) -> dict[int, ProgressUpdate]:
        """Per milestone the update that the account is writing, or that waits already."""
        rows = self._unpublished().filter(
            self._mine() | Q(state=State.SUBMITTED, institution__in=self.rights.reports_for),
            milestone__in=milestones,
        )
        # What the account itself is writing comes last, and so counts.
        found = sorted(rows, key=lambda row: row.is_in_the_making)
        return {row.milestone_id: row for row in found if row.milestone_id}

    def _unpublished(self) -> QuerySet[ProgressUpdate]:
        # Said by the column that an index of the unpublished ones rests on.
        return ProgressUpdate.objects.filter(published_at__isnull=True)

    def _concerned(self) -> QuerySet[ProgressUpdate]:
        """What may be in a list, judged before anything is looked up about it."""
        rights = self.rights
        may = Q(recorded_by=rights.account) | Q(institution__in=rights.signs_for)
        if rights.coordinates:
            may |= PUBLISHED_ELSEWHERE
        if rights.is_administrator:
            may |= ASSESSOR_REPORT
        if rights.agrees:
            may |= Q(state=State.SUBMITTED, co_signed_by=None)
        return self._unpublished().filter(may)

    def _mine(self) -> Q:
        mine = Q(recorded_by=self.rights.account)
        if self.rights.coordinates:
            mine |= Q(recorded_by=None) & self._documents
        return mine

    @cached_property
    def _documents(self) -> Q:
        """Of commitments that the account looks after. One query, since most lists ask for it."""
        rows = self._unpublished().filter(documents_of(self.rights))
        keys = list(rows.order_by().values_list("pk", flat=True))
        return Q(Among("pk", Keys(keys))) if keys else Q(pk__in=())

    def _can_publish(self) -> Q:
        can = signed_off_for(self.rights)
        if self.rights.coordinates or self.rights.signs_for or self.rights.is_administrator:
            can |= self._documents
        return can & ~lacks_signatures(self.rights.account)

    def _can_agree(self) -> Q:
        if not self.rights.agrees:
            return Q(pk__in=())
        return asked_to_agree(self.rights) & Q(co_signed_by=None)


def waiting_amendments(rights: Rights) -> QuerySet[Amendment]:
    """Those that it is writing, and those that it can sign off or agree to; the oldest first."""
    signs = Q(institution__in=rights.signs_for)
    if rights.coordinates:
        signs |= Q(commitment__in=rights.edited_commitments())
    concerned = signs & ~lacks_signatures(rights.account, Amendment)
    if rights.agrees:
        concerned |= asked_to_agree(rights) & Q(co_signed_by=None)
    mine = IN_THE_MAKING & Q(recorded_by=rights.account)
    rows = Amendment.objects.filter(mine | (Q(state="submitted") & concerned), published_at=None)
    related = ("milestone__commitment", "commitment", "institution", "recorded_by")
    steps = Prefetch("steps", UpdateStep.objects.select_related("by").order_by("at", "pk"))
    return rows.select_related(*related).prefetch_related(steps).order_by("recorded_at", "pk")
