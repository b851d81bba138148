"""What the database itself keeps of the record of progress, however it is written.

A published update is never edited or deleted, and neither are the nations it is about, its
evidence and the steps that led to it. A moved due date stays as recorded. How such a guard
works is explained in `ogp_tracker/common/triggers.py`.

Nations and evidence can only be filled in before an update is published, except by `loaddata`:
a fixture brings the update as published before it brings what belongs to it (see `loading`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from commitments.models import Commitment
from milestones.models import (
    DueDateChange,
    Evidence,
    Milestone,
    NationProgress,
    ProgressUpdate,
    UpdateStep,
)
from ogp_tracker.common.triggers import Guard, GuardSet, differs

# A table that holds a row while a fixture is loading, and only within that transaction.
MAKE_DOOR = "CREATE TABLE IF NOT EXISTS milestones_loading (is_loading integer)"
OPEN_DOOR = "INSERT INTO milestones_loading (is_loading) VALUES (1)"
SHUT_DOOR = "DELETE FROM milestones_loading"
DOOR_IS_SHUT = "NOT EXISTS (SELECT 1 FROM milestones_loading)"

NEVER_CHANGED = "A published update is never changed; record a correction."
NEVER_DELETED = "A published update is never deleted; record a correction."
EVIDENCE_STAYS = "The evidence of a published update is never changed; record a correction."
STEPS_STAY = "The steps of an update are never changed."
TARGETS_AGREE = "A milestone is of the commitment that is named beside it."
MILESTONES_STAY = "A milestone never changes its commitment."
DUE_DATES_STAY = "A moved due date stays as recorded; move it again."


@contextmanager
def loading(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let published updates be given their nations and evidence within this transaction.

    The row that says so is gone before the transaction ends, so nobody else ever sees it. What
    an update already has stays closed to changes all the same.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(OPEN_DOOR)
        yield
        cursor.execute(SHUT_DOOR)


def guarded_models() -> tuple[type[Model], ...]:
    return (
        ProgressUpdate,
        ProgressUpdate.nations.through,
        Evidence,
        UpdateStep,
        DueDateChange,
        NationProgress,
        Milestone,
        Commitment,
    )


def guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    return [
        *_of_updates(connection),
        *_of_what_belongs_to_updates(connection),
        *_of_due_dates(connection),
        *_of_targets(),
    ]


def _of_updates(connection: BaseDatabaseWrapper) -> list[Guard]:
    table = ProgressUpdate._meta.db_table
    changed = f"OLD.published_at IS NOT NULL AND ({differs(connection, ProgressUpdate)})"
    return [
        Guard(table, "UPDATE", changed, NEVER_CHANGED),
        Guard(table, "DELETE", "OLD.published_at IS NOT NULL", NEVER_DELETED),
    ]


def _of_what_belongs_to_updates(connection: BaseDatabaseWrapper) -> list[Guard]:
    def is_published(row: str, column: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {ProgressUpdate._meta.db_table} WHERE id = {row}.{column}"  # noqa: S608
            " AND published_at IS NOT NULL)"
        )

    nations, evidence, steps = (
        model._meta.db_table for model in (ProgressUpdate.nations.through, Evidence, UpdateStep)
    )
    was, now = (is_published(row, "progressupdate_id") for row in ("OLD", "NEW"))
    had, has = (is_published(row, "update_id") for row in ("OLD", "NEW"))
    nations_differ = differs(connection, ProgressUpdate.nations.through)
    evidence_differs = differs(
        connection, Evidence, "archived_url", "last_checked_at", "last_answer", "last_alive_at"
    )
    return [
        Guard(nations, "INSERT", f"{now} AND {DOOR_IS_SHUT}", NEVER_CHANGED),
        Guard(nations, "UPDATE", f"({was} OR {now}) AND ({nations_differ})", NEVER_CHANGED),
        Guard(nations, "DELETE", was, NEVER_CHANGED),
        Guard(evidence, "INSERT", f"{has} AND {DOOR_IS_SHUT}", EVIDENCE_STAYS),
        Guard(evidence, "UPDATE", f"({had} OR {has}) AND ({evidence_differs})", EVIDENCE_STAYS),
        Guard(evidence, "DELETE", had, EVIDENCE_STAYS),
        Guard(steps, "INSERT", f"{has} AND {DOOR_IS_SHUT}", STEPS_STAY),
        Guard(steps, "UPDATE", differs(connection, UpdateStep), STEPS_STAY),
        Guard(steps, "DELETE", had, STEPS_STAY),
    ]


def _of_due_dates(connection: BaseDatabaseWrapper) -> list[Guard]:
    table = DueDateChange._meta.db_table
    is_public = (
        f"EXISTS (SELECT 1 FROM {Milestone._meta.db_table} AS milestone"  # noqa: S608
        f" JOIN {Commitment._meta.db_table} AS promise ON promise.id = milestone.commitment_id"
        " WHERE milestone.id = OLD.milestone_id AND promise.published_on IS NOT NULL)"
    )
    return [
        Guard(table, "UPDATE", differs(connection, DueDateChange), DUE_DATES_STAY),
        Guard(table, "DELETE", is_public, DUE_DATES_STAY),
    ]


def _of_targets() -> list[Guard]:
    """A row that names a milestone names its commitment, and a milestone stays in its own."""
    other = (
        "NEW.milestone_id IS NOT NULL AND NOT EXISTS (SELECT 1"  # noqa: S608
        f" FROM {Milestone._meta.db_table} AS milestone WHERE milestone.id = NEW.milestone_id"
        " AND milestone.commitment_id = NEW.commitment_id)"
    )
    rows = (ProgressUpdate._meta.db_table, NationProgress._meta.db_table)
    moved = "OLD.commitment_id <> NEW.commitment_id"
    return [
        *(
            Guard(table, event, other, TARGETS_AGREE)
            for table in rows
            for event in ("INSERT", "UPDATE")
        ),
        Guard(Milestone._meta.db_table, "UPDATE", moved, MILESTONES_STAY),
    ]


GUARDS = GuardSet(models=guarded_models, guards=guards, statements=(MAKE_DOOR,))
