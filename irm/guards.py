"""What the database itself refuses: changing or deleting a published reply, or a step of it."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from irm.models import Reply, ReplyStep
from milestones.guards import DOOR_IS_SHUT, MAKE_DOOR, STEPS_STAY, is_published
from ogp_tracker.common.triggers import Guard, GuardSet, differs

REPLY_STAYS = "A published reply is never changed or deleted."


def guarded_models() -> tuple[type[Model], ...]:
    return (Reply, ReplyStep)


def guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    table, steps = Reply._meta.db_table, ReplyStep._meta.db_table
    changed = f"OLD.published_at IS NOT NULL AND ({differs(connection, Reply)})"
    return [
        Guard(table, "UPDATE", changed, REPLY_STAYS),
        Guard(table, "DELETE", "OLD.published_at IS NOT NULL", REPLY_STAYS),
        Guard(
            steps,
            "INSERT",
            f"{is_published(Reply, 'NEW', 'reply_id')} AND {DOOR_IS_SHUT}",
            STEPS_STAY,
        ),
        Guard(steps, "UPDATE", differs(connection, ReplyStep), STEPS_STAY),
        Guard(steps, "DELETE", is_published(Reply, "OLD", "reply_id"), STEPS_STAY),
    ]


GUARDS = GuardSet(models=guarded_models, guards=guards, statements=(MAKE_DOOR,))
