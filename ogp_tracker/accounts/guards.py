"""The database itself keeps the log of accounts: no line is changed, and none is deleted.

Two exceptions: addresses are blotted out when a person is forgotten, and an account that has never
signed in can be deleted with its log.
"""

from django.contrib.auth.models import User
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from ogp_tracker.accounts.models import AccountChange
from ogp_tracker.common.triggers import Guard, GuardSet, differs

BLOTTED = "…"
LOG_STAYS = "The log of an account is never changed."


def guarded_models() -> tuple[type[Model], ...]:
    return (AccountChange, User)


def guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    log, accounts = AccountChange._meta.db_table, User._meta.db_table

    def account(condition: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {accounts} AS account"  # noqa: S608
            f" WHERE account.id = OLD.account_id AND {condition})"
        )

    forgotten = account("account.username = 'anonymous-' || account.id")
    kept = " OR ".join(
        f"(OLD.{name} <> NEW.{name} AND NEW.{name} <> '{BLOTTED}')" for name in ("old", "new")
    )
    rewritten = differs(connection, AccountChange, "old", "new")
    anything = differs(connection, AccountChange)
    changed = f"({rewritten}) OR ({kept}) OR (({anything}) AND NOT {forgotten})"
    return [
        Guard(log, "UPDATE", changed, LOG_STAYS),
        Guard(log, "DELETE", account("account.last_login IS NOT NULL"), LOG_STAYS),
    ]


GUARDS = GuardSet(models=guarded_models, guards=guards)
