"""What the database itself refuses: changing or deleting a published reply."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from irm.models import Reply
from ogp_tracker.common.triggers import Guard, GuardSet, differs

REPLY_STAYS = "A published reply is never changed or deleted."


def guarded_models() -> tuple[type[Model], ...]:
    return (Reply,)


def guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    table = Reply._meta.db_table
    changed = f"OLD.published_at IS NOT NULL AND ({differs(connection, Reply)})"
    return [
        Guard(table, "UPDATE", changed, REPLY_STAYS),
        Guard(table, "DELETE", "OLD.published_at IS NOT NULL", REPLY_STAYS),
    ]


GUARDS = GuardSet(models=guarded_models, guards=guards)
