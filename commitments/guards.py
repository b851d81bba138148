"""The database itself refuses an account of both sides, and a former address for something else.

A constraint looks at one row; these rules are about several, so they are triggers
(`ogp_tracker/common/triggers.py`).
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from commitments.models import Commitment, FormerSlug, Membership
from commitments.models.membership import ASSESSOR_ROLES, GOVERNMENT_ROLES
from ogp_tracker.common.triggers import Guard, GuardSet

BOTH_SIDES = (
    "One account cannot act for government and for the IRM. Give the person a second account."
)

LEADS_ELSEWHERE = "This was the address of another commitment, and still leads there."


def guarded_models() -> tuple[type[Model], ...]:
    return (Membership, Commitment, FormerSlug)


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
    return [
        *(Guard(table, event, both_sides, BOTH_SIDES, wait) for event in ("INSERT", "UPDATE")),
        *_of_addresses(),
    ]


def _of_addresses() -> Iterator[Guard]:
    now, former = Commitment._meta.db_table, FormerSlug._meta.db_table
    for table, other, own, key in (
        (now, former, "id", "commitment_id"),
        (former, now, "commitment_id", "id"),
    ):
        taken = (
            f"EXISTS (SELECT 1 FROM {other} AS other WHERE LOWER(other.slug) = LOWER(NEW.slug)"  # noqa: S608
            f" AND other.{key} <> NEW.{own})"
        )
        for event in ("INSERT", "UPDATE"):
            yield Guard(table, event, taken, LEADS_ELSEWHERE)


GUARDS = GuardSet(models=guarded_models, guards=guards)
