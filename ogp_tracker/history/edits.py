"""Edits of published texts, newest first: a page of them, and not the whole record.

`ogp_tracker.opendata.tables.record` says what is an edit, and which edits readers may see. Here the
same rule is applied to a few versions, each beside the one before. It takes three queries, whatever
the number of tables: which versions come next, what they say, and what was said before them.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, TruncSecond

from irm.models import Assessment
from milestones.amendment_rules import AmendmentKind
from ogp_tracker.history.places import FoundChange, FoundChanges, Position
from ogp_tracker.history.scopes import Scope
from ogp_tracker.history.showing import as_public_change
from ogp_tracker.history.tables import EDITED
from ogp_tracker.opendata.columns import LIST_SEPARATOR, TEXT, ListOf
from ogp_tracker.opendata.tables.record import RECORDED, AnyField, RecordedTable, VersionRow, edited

ROUNDS = (20, 80)
"""How many versions are read beyond the rows of a page, and how many more if too few of them are
edits. After them the page ends, and the next one goes on from there."""

FIELDS_OF = {
    "due_on": AmendmentKind.DUE_DATE_MOVED,
    "end_date": AmendmentKind.DUE_DATE_MOVED,
    "text": AmendmentKind.TEXT_REVISED,
    "objective": AmendmentKind.TEXT_REVISED,
}
"""The kinds of amendments that change a field."""

ORDER = tuple(sorted(RECORDED, key=lambda recorded: recorded.table))
BY_TABLE = {recorded.table: recorded for recorded in RECORDED}


def newest_edits(
    scope: Scope, before: Position | None, size: int, since: datetime | None = None
) -> FoundChanges:
    """Older than `before` and not older than `since`."""
    changes: list[FoundChange] = []
    for more in ROUNDS:
        positions = newest_versions(scope, before, size + more, since)
        changes += edits_among(positions)
        if len(positions) < size + more:
            return FoundChanges(changes, None)
        before = positions[-1]
        if len(changes) >= size:
            break
    return FoundChanges(changes, before)


def newest_versions(
    scope: Scope, before: Position | None, size: int, since: datetime | None = None
) -> list[Position]:
    branches = []
    for rank, recorded in enumerate(ORDER):
        belongs = scope.narrow(EDITED[recorded.table].paths)
        if belongs is None:
            continue
        rows, may_be_edits = possible_edits(recorded.table)
        rows = rows.filter(belongs)
        if before is not None:
            rows = rows.filter(before.older(recorded.table, "history_date"))
        if since is not None:
            rows = rows.filter(history_date__gte=since)
        newest = rows.filter(may_be_edits).order_by("-history_date", "-history_id")
        newest = newest.values("history_id")[:size]
        # On SQLite the queries of a union cannot be ordered, but a subquery inside them can.
        branches.append(
            recorded.history.objects.filter(history_id__in=newest)
            .order_by()
            .annotate(rank=Value(rank, models.IntegerField()))
            .values_list("rank", "history_date", "history_id")
        )
    if not branches:
        return []
    together = union(branches).order_by("-history_date", "-rank", "-history_id")
    return [Position(at, ORDER[rank].table, key) for rank, at, key in together[:size]]


@cache
def possible_edits(table: str) -> tuple[QuerySet[Any], Q]:
    """All versions, and the condition for those that may be edits.

    There has to be an earlier version, and readers saw both. The condition is expensive, so it is
    applied after all others and does not start from a list of keys: the newest versions are tested
    one by one until there are enough. Both are cached unevaluated, because building them takes
    longer than running them.
    """
    recorded = BY_TABLE[table]
    earlier = recorded.history.objects.filter(
        id=OuterRef("id"), history_date__lt=OuterRef("history_date")
    )
    follows = Q(Exists(earlier))
    if recorded.at_first:
        follows |= ~Q(
            **{name.removeprefix("value_"): value for name, value in recorded.at_first.items()}
        )
    public = recorded.public().order_by().filter(pk=OuterRef(recorded.belongs_to))
    own = recorded.seen_if.own.condition()
    return recorded.history.objects.all(), Q(own, Exists(public), follows, *recorded.were_public())


def edits_among(positions: list[Position]) -> Iterator[FoundChange]:
    versions = read((position.source, position.key) for position in positions)
    earlier = read(
        (table, int(version["earlier"]))
        for (table, _key), version in versions.items()
        if version["earlier"]
    )
    for position in positions:
        version = versions.get((position.source, position.key))
        if version is None or version["later"] == "true":
            continue
        recorded = BY_TABLE[position.source]
        before = earlier[position.source, int(version["earlier"])] if version["earlier"] else None
        amended = version["amended"].split(LIST_SEPARATOR)
        changed = edited(recorded, before, version)
        fields = [field for field in changed if FIELDS_OF.get(field[0]) not in amended]
        if fields:
            yield FoundChange(
                position, partial(as_public_change, recorded, position, before, version, fields)
            )


def read(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], VersionRow]:
    """By table and key, each as text and with the versions `earlier` and `later`.

    Tables differ in their columns: for one query each gets as many as the widest table has.
    """
    keys: dict[str, list[int]] = {}
    for table, key in wanted:
        keys.setdefault(table, []).append(key)
    if not keys:
        return {}
    branches = [
        versions_with_cells(table).filter(history_id__in=chosen) for table, chosen in keys.items()
    ]
    found = {}
    for table, key, *said in union(branches):
        version = dict(zip(cells_of(table), said, strict=False))
        found[table, key] = version | {"id": int(version["id"])}
    return found


@cache
def versions_with_cells(table: str) -> QuerySet[Any]:
    """Padded to the widest table's number of cells."""
    recorded = BY_TABLE[table]
    cells = list(cells_of(table).values())
    cells += [Value("", TEXT)] * (max(len(cells_of(name)) for name in BY_TABLE) - len(cells))
    numbered = {f"cell_{number}": cell for number, cell in enumerate(cells)}
    return (
        recorded.history.objects.order_by()
        .annotate(**recorded.beside(), second=TruncSecond("history_date", tzinfo=UTC))
        .annotate(table=Value(table, TEXT), **numbered)
        .values_list("table", "history_id", *numbered)
    )


