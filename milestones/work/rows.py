"""One line of what waits: what it is, its state, and the one thing to do about it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.models import Commitment, Nation
from milestones.levels import OVERALL_SIGNS, Level, Overall, Sign, stands_at
from milestones.models import Milestone, NationProgress, ProgressUpdate
from milestones.models.signed_off import SignedOff
from milestones.models.step import Step, StepKind
from milestones.signatures import needs_agreement
from milestones.targets import name_of

from .duties import Duties
from .parts import WorkList, due_in_words
from .updates import UnpublishedUpdates

State = ProgressUpdate.State


@dataclass(frozen=True)
class Action:
    """The one thing to do: what it is called, and the path of the page where it is done."""

    label: str
    path: str


class UnfinishedCell(NamedTuple):
    """A nation in which a milestone is not completed, with what is known there."""

    nation: Nation
    stands_at: Overall = Overall.NOT_REPORTED
    as_of: date | None = None


@dataclass(frozen=True)
class MilestoneRow:
    milestone: Milestone
    name: str
    """Its name where its commitment is not shown above it."""
    due: str
    """How far away the due date is, in words."""
    cells: list[UnfinishedCell]
    """The parts that are not completed, in the nations that the account reports for."""
    action: Action
    whole: str = ""
    """The path where its commitment is reported on as a whole, for an account that reports."""

    @property
    def commitment(self) -> Commitment:
        return self.milestone.commitment

    @property
    def text(self) -> str:
        return self.milestone.text

    @property
    def last_as_of(self) -> date | None:
        return max((cell.as_of for cell in self.cells if cell.as_of), default=None)

    @property
    def parts(self) -> list[tuple[Nation, Sign]]:
        return [(cell.nation, OVERALL_SIGNS[cell.stands_at]) for cell in self.cells]


@dataclass(frozen=True)
class UpdateRow:
    update: ProgressUpdate
    action: Action
    note: str = ""
    """What it waits for, where that does not follow from the list."""
    comment: str = ""
    """Why it was returned."""
    steps: Mapping[str, Step] = field(default_factory=dict)
    """The last step of each kind."""

    @property
    def name(self) -> str:
        return f"{self.commitment.slug}, {name_of(self.update.target)}"

    @property
    def text(self) -> str:
        return self.update.milestone.text if self.update.milestone else self.commitment.title

    @property
    def commitment(self) -> Commitment:
        return self.update.commitment

    @property
    def nations(self) -> list[Nation]:
        return list(self.update.nations.all())

    @property
    def sign(self) -> Sign | None:
        overall = stands_at(self.update)
        return None if overall == Overall.NOT_REPORTED else OVERALL_SIGNS[overall]

    @property
    def submitted(self) -> Step | None:
        return self.steps.get(StepKind.SUBMITTED)

    @property
    def returned(self) -> Step | None:
        return self.steps.get(StepKind.RETURNED)


@dataclass(frozen=True)
class RecordRow:
    """An amendment, or what an app above adds; it comes with its steps."""

    record: SignedOff
    action: Action
    note: str
    """What it waits for."""
    returned: Step | None = None
    """When it was returned, and why."""

    @property
    def name(self) -> str:
        return str(self.record)

    @property
    def commitment(self) -> Commitment:
        return cast(Commitment, self.record.commitment)


def milestone_rows(
    milestones: Sequence[Milestone], duties: Duties, *, on: date, updates: UnpublishedUpdates | None
) -> list[MilestoneRow]:
    """Three queries at most. `updates` are those of who reports, None for a point of contact."""
    begun = updates.on_milestones([row.pk for row in milestones]) if updates else {}
    cells = _unfinished(milestones, duties)
    add = reverse("admin:milestones_progressupdate_add")
    return [
        MilestoneRow(
            milestone=row,
            name=str(row),
            due=due_in_words(row.due_on, on),
            cells=cells[row.pk],
            action=_action_on(row, begun.get(row.pk), add if updates else None),
            whole=f"{add}?commitment={row.commitment_id}" if updates else "",
        )
        for row in milestones
    ]


def _unfinished(
    milestones: Sequence[Milestone], duties: Duties
) -> Mapping[int, list[UnfinishedCell]]:
    rows = NationProgress.objects.filter(milestone__in=[row.pk for row in milestones]).order_by()
    stored = {(row.milestone_id, row.nation_id): row for row in rows}
    cells: dict[int, list[UnfinishedCell]] = defaultdict(list)
    for nation in Nation.objects.order_by("position"):
        for row in milestones:
            cell = stored.get((row.pk, nation.pk)) or NationProgress()
            is_mine = nation.code in duties.nations_in(row)
            if is_mine and cell.applies and cell.level != Level.COMPLETED:
                cells[row.pk].append(UnfinishedCell(nation, stands_at(cell), cell.as_of))
    return cells


def _action_on(milestone: Milestone, begun: ProgressUpdate | None, add: str | None) -> Action:
    """`add` is the path where updates are begun, None for an account that does not report."""
    if add is None:
        return Action(_("Look at the milestone"), _path(milestone, "change"))
    if begun is None:
        return Action(_("Report progress"), f"{add}?milestone={milestone.pk}")
    if begun.is_in_the_making:
        return _write_on(begun)
    return Action(_("Look at what was sent"), _path(begun, "change"))


def update_row(update: ProgressUpdate, part: WorkList, account: int | None) -> UpdateRow:
    """From an update that comes with its steps and nations; no query."""
    steps = {step.kind: step for step in update.steps.all()}
    returned = steps.get(StepKind.RETURNED)
    return UpdateRow(
        update=update,
        action=_action_of(update, part),
        note=_waits_for(update, account) if part == WorkList.WAITING else "",
        comment=returned.comment if returned and part == WorkList.RETURNED else "",
        steps=steps,
    )


def record_row(record: SignedOff, part: WorkList, account: int | None) -> RecordRow:
    if record.is_in_the_making:
        back = [step for step in record.steps.all() if step.kind == StepKind.RETURNED]
        returned = back[-1] if back and record.state == State.RETURNED else None
        note = _("Returned to you") if returned else str(record.State(record.state).label)
        return RecordRow(record, _write_on(record), note, returned)
    if part == WorkList.REPLIES_WAITING:
        return RecordRow(record, _look_at(record), _waits_for(record, account))
    action = Action(_("Look at it and sign off"), _path(record, "publish"))
    return RecordRow(record, action, _("Waits for you"))


def _action_of(update: ProgressUpdate, part: WorkList) -> Action:
    if part in {WorkList.DRAFTS, WorkList.RETURNED}:
        return _write_on(update)
    if part == WorkList.SIGN_OFF:
        return Action(_("Look at it and sign off"), _path(update, "publish"))
    if part == WorkList.AGREE:
        return Action(_("Look at it and agree"), _path(update, "publish"))
    if part == WorkList.COLLEAGUES:
        return Action(_("Look at the draft"), _path(update, "change"))
    return _look_at(update)


def _look_at(record: SignedOff) -> Action:
    return Action(_("Look at it"), _path(record, "change"))


def _write_on(record: SignedOff) -> Action:
    return Action(_("Go on writing"), _path(record, "change"))


def _waits_for(update: SignedOff, account: int | None) -> str:
    if update.is_from_document:
        return _("Waits for the sign-off of somebody else than its author.")
    if needs_agreement(update) and update.co_signed_by_id is None:
        return _("Waits for the agreement of civil society.")
    if update.recorded_by_id == account:
        return _("Waits for the sign-off of a colleague.")
    return _("Waits for the sign-off of a lead who did not agree for civil society.")


def _path(row: Milestone | SignedOff, page: str) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[row.pk])
