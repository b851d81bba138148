"""The version of the public data, which every write changes.

A copy (a file, a page in a cache) is saved under the version that the data had before they were
read; once the version has changed, nobody asks for it again. Triggers change it, so that
a bulk update, a shell or SQL changes it too. It is random and not a number: after a flush, or when
a backup has been restored, an earlier version must not come again.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.utils import timezone

from ogp_tracker.common import triggers
from ogp_tracker.opendata.models import PublicVersion, Release

TABLE = PublicVersion._meta.db_table

APPS = ("commitments", "milestones", "irm")

NEVER_PUBLIC = {"Membership", "EvidenceUpload", "Reminder"}
"""Models of these apps that readers never see."""

MOVE = {
    "sqlite": (
        "UPDATE {table} SET version = lower(hex(randomblob(16))),"
        " moved_at = strftime('%Y-%m-%d %H:%M:%f', 'now')"
    ),
    "postgresql": (
        "UPDATE {table} SET version = replace(gen_random_uuid()::text, '-', ''),"
        " moved_at = clock_timestamp()"
    ),
}


@dataclass(frozen=True)
class DataVersion:
    version: str
    moved_at: datetime


@dataclass(frozen=True)
class VersionTrigger:
    """The trigger of one table and event that changes the version.

    On PostgreSQL it fires when the transaction ends: the row of the version is then the last to be
    locked, so that two writers cannot wait for each other, and it is written once for a whole
    transaction. SQLite has one writer at a time.
    """

    table: str
    event: str

    @property
    def name(self) -> str:
        text = f"{self.table}|{self.event}|{MOVE}"
        return triggers.name_for(f"moves_{self.table}_{self.event.lower()}", text)

    def creation(self, vendor: str) -> list[str]:
        move = MOVE[vendor].format(table=TABLE)
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
    """The models that readers see, with those of versions and many-to-many relations."""
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
    events = ["INSERT", "UPDATE", "DELETE"]
    if connection.vendor == "postgresql":
        events.append("TRUNCATE")
    return [
        VersionTrigger(model._meta.db_table, event)
        for model in public_models()[1:]
        for event in events
    ]


VERSION_TRIGGERS = triggers.GuardSet(models=public_models, guards=version_triggers)


def current() -> DataVersion:
    """Read this before the data. Without a row nothing may be saved: every call differs."""
    row = PublicVersion.objects.values_list("version", "moved_at").first()
    return DataVersion(*row) if row else DataVersion(uuid4().hex, timezone.now())


def read_version() -> str:
    """The version alone, in a tenth of the time that the model takes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT version FROM {TABLE}")
        row = cursor.fetchone()
    return row[0] if row else uuid4().hex


def move(using: str = DEFAULT_DB_ALIAS) -> None:
    """Change the version where no trigger does, as in migrations; create it if it is missing."""
    PublicVersion.objects.using(using).update_or_create(
        pk=1, defaults={"version": uuid4().hex, "moved_at": timezone.now()}
    )


def after_migrations(*, using: str, **_kwargs: object) -> None:
    """Receiver of `post_migrate`, which a flush sends as well."""
    with connections[using].cursor() as cursor:
        tables = connections[using].introspection.table_names(cursor)
    if TABLE in tables:
        move(using)
