"""What the API hands out: which public tables, by which keys, with which other rows inside."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django_filters import FilterSet

from commitments.filters import CommitmentFilter
from ogp_tracker.api import filters
from ogp_tracker.opendata.columns import Column, Uid
from ogp_tracker.opendata.table import Table
from ogp_tracker.opendata.tables import BY_NAME


@dataclass(frozen=True)
class Part:
    """A table whose rows stand inside the rows of another one."""

    name: str
    """The field that holds them."""
    one: str
    """What one of them is called in the description of the API."""
    table: Table
    row: str
    """The path from one of them to the row in which it stands."""
    description: str


@dataclass(frozen=True)
class Key:
    """One of the columns that name a row, as it stands in an address."""

    column: Column
    path: str
    """The field of the model, to look it up by."""
    converter: str
    """Django's name for how it is written."""


@dataclass(frozen=True)
class Resource:
    """A public table as a list and, row by row, at addresses made of its key."""

    table: Table
    one: str
    """What one row is called in the description of the API."""
    filters: type[FilterSet] | None = None
    parts: tuple[Part, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the table, which is the last part of the address of the list."""
        return self.table.name

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Return the columns of the key, in their order."""
        columns = {column.name: column for column in self.table.columns}
        return tuple(key_of(columns[name]) for name in self.table.key)

    def rows(self, on: date) -> QuerySet[Any]:
        """Return the rows that are public on a day, in the order of the exports."""
        return self.table.queryset(on)

    @property
    def route(self) -> str:
        """Return the address of one row below that of the list, as Django writes addresses."""
        return "".join(f"<{key.converter}:{key.column.name}>/" for key in self.keys)


def key_of(column: Column) -> Key:
    """Return how a column of a key is written and looked up."""
    source: Any = column.source
    if isinstance(source, Uid):
        (field,) = source.get_source_expressions()
        return Key(column, field.name, "uuid")
    return Key(column, source, "int" if column.kind == "integer" else "slug")


RESOURCES: tuple[Resource, ...] = (
    Resource(
        BY_NAME["commitments"],
        "Commitment",
        CommitmentFilter,
        (
            Part(
                "involvements",
                "Involvement",
                BY_NAME["involvements"],
                "commitment",
                "Which institution plays which part in it.",
            ),
        ),
    ),
    Resource(
        BY_NAME["milestones"],
        "Milestone",
        filters.MilestoneListFilter,
        (
            Part(
                "nations",
                "NationProgress",
                BY_NAME["nation_progress"],
                "pk",
                "Where it stands in each nation in which it is to be delivered.",
            ),
            Part(
                "due_day_changes",
                "DueDayChange",
                BY_NAME["due_day_changes"],
                "milestone",
                "Every time its due day moved, with the reason.",
            ),
        ),
    ),
    Resource(
        BY_NAME["updates"],
        "Update",
        filters.UpdateListFilter,
        (
            Part(
                "evidence",
                "Evidence",
                BY_NAME["evidence"],
                "update",
                "What it points at, so that anybody can check it.",
            ),
        ),
    ),
    Resource(BY_NAME["institutions"], "Institution", filters.InstitutionListFilter),
    Resource(BY_NAME["plans"], "Plan"),
    Resource(BY_NAME["reports"], "Report", filters.ReportListFilter),
    Resource(
        BY_NAME["assessments"],
        "Assessment",
        filters.AssessmentListFilter,
        (
            Part(
                "replies",
                "Reply",
                BY_NAME["replies"],
                "assessment",
                "What government answered to it, or to its findings on single milestones.",
            ),
        ),
    ),
    Resource(BY_NAME["findings"], "Finding", filters.FindingListFilter),
    Resource(BY_NAME["nations"], "Nation"),
)
