"""The database itself refuses an account with roles of both government and the assessor.

A constraint looks at one row; this rule is about several, so it is a trigger
(`ogp_tracker/common/triggers.py`).
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from commitments.models import Membership
from commitments.models.membership import ASSESSOR_ROLES, GOVERNMENT_ROLES
from ogp_tracker.common.triggers import Guard, GuardSet

BOTH_SIDES = (
    "One account cannot act for government and for the IRM. Give the person a second account."
)


def guarded_models() -> tuple[type[Model], ...]:
    return (Membership,)


def guards(_connection: BaseDatabaseWrapper) -> list[Guard]:
    table = Membership._meta.db_table
    account = Membership._meta.get_field("account").related_model._meta.db_table

    def side(roles: frozenset[str]) -> str:
        return ", ".join(f"'{role}'" for role in sorted(map(str, roles)))

    def has(roles: frozenset[str]) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {table} AS other WHERE other.account_id = NEW.account_id"  # noqa: S608
            f" AND other.id <> NEW.id AND other.role IN ({side(roles)}))"
        )

    both_sides = (
        f"(NEW.role IN ({side(GOVERNMENT_ROLES)}) AND {has(ASSESSOR_ROLES)})"
        f" OR (NEW.role IN ({side(ASSESSOR_ROLES)}) AND {has(GOVERNMENT_ROLES)})"
    )
    # Two administrators who give an account one role each at the same moment wait for each other.
    wait = f"1 FROM {account} WHERE id = NEW.account_id FOR NO KEY UPDATE"
    return [Guard(table, event, both_sides, BOTH_SIDES, wait) for event in ("INSERT", "UPDATE")]


GUARDS = GuardSet(models=guarded_models, guards=guards)
