"""What the database itself keeps of who may speak: nobody writes both voices.

A constraint looks at one row; that an account holds roles of one side only is a rule about
several, so a trigger says it. How such a guard works stands in `ogp_tracker/common/triggers.py`.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from commitments.models import Membership
from commitments.models.membership import ASSESSOR_ROLES, GOVERNMENT_ROLES
from ogp_tracker.common.triggers import Guard, GuardSet

BOTH_VOICES = "No account speaks for government and for the IRM; give the person a second account."


def guarded_models() -> tuple[type[Model], ...]:
    """Return the models whose tables the guards stand on or look into."""
    return (Membership,)


def guards(_connection: BaseDatabaseWrapper) -> list[Guard]:
    """Return the guards of memberships."""
    table = Membership._meta.db_table
    account = Membership._meta.get_field("account").related_model._meta.db_table

    def side(roles: frozenset[str]) -> str:
        return ", ".join(f"'{role}'" for role in sorted(map(str, roles)))

    def has(roles: frozenset[str]) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {table} AS other WHERE other.account_id = NEW.account_id"  # noqa: S608
            f" AND other.id <> NEW.id AND other.role IN ({side(roles)}))"
        )

    both = (
        f"(NEW.role IN ({side(GOVERNMENT_ROLES)}) AND {has(ASSESSOR_ROLES)})"
        f" OR (NEW.role IN ({side(ASSESSOR_ROLES)}) AND {has(GOVERNMENT_ROLES)})"
    )
    # Two administrators who give an account one role each at the same moment wait for each other.
    wait = f"1 FROM {account} WHERE id = NEW.account_id FOR NO KEY UPDATE"
    return [Guard(table, event, both, BOTH_VOICES, wait) for event in ("INSERT", "UPDATE")]


GUARDS = GuardSet(models=guarded_models, guards=guards)
