"""Database triggers that keep published updates as they were published.

A published update is never edited or deleted, and neither are the nations it speaks for and its
evidence. The services and the admin never try; the triggers are for whoever comes by another
door: a shell, a bulk `update`, SQL. On SQLite and on PostgreSQL the refusal is an IntegrityError
with a plain sentence. An update whose values do not change is no change, so that a fixture can be
loaded twice.

Nations and evidence can only be filled in before an update is published, except by `loaddata`:
a fixture brings the update as published before it brings what belongs to it (see `loading`).
Not covered: PostgreSQL's TRUNCATE and whoever drops the triggers. `check_consistency` says if
one is missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

PREFIX = "guard_"

# A table that holds a row while a fixture is loading, and only within that transaction.
MAKE_DOOR = "CREATE TABLE IF NOT EXISTS milestones_loading (is_loading integer)"
OPEN_DOOR = "INSERT INTO milestones_loading (is_loading) VALUES (1)"
SHUT_DOOR = "DELETE FROM milestones_loading"
DOOR_IS_SHUT = "NOT EXISTS (SELECT 1 FROM milestones_loading)"

SQLITE_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
TRIGGERS = """
    SELECT tgname FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE NOT tgisinternal AND tgenabled <> 'D' AND nspname = current_schema()
"""
FUNCTIONS = """
    SELECT proname FROM pg_proc
    JOIN pg_namespace ON pg_namespace.oid = pronamespace
    WHERE nspname = current_schema()
"""

NEVER_CHANGED = "A published update is never changed; record a correction."
NEVER_DELETED = "A published update is never deleted; record a correction."
EVIDENCE_STAYS = "The evidence of a published update is never changed; record a correction."


@dataclass(frozen=True)
class Guard:
    """One trigger: on which table, at which statement, when it refuses and what it says."""

    table: str
    event: str
    condition: str
    sentence: str

    @property
    def name(self) -> str:
        """Return the trigger's name, which changes when the guard does."""
        text = "|".join((self.table, self.moment, self.condition, self.sentence))
        digest = sha256(text.encode()).hexdigest()[:8]
        return f"{PREFIX}{self.table}_{self.event.lower()}_{digest}"

    @property
    def moment(self) -> str:
        """Return when the trigger fires: early, so that it speaks before any constraint does.

        An insert is judged afterwards, when rows that were there already have dropped out of an
        `INSERT … ON CONFLICT DO NOTHING`.
        """
        return "AFTER INSERT" if self.event == "INSERT" else f"BEFORE {self.event}"

    def creation(self, vendor: str) -> list[str]:
        """Return the statements that create the trigger on a database of this vendor."""
        if vendor == "sqlite":
            return [
                f'CREATE TRIGGER "{self.name}" {self.moment} ON "{self.table}" '
                f"FOR EACH ROW WHEN {self.condition} "
                f"BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
            ]
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $$ '
            f"BEGIN IF {self.condition} THEN RAISE EXCEPTION '{self.sentence}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN COALESCE(NEW, OLD); END $$",
            f'CREATE OR REPLACE TRIGGER "{self.name}" {self.moment} ON "{self.table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{self.name}"()',
        ]


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Create the guards that are missing; if a guard has changed since, make all of them anew."""
    connection = connections[using]
    if missing(using) or _installed(connection) - {guard.name for guard in _guards(connection)}:
        with transaction.atomic(using=using):
            drop(using)
            with connection.cursor() as cursor:
                cursor.execute(MAKE_DOOR)
                for guard in _guards(connection):
                    for statement in guard.creation(connection.vendor):
                        cursor.execute(statement)


def drop(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the guards away, for a migration or for emptying the whole database."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            statement, names = 'DROP TRIGGER "{}"', _names(connection, SQLITE_TRIGGERS)
        else:
            statement, names = 'DROP FUNCTION "{}"() CASCADE', _names(connection, FUNCTIONS)
        for name in sorted(names):
            cursor.execute(statement.format(name))


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the names of the guards that should be in the database and are not."""
    connection = connections[using]
    installed = _installed(connection)
    return [guard.name for guard in _guards(connection) if guard.name not in installed]


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


def before_migrations(*, using: str, plan: Any = None, **_given: Any) -> None:
    """Take the guards away if there is a migration to run (signal `pre_migrate`).

    SQLite remakes tables in migrations: it forgets the triggers of the old table, and stumbles
    over the triggers of other tables that name it. On PostgreSQL a data migration may have to
    fill a new column of published updates.
    """
    if plan:
        drop(using)


def after_migrations(*, using: str, **_given: Any) -> None:
    """Put the guards back (signal `post_migrate`, sent after a flush as well)."""
    install(using)


def _guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    """Return the guards of the tables that exist in this database."""
    from milestones.models import Evidence, ProgressUpdate

    def is_published(row: str, column: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {update} WHERE id = {row}.{column}"  # noqa: S608
            " AND published_at IS NOT NULL)"
        )

    def differs(model: type[Model], *but: str) -> str:
        operator = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
        columns = [field.column for field in model._meta.concrete_fields if field.name not in but]
        return " OR ".join(f"OLD.{name} {operator} NEW.{name}" for name in columns)

    update, through, evidence = (
        model._meta.db_table for model in (ProgressUpdate, ProgressUpdate.nations.through, Evidence)
    )
    if not {update, through, evidence} <= _tables(connection):
        return []
    was, now = (is_published(row, "progressupdate_id") for row in ("OLD", "NEW"))
    had, has = (is_published(row, "update_id") for row in ("OLD", "NEW"))
    nations_differ = differs(ProgressUpdate.nations.through)
    evidence_differs = differs(Evidence, "archived_url", "last_checked_at", "last_answer")
    return [
        Guard(
            update,
            "UPDATE",
            f"OLD.published_at IS NOT NULL AND ({differs(ProgressUpdate)})",
            NEVER_CHANGED,
        ),
        Guard(update, "DELETE", "OLD.published_at IS NOT NULL", NEVER_DELETED),
        Guard(through, "INSERT", f"{now} AND {DOOR_IS_SHUT}", NEVER_CHANGED),
        Guard(through, "UPDATE", f"({was} OR {now}) AND ({nations_differ})", NEVER_CHANGED),
        Guard(through, "DELETE", was, NEVER_CHANGED),
        Guard(evidence, "INSERT", f"{has} AND {DOOR_IS_SHUT}", EVIDENCE_STAYS),
        Guard(evidence, "UPDATE", f"({had} OR {has}) AND ({evidence_differs})", EVIDENCE_STAYS),
        Guard(evidence, "DELETE", had, EVIDENCE_STAYS),
    ]


def _installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of all guards that are at work, those of older versions too."""
    return _names(connection, SQLITE_TRIGGERS if connection.vendor == "sqlite" else TRIGGERS)


def _names(connection: BaseDatabaseWrapper, query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall() if name.startswith(PREFIX)}


def _tables(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))
