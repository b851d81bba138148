"""The version of the public data: a mark that every write moves, whatever its door.

Whatever is kept (a stored file, a page in a cache) is kept under the mark that stood when the data
for it were read; once the mark has moved, nobody asks for it again. Triggers move it, so that a
bulk update, a shell or SQL moves it too. It is no number: after a flush, or when a backup has been
played back, a mark that stood before must not come again.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.utils import timezone

from ogp_tracker.common import triggers
from ogp_tracker.opendata.models import PublicVersion, Release

APPS = ("commitments", "milestones", "irm")

NEVER_PUBLIC = {"Membership", "EvidenceUpload", "Reminder"}
"""Models of these apps of which readers see nothing."""

MOVE = {
    "sqlite": (
        "UPDATE {table} SET mark = lower(hex(randomblob(16))),"
        " moved_at = strftime('%Y-%m-%d %H:%M:%f', 'now')"
    ),
    "postgresql": (
        "UPDATE {table} SET mark = replace(gen_random_uuid()::text, '-', ''),"
        " moved_at = clock_timestamp()"
    ),
}


@dataclass(frozen=True)
class Version:
    """A version of the public data, and when it came about."""

    mark: str
    moved_at: datetime


@dataclass(frozen=True)
class VersionTrigger:
    """The trigger of one table and event that moves the mark.

    On PostgreSQL it fires when the transaction ends: the row of the mark is then the last that is
    locked, so that two writers cannot wait for each other, and it is written once for a whole
    transaction. SQLite has one writer at a time.
    """

    table: str
    event: str

    @property
    def name(self) -> str:
        """Return the trigger's name, which changes when the trigger does."""
        digest = sha256(f"{self.table}|{self.event}|{MOVE}".encode()).hexdigest()[:8]
        # PostgreSQL keeps 63 signs of a name.
        return f"{triggers.PREFIX}moves_{self.table[:32]}_{self.event.lower()}_{digest}"

    def creation(self, vendor: str) -> list[str]:
        """Return the statements that create the trigger on a database of this vendor."""
        move = MOVE[vendor].format(table=_table())
        if vendor == "sqlite":
            return [
                f'CREATE TRIGGER "{self.name}" AFTER {self.event} ON "{self.table}" '
                f"FOR EACH ROW BEGIN {move}; END"
            ]
        kind, rows = "CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        if self.event == "TRUNCATE":
            # It has no rows, and cannot wait.
            kind, rows = "TRIGGER", "FOR EACH STATEMENT"
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $$ '
            "BEGIN IF current_setting('tracker.moved_in', true)"
            " IS DISTINCT FROM txid_current()::text THEN "
            f"{move}; PERFORM set_config('tracker.moved_in', txid_current()::text, true); "
            "END IF; RETURN NULL; END $$",
            f'CREATE {kind} "{self.name}" AFTER {self.event} ON "{self.table}" {rows} '
            f'EXECUTE FUNCTION "{self.name}"()',
        ]


def public_models() -> tuple[type[Model], ...]:
    """Return the models, tables of versions and of relations among them, that readers see."""
    return (
        PublicVersion,
        Release,
        *(
            model
            for name in APPS
            for model in apps.get_app_config(name).get_models(include_auto_created=True)
            if model.__name__ not in NEVER_PUBLIC
        ),
    )


def version_triggers(connection: BaseDatabaseWrapper) -> list[VersionTrigger]:
    """Return the triggers that move the mark."""
    events = ["INSERT", "UPDATE", "DELETE"]
    if connection.vendor == "postgresql":
        events.append("TRUNCATE")
    return [
        VersionTrigger(model._meta.db_table, event)
        for model in public_models()[1:]
        for event in events
    ]


VERSION_TRIGGERS = triggers.GuardSet(models=public_models, guards=version_triggers)


def current() -> Version:
    """Return the version of the public data as it is now.

    To be asked before the data are read. If the mark is missing, nothing may be kept: each answer
    is another one.
    """
    row = PublicVersion.objects.values_list("mark", "moved_at").first()
    return Version(*row) if row else Version(uuid4().hex, timezone.now())


def read_mark() -> str:
    """Return the mark as it is now, in a tenth of the time that the model takes for it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT mark FROM {_table()}")
        row = cursor.fetchone()
    return row[0] if row else uuid4().hex


def move(using: str = DEFAULT_DB_ALIAS) -> None:
    """Move the mark, and make it if there is none: for what no trigger sees, such as migrations."""
    PublicVersion.objects.using(using).update_or_create(
        pk=1, defaults={"mark": uuid4().hex, "moved_at": timezone.now()}
    )


def after_migrations(*, using: str, **_given: object) -> None:
    """Move the mark after migrations and after a flush (signal `post_migrate`)."""
    with connections[using].cursor() as cursor:
        tables = connections[using].introspection.table_names(cursor)
    if _table() in tables:
        move(using)


def _table() -> str:
    return PublicVersion._meta.db_table
