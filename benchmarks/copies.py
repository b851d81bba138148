"""A tracker that the database itself makes larger: half a million milestones in a few minutes."""

import sys
from datetime import timedelta
from typing import Any

from django.db import connection, models

from benchmarks.rows import LargeTracker, writing_without_triggers
from commitments.models import Commitment, Involvement
from irm.models import Assessment, MilestoneFinding
from milestones.models import Amendment, Evidence, Milestone, NationProgress, ProgressUpdate
from milestones.targets import text_column

COPIED: tuple[type[models.Model], ...] = (
    *(Commitment, Commitment.nations.through, Involvement, Milestone),
    *(ProgressUpdate, ProgressUpdate.nations.through, Evidence, Amendment, NationProgress),
    *(Assessment, MilestoneFinding, Commitment.history.model, Milestone.history.model),
)
STRIDE = 1_000_000
"""How far the keys of a copy are from those of the one before: more than the first has rows of any
table, and so little that the keys of 250 copies fit into 31 bits."""


class GrowingTracker:
    """A large tracker beside the rows that are there, and copies of all of its commitments."""

    def __init__(self, milestones: int) -> None:
        self.before = {model: newest(model) for model in COPIED}
        self.first = LargeTracker(milestones)
        self.first.make()
        with writing_without_triggers():
            for model in (Commitment, Milestone):
                self.make_versions(model.objects.filter(pk__gt=self.before[model]))
        self.copies = 1

    def make_versions(self, rows: "models.QuerySet[Any]") -> None:
        """Each tenth row was written otherwise at first."""
        first = list(rows)
        for row in first[::10]:
            setattr(row, text_column(row), "As it was written at first.")
        versions, at_first = rows.model.history, self.first.now - timedelta(days=1)
        versions.bulk_history_create(first, default_date=at_first)
        edited = rows.filter(pk__in=[row.pk for row in first[::10]])
        versions.bulk_history_create(edited, update=True)

    def grow(self, milestones: int) -> None:
        copies = milestones // self.first.number
        if copies > self.copies:
            with writing_without_triggers():
                for model in COPIED:
                    print(f"{milestones:,}: {model._meta.db_table}", file=sys.stderr)
                    self.copy(model, self.copies, copies - 1)
            self.copies = copies

    def copy(self, model: type[models.Model], first: int, last: int) -> None:
        table, key = model._meta.db_table, model._meta.pk.column
        columns = {field.column: copied(field) for field in model._meta.concrete_fields}
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(map(quoted, columns))})"
                " WITH RECURSIVE copies(n) AS"
                f" (SELECT {first} UNION ALL SELECT n + 1 FROM copies WHERE n < {last})"
                f" SELECT {', '.join(columns.values())} FROM {table} CROSS JOIN copies"
                f" WHERE {key} > {self.before[model]} AND {key} < {STRIDE}"
            )


def copied(field: "models.Field[object, object]") -> str:
    """The value of a column in copy `n`."""
    column = quoted(field.column)
    if field.name in {"id", "history_id"} or field.related_model in COPIED:
        return f"{column} + n * {STRIDE}"
    if isinstance(field, models.UUIDField):
        is_sqlite = connection.vendor == "sqlite"
        return "lower(hex(randomblob(16)))" if is_sqlite else "gen_random_uuid()"
    return f"{column} || '-' || n" if field.name in {"slug", "ogp_id"} else column


def newest(model: type[models.Model]) -> int:
    return model._default_manager.aggregate(key=models.Max("pk"))["key"] or 0


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)
