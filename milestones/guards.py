"""What the database itself keeps of the record of progress, however it is written.

A published update is never edited or deleted, and neither are the nations it is about, its
evidence and the steps that led to it. Nor is a published amendment, unless it is deleted together
with a milestone that was never public. How such a guard works is explained in
`ogp_tracker/common/triggers.py`.

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
    Amendment,
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
STEPS_STAY = "The steps to publication are never changed."
TARGETS_AGREE = "A milestone is of the commitment that is named beside it."
MILESTONES_STAY = "A milestone never changes its commitment."
AMENDMENTS_STAY = "A published amendment is never changed; record another one."


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
        Amendment,
        Amendment.merged_into.through,
        Amendment.merged_into_commitments.through,
        NationProgress,
        Milestone,
        Commitment,
    )


def guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    return [
        *_of_updates(connection),
        *_of_what_belongs_to_updates(connection),
        *_of_amendments(connection),
        *_of_targets(),
    ]


def _of_updates(connection: BaseDatabaseWrapper) -> list[Guard]:
    table = ProgressUpdate._meta.db_table
    changed = f"OLD.published_at IS NOT NULL AND ({differs(connection, ProgressUpdate)})"
    return [
        Guard(table, "UPDATE", changed, NEVER_CHANGED),
        Guard(table, "DELETE", "OLD.published_at IS NOT NULL", NEVER_DELETED),
    ]


def is_published(model: type[Model], row: str, column: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE id = {row}.{column}"  # noqa: S608
        " AND published_at IS NOT NULL)"
    )


def _amendment_stays(row: str, column: str) -> str:
    """A published amendment of a commitment that is public."""
    return (
        f"EXISTS (SELECT 1 FROM {Amendment._meta.db_table} amendment"  # noqa: S608
        f" JOIN {Commitment._meta.db_table} promise ON promise.id = amendment.commitment_id"
        f" WHERE amendment.id = {row}.{column} AND amendment.published_at IS NOT NULL"
        " AND promise.published_on IS NOT NULL)"
    )


def _of_what_belongs_to_updates(connection: BaseDatabaseWrapper) -> list[Guard]:
    nations, evidence, steps = (
        model._meta.db_table for model in (ProgressUpdate.nations.through, Evidence, UpdateStep)
    )
    was, now = (is_published(ProgressUpdate, row, "progressupdate_id") for row in ("OLD", "NEW"))
    had, has = (is_published(ProgressUpdate, row, "update_id") for row in ("OLD", "NEW"))
    has_amendment = is_published(Amendment, "NEW", "amendment_id")
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
        Guard(steps, "INSERT", f"({has} OR {has_amendment}) AND {DOOR_IS_SHUT}", STEPS_STAY),
        Guard(steps, "UPDATE", differs(connection, UpdateStep), STEPS_STAY),
        Guard(steps, "DELETE", f"{had} OR {_amendment_stays('OLD', 'amendment_id')}", STEPS_STAY),
    ]


def _of_amendments(connection: BaseDatabaseWrapper) -> list[Guard]:
    table = Amendment._meta.db_table
    changed = f"OLD.published_at IS NOT NULL AND ({differs(connection, Amendment)})"
    guards = [
        Guard(table, "UPDATE", changed, AMENDMENTS_STAY),
        Guard(table, "DELETE", _amendment_stays("OLD", "id"), AMENDMENTS_STAY),
    ]
    for model in (Amendment.merged_into.through, Amendment.merged_into_commitments.through):
        was, now = (is_published(Amendment, row, "amendment_id") for row in ("OLD", "NEW"))
        given = f"({was} OR {now}) AND ({differs(connection, model)})"
        stays = _amendment_stays("OLD", "amendment_id")
        guards += [
            Guard(model._meta.db_table, "INSERT", f"{now} AND {DOOR_IS_SHUT}", AMENDMENTS_STAY),
            Guard(model._meta.db_table, "UPDATE", given, AMENDMENTS_STAY),
            Guard(model._meta.db_table, "DELETE", stays, AMENDMENTS_STAY),
        ]
    return guards


def _of_targets() -> list[Guard]:
    """A row that names a milestone names its commitment, and a milestone stays in its own."""
    other = (
        "NEW.milestone_id IS NOT NULL AND NOT EXISTS (SELECT 1"  # noqa: S608
        f" FROM {Milestone._meta.db_table} AS milestone WHERE milestone.id = NEW.milestone_id"
        " AND milestone.commitment_id = NEW.commitment_id)"
    )
    rows = (model._meta.db_table for model in (ProgressUpdate, NationProgress, Amendment))
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
