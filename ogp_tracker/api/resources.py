"""The lists of the API: which public tables, by which keys, with which other rows inside."""

from dataclasses import dataclass
from functools import cached_property

from django_filters import FilterSet

from commitments.filters import CommitmentFilter
from ogp_tracker.api import filters
from ogp_tracker.opendata.columns import Column, Uid
from ogp_tracker.opendata.table import Table
from ogp_tracker.opendata.tables import BY_NAME
from ogp_tracker.opendata.tables.delivered import AS_A_WHOLE, OF_MILESTONES


@dataclass(frozen=True)
class NestedTable:
    name: str
    """The field that contains the nested rows."""
    row_name: str
    """The name of one of them in the description of the API."""
    parent: str
    """The path from a nested row to the row that contains it."""
    description: str
    selection: Table | None = None
    """The table with some of its rows only; None: the whole table of the field's name."""

    @property
    def table(self) -> Table:
        return self.selection or BY_NAME[self.name]


@dataclass(frozen=True)
class KeyColumn:
    """One of the columns that name a row, as it appears in an address."""

    column: Column
    path: str
    converter: str
    """Django's path converter for its values."""


@dataclass(frozen=True)
class Resource:
    """A public table as a list and, row by row, at addresses made of its key."""

    table: Table
    row_name: str
    """The name of one row in the description of the API."""
    filters: type[FilterSet] | None = None
    nested: tuple[NestedTable, ...] = ()

    @property
    def name(self) -> str:
        return self.table.name

    @cached_property
    def keys(self) -> tuple[KeyColumn, ...]:
        columns = {column.name: column for column in self.table.columns}
        return tuple(key_of(columns[name]) for name in self.table.key)

    @property
    def route(self) -> str:
        """The address of one row below that of the list, in Django's syntax."""
        return "".join(f"<{key.converter}:{key.column.name}>/" for key in self.keys)


def key_of(column: Column) -> KeyColumn:
    source = column.source or column.name
    if isinstance(source, Uid):
        (field,) = source.get_source_expressions()
        return KeyColumn(column, field.name, "uuid")
    if not isinstance(source, str):
        raise TypeError(f"The column {column.name} cannot be looked up by its value.")
    return KeyColumn(column, source, "int" if column.kind == "integer" else "slug")


RESOURCES: tuple[Resource, ...] = (
    Resource(
        BY_NAME["commitments"],
        "Commitment",
        CommitmentFilter,
        (
            NestedTable(
                "involvements",
                "Involvement",
                "commitment",
                "The institutions in it and their roles.",
            ),
            NestedTable(
                "nations",
                "NationProgressAsAWhole",
                "pk",
                "Its progress as a whole, in each nation with an update about that.",
                AS_A_WHOLE,
            ),
            NestedTable(
                "amendments",
                "Amendment",
                "commitment",
                "Changes to it, or to its milestones, in the plan.",
            ),
        ),
    ),
    Resource(
        BY_NAME["milestones"],
        "Milestone",
        filters.MilestoneListFilter,
        (
            NestedTable(
                "nations",
                "NationProgress",
                "pk",
                "Its progress in each nation in which it is to be delivered.",
                OF_MILESTONES,
            ),
            NestedTable(
                "due_date_changes",
                "DueDateChange",
                "milestone",
                "Every time its due date moved, with the reason.",
            ),
        ),
    ),
    Resource(
        BY_NAME["updates"],
        "Update",
        filters.UpdateListFilter,
        (
            NestedTable(
                "evidence",
                "Evidence",
                "update",
                "The evidence that it gives, so that anyone can check it.",
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
            NestedTable(
                "replies",
                "Reply",
                "assessment",
                "Government's replies to it, or to its findings on single milestones.",
            ),
        ),
    ),
    Resource(BY_NAME["findings"], "Finding", filters.FindingListFilter),
    Resource(BY_NAME["nations"], "Nation"),
)
