"""What documents say of progress, brought in many updates at once.

Rows and refusals are those of `record_update`, `submit_update` and `publish_update` one after the
other; but what the rules ask is looked up once, so that the queries do not grow with the updates.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Institution, Involvement
from commitments.rights import rights_of, successors, with_predecessors
from milestones.circumstances import circumstances_of, is_its_own
from milestones.facts import (
    UpdateContent,
    columns_of_content,
    facts_of_content,
    facts_of_update,
)
from milestones.guards import loading
from milestones.levels import Provenance
from milestones.models import NationProgress, ProgressUpdate, UpdateStep
from milestones.progress_rules import (
    PublishedFacts,
    UpdateFacts,
    UpdateRefused,
    check_update,
    current_updates,
    refuse,
)
from milestones.signatures import needs_colleague, signed_documents
from milestones.targets import Target, columns_of, commitment_of, lead_of, split

from .locking import IS_DELETED, lockable_commitments, lockable_milestones
from .progress import ROWS_AT_ONCE, chunks, rebuild_progress
from .who import check_author

State = ProgressUpdate.State
LOOKED_UP = (
    *("commitment", "milestone", "institution", "corrects"),
    *("recorded_by", "signed_off_by", "co_signed_by"),
)
"""The columns whose rows are known to be there."""


@dataclass(frozen=True)
class IncomingUpdate:
    """One update of a document, without evidence and without a due date that moves."""

    target: Target
    content: UpdateContent
    institution: Institution | None = None
    uid: UUID | None = None
    corrects: UUID | None = None
    """A published update, or one that comes before it here."""
    recorded_at: datetime | None = None
    published_at: datetime | None = None
    """Both are kept for a command alone; an account writes and publishes now."""


@dataclass
class BroughtIn:
    """By the place of the incoming update: its row or, if anything is refused, what is wrong."""

    updates: dict[int, ProgressUpdate] = field(default_factory=dict)
    refusals: dict[int, UpdateRefused] = field(default_factory=dict)


def bring_in_updates(
    incoming: Sequence[IncomingUpdate],
    *,
    by: User | None,
    now: datetime | None = None,
    rebuild: bool = True,
) -> BroughtIn:
    """Write all of them, or none if one is refused.

    What a command brings in (`by` is None) is published; it may bring back what was reported here,
    too. Of an account, what needs no second signature is published and the rest waits for it. With
    `rebuild=False` the caller rebuilds the progress of the targets, in the same transaction.
    """
    found = BroughtIn()
    with transaction.atomic():
        judge = _Judge(incoming, by, now)
        for place, one in enumerate(incoming):
            try:
                found.updates[place] = judge.judged(one)
            except UpdateRefused as refusal:
                found.refusals[place] = refusal
        if found.refusals:
            return BroughtIn(refusals=found.refusals)
        _write(found.updates.values(), incoming, by)
        if rebuild:
            rebuild_progress(judge.targets.values())
    return found


@dataclass
class _Published:
    """The published updates of one target, with those that were judged before."""

    not_applicable: set[str] = field(default_factory=set)
    updates: list[tuple[ProgressUpdate, UpdateFacts]] = field(default_factory=list)
    order: list[PublishedFacts] = field(default_factory=list)
    places: dict[UUID | None, int] = field(default_factory=dict)

    def add(self, update: ProgressUpdate, facts: UpdateFacts) -> None:
        place = self.places[update.uid] = len(self.order)
        corrects = self.places.get(update.corrects.uid) if update.corrects else None
        key = PublishedFacts(place, update.day, update.recorded_at, corrects, facts.nations)
        self.order.append(key)
        self.updates.append((update, facts))

    @property
    def current(self) -> dict[str, UpdateFacts]:
        return {code: self.updates[key][1] for code, key in current_updates(self.order).items()}

    def get(self, uid: UUID | None) -> ProgressUpdate | None:
        return self.updates[self.places[uid]][0] if uid in self.places else None

    def is_corrected(self, update: ProgressUpdate) -> bool:
        return any(one.corrects == self.places[update.uid] for one in self.order)


class _Judge:
    """Locks what the updates are about, and knows what the rules ask of each."""

    def __init__(
        self, incoming: Iterable[IncomingUpdate], by: User | None, now: datetime | None
    ) -> None:
        self.targets = _locked(one.target for one in incoming)
        self.by, self.now, self.rights = by, now or timezone.now(), rights_of(by)
        commitments = {commitment_of(one) for one in self.targets}
        edited = self.rights.edited_commitments().filter(pk__in=[one.pk for one in commitments])
        self.edited = set(edited.values_list("pk", flat=True)) if by else set()
        plans = {one.plan_id for one in commitments if one.plan_id}
        self.signed = signed_documents(plans, by.pk) if by else set()
        self.after = successors()
        self.roles: dict[tuple[int, int], set[str]] = defaultdict(set)
        rows = Involvement.objects.filter(commitment__in=commitments).order_by()
        for commitment, institution, role in rows.values_list("commitment", "institution", "role"):
            self.roles[commitment, institution].add(role)
        self.published = _published_of(self.targets)

    def judged(self, one: IncomingUpdate) -> ProgressUpdate:
        """The row as it is to be written. Raises UpdateRefused with all that is wrong."""
        if one.content.evidence or one.content.due_on_proposed:
            raise ValueError("Evidence and due dates that move go through record_update.")
        if (target := self.targets.get(one.target)) is None:
            raise UpdateRefused(str(IS_DELETED))
        row, facts = self._row_of(one, target), facts_of_content(one.content, one.institution)
        errors: dict[str, list[ValidationError]] = {}
        for check in (
            lambda: self._check_rules(one, row, facts),
            lambda: self._check_author(row),
            lambda: row.full_clean(LOOKED_UP, validate_unique=False, validate_constraints=False),
        ):
            try:
                check()
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise UpdateRefused(errors)
        if row.is_published:
            self.published[target].add(row, facts)
        return row

    def _row_of(self, one: IncomingUpdate, target: Target) -> ProgressUpdate:
        corrects = self.published[target].get(one.corrects)
        row = ProgressUpdate(
            **columns_of(target),
            **(columns_of_content(one.content) | {"corrects": corrects}),
            uid=one.uid or uuid4(),
            institution=one.institution,
            recorded_by=self.by,
            recorded_at=self.now,
            state=State.SUBMITTED,
        )
        if self.by is None or not needs_colleague(row, self.signed):
            row.state, row.signed_off_by, row.published_at = State.PUBLISHED, self.by, self.now
        if self.by is None:
            row.published_at = one.published_at or self.now
            row.recorded_at = one.recorded_at or row.published_at
        return row

    def _check_rules(self, one: IncomingUpdate, row: ProgressUpdate, facts: UpdateFacts) -> None:
        target, published = row.target, self.published[row.target]
        given = circumstances_of(
            target,
            one.institution,
            self._roles_of(one.institution, target),
            on=timezone.localdate(row.recorded_at),
            not_applicable=published.not_applicable,
            current=published.current,
            corrects=one.corrects is not None,
            corrected_is_current=row.corrects is not None
            and not published.is_corrected(row.corrects),
            may_correct=is_its_own(row.corrects, one.institution, self.after),
        )
        check_update(facts, given)
        if row.published_at and not row.recorded_at <= row.published_at <= self.now:
            sentence = _("An update is written, then published, and neither in the future.")
            refuse(("published_at", sentence))

    def _roles_of(self, institution: Institution | None, target: Target) -> frozenset[str]:
        if institution is None:
            return frozenset()
        heirs = with_predecessors([institution.pk], self.after)
        own = {Involvement.Role.LEAD.value} if lead_of(target) in heirs else set()
        commitment = commitment_of(target).pk
        return frozenset(own.union(*(self.roles.get((commitment, one), ()) for one in heirs)))

    def _check_author(self, row: ProgressUpdate) -> None:
        if self.by is None:
            return
        if row.provenance == Provenance.REPORTED_HERE:
            refuse(("source_title", _("Name the document that says this, in source_title.")))
        of_row = (row.institution, row.commitment, row.provenance)
        check_author(self.by, self.rights, *of_row, self.edited)


def _locked(targets: Iterable[Target]) -> dict[Target, Target]:
    """By the one that was given. In the order of their keys, as `rebuild_progress` locks them."""
    milestones, commitments = split(targets)
    found: list[Target] = []
    for keys in chunks(commitments):
        found += lockable_commitments().filter(pk__in=keys).order_by("pk")
    for keys in chunks(milestones):
        found += lockable_milestones().filter(pk__in=keys).order_by("pk")
    return {one: one for one in found}


def _published_of(targets: Iterable[Target]) -> dict[Target, _Published]:
    found = {one: _Published() for one in targets}
    none = _Published()
    for keys in chunks(sorted({commitment_of(one).pk for one in found})):
        rows = ProgressUpdate.objects.published().filter(commitment__in=keys).order_by("pk")
        rows = rows.select_related("commitment", "milestone", "corrects")
        for row in rows.prefetch_related("nations", "evidence"):
            found.get(row.target, none).add(row, facts_of_update(row))
        cells = NationProgress.objects.filter(commitment__in=keys, applies=False)
        for cell in cells.select_related("commitment", "milestone", "nation"):
            found.get(cell.milestone or cell.commitment, none).not_applicable.add(cell.nation.code)
    return found


def _write(
    rows: Collection[ProgressUpdate], incoming: Sequence[IncomingUpdate], by: User | None
) -> None:
    through = ProgressUpdate.nations.through
    # Published from the start: what belongs to them comes in the same transaction.
    with loading():
        _write_in_order(rows)
        nations = (
            through(progressupdate=row, nation=nation)
            for row, one in zip(rows, incoming, strict=True)
            for nation in one.content.nations
        )
        through._default_manager.bulk_create(nations, batch_size=ROWS_AT_ONCE)
        steps = [step for row in rows for step in _steps_of(row, by)]
        UpdateStep.objects.bulk_create(steps, batch_size=ROWS_AT_ONCE)


def _write_in_order(rows: Iterable[ProgressUpdate]) -> None:
    """Of what is of one moment the highest key counts; a row comes after the one it corrects."""
    waiting: list[ProgressUpdate] = []
    for row in rows:
        if row.corrects and row.corrects._state.adding:
            ProgressUpdate.objects.bulk_create(waiting, batch_size=ROWS_AT_ONCE)
            waiting = []
        waiting.append(row)
    ProgressUpdate.objects.bulk_create(waiting, batch_size=ROWS_AT_ONCE)


def _steps_of(row: ProgressUpdate, by: User | None) -> Iterable[UpdateStep]:
    kinds = UpdateStep.Kind
    for kind, at in ((kinds.SUBMITTED, row.recorded_at), (kinds.PUBLISHED, row.published_at)):
        if at is not None:
            yield UpdateStep(update=row, kind=kind, by=by, institution=row.institution, at=at)
