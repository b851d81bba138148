"""Database triggers for rules that no constraint can say, on SQLite and on PostgreSQL.

The services and the admin never try to break these rules; the triggers are for
other ways to write: a shell, a bulk `update`, SQL. The refusal is an IntegrityError with a plain
sentence. Each app declares its guards in `<app>/guards.py` and registers them here when it starts
(`<app>/apps.py`). Not covered: PostgreSQL's TRUNCATE and dropping the triggers.
`check_consistency` says if one is missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

PREFIX = "ogp_tracker_guard_"
"""What the names of our triggers begin with. `drop` takes away all such functions of the schema."""

LONGEST_NAME = 63
"""PostgreSQL cuts off what is longer."""

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
    WHERE nspname = current_schema() AND prorettype = 'trigger'::regtype
"""


class Trigger(Protocol):
    @property
    def name(self) -> str:
        """Begins with `PREFIX` and changes when the trigger does."""

    def creation(self, vendor: str) -> list[str]:
        """The statements that create it on a database of this vendor."""


@dataclass(frozen=True)
class Guard:
    """One trigger: on which table, at which statement, when it refuses and what it says."""

    table: str
    event: str
    condition: str
    sentence: str
    waits_for: str = ""
    """On PostgreSQL: a query that locks what two writers at once must not both look at."""

    @property
    def name(self) -> str:
        text = "|".join((self.table, self.moment, self.condition, self.sentence, self.waits_for))
        return name_for(f"{self.table}_{self.event.lower()}", text)

    @property
    def moment(self) -> str:
        """Early, so that it refuses before any constraint does.

        An insert is judged afterwards, when rows that were there already have dropped out of an
        `INSERT … ON CONFLICT DO NOTHING`.
        """
        return "AFTER INSERT" if self.event == "INSERT" else f"BEFORE {self.event}"

    def creation(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [
                f'CREATE TRIGGER "{self.name}" {self.moment} ON "{self.table}" '
                f"FOR EACH ROW WHEN {self.condition} "
                f"BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
            ]
        wait = f"PERFORM {self.waits_for}; " if self.waits_for else ""
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $$ '
            f"BEGIN {wait}IF {self.condition} THEN RAISE EXCEPTION '{self.sentence}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN COALESCE(NEW, OLD); END $$",
            f'CREATE OR REPLACE TRIGGER "{self.name}" {self.moment} ON "{self.table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{self.name}"()',
        ]


@dataclass(frozen=True)
class GuardSet:
    models: Callable[[], tuple[type[Model], ...]]
    """The models whose tables the guards are on or look into."""
    guards: Callable[[BaseDatabaseWrapper], Sequence[Trigger]]
    statements: tuple[str, ...] = ()
    """What has to be there before the guards are."""


def name_for(words: str, text: str) -> str:
    digest = sha256(text.encode()).hexdigest()[:8]
    return f"{PREFIX}{words[: LONGEST_NAME - len(PREFIX) - len(digest) - 1]}_{digest}"


_sets: list[GuardSet] = []


def register(guard_set: GuardSet) -> None:
    _sets.append(guard_set)


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Create the guards that are missing; if a guard has changed since, make all of them anew."""
    connection = connections[using]
    if missing(using) or _installed(connection) - {guard.name for guard in _guards(connection)}:
        with transaction.atomic(using=using):
            drop(using)
            with connection.cursor() as cursor:
                for statement in (one for some in _standing(connection) for one in some.statements):
                    cursor.execute(statement)
                for guard in _guards(connection):
                    for statement in guard.creation(connection.vendor):
                        cursor.execute(statement)


def drop(using: str = DEFAULT_DB_ALIAS) -> None:
    """For a migration or for emptying the whole database."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            statement, names = 'DROP TRIGGER "{}"', _names(connection, SQLITE_TRIGGERS)
        else:
            statement, names = 'DROP FUNCTION "{}"() CASCADE', _names(connection, FUNCTIONS)
        for name in sorted(names):
            cursor.execute(statement.format(name))


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    connection = connections[using]
    installed = _installed(connection)
    return [guard.name for guard in _guards(connection) if guard.name not in installed]


def before_migrations(*, using: str, plan: object = None, **_given: Any) -> None:
    """Drop the guards if there is a migration to run (signal `pre_migrate`).

    SQLite remakes tables in migrations: it forgets the triggers of the old table, and stumbles
    over the triggers of other tables that name it. On PostgreSQL a data migration may have to
    fill a new column of published updates.
    """
    if plan:
        drop(using)


def after_migrations(*, using: str, **_given: Any) -> None:
    """Signal `post_migrate`, sent after a flush as well."""
    install(using)


def differs(connection: BaseDatabaseWrapper, model: type[Model], *but: str) -> str:
    """SQL for whether OLD and NEW differ in any column, `but` these.

    An update without new values is no change, so that a fixture can be loaded twice.
    """
    operator = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    columns = [field.column for field in model._meta.concrete_fields if field.name not in but]
    return " OR ".join(f"OLD.{name} {operator} NEW.{name}" for name in columns)


def _guards(connection: BaseDatabaseWrapper) -> list[Trigger]:
    return [guard for some in _standing(connection) for guard in some.guards(connection)]


def _standing(connection: BaseDatabaseWrapper) -> list[GuardSet]:
    """Those whose tables exist in this database."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return [some for some in _sets if {model._meta.db_table for model in some.models()} <= tables]


def _installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Those of older versions too."""
    return _names(connection, SQLITE_TRIGGERS if connection.vendor == "sqlite" else TRIGGERS)


def _names(connection: BaseDatabaseWrapper, query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall() if name.startswith(PREFIX)}
