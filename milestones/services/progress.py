"""The current copy: progress of each milestone in each nation, and what sums it up."""

from collections.abc import Iterable, Iterator

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from commitments.models import Commitment, Nation
from commitments.rights import rights_of
from milestones.facts import copies_of, expected_cells, says, summary_of
from milestones.models import Milestone, NationProgress
from milestones.progress_rules import UpdateRefused
from milestones.targets import (
    Target,
    columns_of,
    commitment_of,
    for_cells,
    progress_of,
    said_of_as_a_whole,
    split,
)

from .locking import lock_target

ROWS_AT_ONCE = 500


def rebuild_progress(targets: Iterable[Target] | None = None) -> int:
    """Make the current copy equal what the published updates say; return how many rows changed.

    Without `targets` that of all milestones, and of all commitments of which something is said as
    a whole: for what brings updates in without `publish_update`, such as `loaddata`. The number of
    queries that read grows with every 500 targets, not with each.
    """
    if targets is None:
        milestones = list(Milestone.objects.order_by("pk").values_list("pk", flat=True))
        whole = said_of_as_a_whole().order_by("pk")
        commitments = list(whole.values_list("pk", flat=True))
    else:
        milestones, commitments = split(targets)
    changed = 0
    with transaction.atomic():
        # In the order of their keys, so that two rebuilds cannot lock each other out.
        for keys in chunks(commitments):
            rows = for_cells(Commitment.objects.filter(pk__in=keys)).order_by("pk")
            changed += _write_cells(rows.select_for_update(of=("self",)))
        for keys in chunks(milestones):
            found = list(
                Milestone.objects.for_cells()
                .select_for_update(of=("self",))
                .order_by("pk")
                .filter(pk__in=keys)
            )
            changed += _write_cells(found)
            changed += _write_summaries(found)
    return changed


def chunks(keys: list[int]) -> Iterator[list[int]]:
    """Lists of keys short enough for a single query."""
    for start in range(0, len(keys), ROWS_AT_ONCE):
        yield keys[start : start + ROWS_AT_ONCE]


def set_applicability(
    target: Target, nation: Nation, *, applies: bool, reason: str = "", by: User | None = None
) -> NationProgress:
    """Raises UpdateRefused without a reason, against a published level, or if `by` may not."""
    with transaction.atomic():
        locked = lock_target(target)
        if by is not None and not rights_of(by).may_edit(commitment_of(locked)):
            raise UpdateRefused(
                _("Only the point of contact of the plan or nation says where it applies.")
            )
        row, _created = progress_of(locked).get_or_create(**columns_of(locked), nation=nation)
        if not applies and not reason.strip():
            raise UpdateRefused({"not_applicable_reason": [_("Say why it does not apply.")]})
        if not applies and row.is_reported:
            raise UpdateRefused(
                {"applies": [_("A level has been published for this nation: it does apply.")]}
            )
        row.applies = applies
        row.not_applicable_reason = "" if applies else reason
        row._history_user = by  # type: ignore[attr-defined]
        row.save(update_fields=["applies", "not_applicable_reason"])
        if isinstance(locked, Milestone):
            _write_summaries(Milestone.objects.for_cells().filter(pk=locked.pk))
    return row


def nations_that_stay(commitment: Commitment, chosen: Iterable[Nation]) -> list[str]:
    """Why these cannot be all: a nation with a published level is not taken out.

    The milestones stay locked until the transaction ends, so that no update for a nation that is
    taken out is published in between.
    """
    milestones = Milestone.objects.filter(commitment=commitment)
    list(milestones.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    reported = (
        NationProgress.objects.filter(commitment=commitment, update__isnull=False)
        .exclude(nation__in=list(chosen))
        .select_related("nation", "commitment", "milestone__commitment")
        .order_by("nation__position", "milestone__order", "milestone__number")
    )
    sentence = _(
        "%(nation)s stays: a level has been published for it at %(milestone)s. To take it"
        " out, first publish a correction of that report which leaves the nation out."
    )
    return [
        sentence % {"nation": row.nation, "milestone": row.milestone.name if row.milestone else row}
        for row in reported
    ]


def _write_cells(targets: Iterable[Target]) -> int:
    """How many rows were written; of a commitment as a whole only where something is said of it."""
    new = []
    changed = 0
    for target in targets:
        stored = {row.nation_id: row for row in target.nation_progress.all()}
        for nation_id, update in expected_cells(target).items():
            row = stored.get(nation_id)
            if row and says(row, update):
                continue
            if row is None and update is None and isinstance(target, Commitment):
                continue
            is_new = row is None
            row = row or NationProgress(**columns_of(target), nation_id=nation_id)
            for name, value in copies_of(update).items():
                setattr(row, name, value)
            if is_new:
                new.append(row)
                continue
            # What changed is no part of the versions.
            row.skip_history_when_saving = True  # type: ignore[attr-defined]
            row.save()
            del row.skip_history_when_saving  # type: ignore[attr-defined]
            changed += 1
    # Neither are rows that only say that nothing is reported; many come at once in an import.
    NationProgress.objects.bulk_create(new)
    return changed + len(new)


def _write_summaries(milestones: Iterable[Milestone]) -> int:
    """What sums each milestone of `for_cells()` up. Returns how many were changed."""
    changed = 0
    for milestone in milestones:
        summary = summary_of(milestone)
        if any(getattr(milestone, name) != value for name, value in summary.items()):
            for name, value in summary.items():
                setattr(milestone, name, value)
            # Past the versions: nobody edited anything.
            Milestone.objects.filter(pk=milestone.pk).update(**summary)
            changed += 1
    return changed