@cache
def cells_of(table: str) -> dict[str, Combinable]:
    """By the names that `record` uses."""
    recorded = BY_TABLE[table]
    same_row = recorded.history.objects.filter(id=OuterRef("id"))
    # Versions of the same second are one edit: the last of them counts.
    earlier = same_row.filter(history_date__lt=OuterRef("second"))
    later = same_row.annotate(at=TruncSecond("history_date", tzinfo=UTC)).filter(
        Q(history_date__gt=OuterRef("history_date")) | Q(history_id__gt=OuterRef("history_id")),
        history_date__gte=OuterRef("history_date"),
        at=OuterRef("second"),
    )
    newest = earlier.order_by("-history_date", "-history_id").values("history_id")[:1]
    said = dict.fromkeys(
        (
            *("id", "history_date", "history_type", "history_role"),
            *("history_institution__slug", "history_institution__name"),
            *EDITED[recorded.table].columns,
            *recorded.seen_if.own.columns,
            *recorded.beside(),
        )
    )
    cells: dict[str, Combinable] = {name: as_cell(F(name)) for name in said}
    cells |= {"earlier": as_cell(Subquery(newest)), "later": as_boolean_cell(Exists(later))}
    # Addresses are today's, whatever they were then.
    row = recorded.model._default_manager.filter(pk=OuterRef("id"))
    for name in {"slug", "number", "label"} & {*EDITED[recorded.table].columns}:
        cells[name] = as_cell(Subquery(row.values(name)))
    fields = {one.name: one for one in recorded.compared_fields}
    for name, value in recorded.compared_values.items():
        is_yes_or_no = isinstance(fields[name], models.BooleanField)
        cells[f"value_{name}"] = (
            as_boolean_cell(Q(**{name: True})) if is_yes_or_no else as_cell(value)
        )
        if shown := label_of(recorded, fields[name]):
            cells[f"label_{name}"] = as_cell(shown)
    # `services.apply_amendment` says here of which kind the amendment was.
    at_once = same_row.annotate(at=TruncSecond("history_date", tzinfo=UTC)).filter(
        at=OuterRef("second"), history_change_reason__isnull=False
    )
    cells["amended"] = as_cell(ListOf(at_once, "history_change_reason"))
    return cells


def label_of(recorded: RecordedTable, field: AnyField) -> ListOf | F | None:
    """The name of what a relation points at; None where the value itself is shown."""
    if field.related_model is None or field.related_model is Assessment:
        return None
    names = {one.name for one in field.related_model._meta.concrete_fields}
    name = next(one for one in ("title", "label", "name") if one in names)
    if isinstance(field, models.ManyToManyField):
        return recorded.list_of(field, name)
    return F(f"{field.name}__{name}")


def as_cell(value: Combinable) -> Coalesce:
    return Coalesce(Cast(value, TEXT), Value("", TEXT))


def as_boolean_cell(condition: Q | Exists) -> Case:
    return Case(When(condition, then=Value("true", TEXT)), default=Value("false", TEXT))


def union(branches: list[QuerySet[Any]]) -> QuerySet[Any]:
    first, *others = branches
    return first.union(*others, all=True) if others else first
