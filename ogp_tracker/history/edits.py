"""Edits of published texts, newest first: a page of them, and not the whole record.

What is an edit, and which of them readers may know, says `ogp_tracker.opendata.tables.record`. Here
its question is asked of a few versions, each beside the one before. Three queries do it, whatever
the number of tables: which versions come next, what they say, and what was said before them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, TruncSecond

from irm.models import Assessment
from milestones.models import DueDateChange, Milestone
from ogp_tracker.history.places import Found, Place
from ogp_tracker.history.scopes import Scope
from ogp_tracker.history.showing import show
from ogp_tracker.history.tables import EDITED
from ogp_tracker.opendata.columns import LIST_SEPARATOR, TEXT, ListOf
from ogp_tracker.opendata.tables.record import RECORDED, Recorded, Version, edited

ROUNDS = (20, 80)
"""So many versions more than a page has rows are looked at, and then, if too few of them are edits,
so many more. Behind them the page ends: the next one goes on from there."""

NO_DAY = "none"

ORDER = tuple(sorted(RECORDED, key=lambda recorded: recorded.table))
BY_TABLE = {recorded.table: recorded for recorded in RECORDED}


@dataclass(frozen=True)
class Edits:
    """Edits that were found, and how far the search went; None if to the end."""

    found: list[Found]
    until: Place | None


def newest_edits(
    scope: Scope, before: Place | None, size: int, since: datetime | None = None
) -> Edits:
    """Return so many edits at most, newest first, of those behind a place and since then."""
    found: list[Found] = []
    for more in ROUNDS:
        places = newest_versions(scope, before, size + more, since)
        found += edits_among(places)
        if len(places) < size + more:
            return Edits(found, None)
        before = places[-1]
        if len(found) >= size:
            break
    return Edits(found, before)


def newest_versions(
    scope: Scope, before: Place | None, size: int, since: datetime | None = None
) -> list[Place]:
    """Return the places of versions that may be edits, newest first."""
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
        # A part of a union has no order of its own on SQLite, but a query inside it may.
        branches.append(
            recorded.history.objects.filter(history_id__in=newest)
            .order_by()
            .annotate(rank=Value(rank, models.IntegerField()))
            .values_list("rank", "history_date", "history_id")
        )
    if not branches:
        return []
    together = union(branches).order_by("-history_date", "-rank", "-history_id")
    return [Place(at, ORDER[rank].table, key) for rank, at, key in together[:size]]


@cache
def possible_edits(table: str) -> tuple[QuerySet[Any], Q]:
    """Return all versions, and which of them may be edits: something came before, readers saw them.

    The condition is dear, so it comes behind all others, and is no list of keys to begin with: the
    newest versions are looked at one by one until there are enough. Both are kept, and not asked:
    to put them together takes longer than to answer them.
    """
    recorded = BY_TABLE[table]
    earlier = recorded.history.objects.filter(
        id=OuterRef("id"), history_date__lt=OuterRef("history_date")
    )
    follows = Q(Exists(earlier))
    if recorded.at_first:
        follows |= ~Q(
            **{name.removeprefix("told_"): value for name, value in recorded.at_first.items()}
        )
    public = recorded.public().order_by().filter(pk=OuterRef(recorded.belongs_to))
    own = recorded.seen_if.own.condition()
    may_be_edits = Q(own, Exists(public), follows, *recorded.were_public())
    return recorded.history.objects.all(), may_be_edits


def edits_among(places: list[Place]) -> Iterator[Found]:
    """Yield those of the versions that are edits, in their order."""
    versions = read((place.source, place.key) for place in places)
    earlier = read(
        (table, int(version["earlier"]))
        for (table, _key), version in versions.items()
        if version["earlier"]
    )
    for place in places:
        version = versions.get((place.source, place.key))
        if version is None or version["later"] == "true":
            continue
        recorded = BY_TABLE[place.source]
        before = earlier[place.source, int(version["earlier"])] if version["earlier"] else None
        said = [
            each for each in edited(recorded, before, version) if not told_elsewhere(version, each)
        ]
        if said:
            yield Found(place, partial(show, recorded, place, before, version, said))


def told_elsewhere(version: Version, field: tuple[str, str, str]) -> bool:
    """Return whether the change stands among the moved due days, with its reason."""
    name, was, _has = field
    moves = version.get("moved_from", "").split(LIST_SEPARATOR)
    return name == "due_on" and (was or NO_DAY) in moves


def read(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Version]:
    """Return versions by table and key, each as text and with what came `earlier` and `later`.

    Tables differ in their columns: for one query each gets as many as the widest has.
    """
    keys: dict[str, list[int]] = {}
    for table, key in wanted:
        keys.setdefault(table, []).append(key)
    if not keys:
        return {}
    branches = [whole(table).filter(history_id__in=chosen) for table, chosen in keys.items()]
    found = {}
    for table, key, *said in union(branches):
        version = dict(zip(cells_of(table), said, strict=False))
        found[table, key] = version | {"id": int(version["id"])}
    return found


@cache
def whole(table: str) -> QuerySet[Any]:
    """Return all versions of a table with their cells, as many as the widest table has."""
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
def cells_of(table: str) -> dict[str, Any]:
    """Return where the cells of a version are, by the names that `record` knows them by."""
    recorded = BY_TABLE[table]
    same_row = recorded.history.objects.filter(id=OuterRef("id"))
    # What comes in the same second is one edit: the last version of it counts.
    earlier = same_row.filter(history_date__lt=OuterRef("second"))
    later = same_row.annotate(at=TruncSecond("history_date", tzinfo=UTC)).filter(
        Q(history_date__gt=OuterRef("history_date")) | Q(history_id__gt=OuterRef("history_id")),
        history_date__gte=OuterRef("history_date"),
        at=OuterRef("second"),
    )
    newest = earlier.order_by("-history_date", "-history_id").values("history_id")[:1]
    said = dict.fromkeys(
        (
            *("id", "history_type", "history_role"),
            *("history_institution__slug", "history_institution__name"),
            *EDITED[recorded.table].columns,
            *recorded.decisive,
            *recorded.beside(),
        )
    )
    cells: dict[str, Any] = {name: as_cell(F(name)) for name in said}
    cells |= {"earlier": as_cell(Subquery(newest)), "later": yes_or_no(Exists(later))}
    # An address leads to the row as it is called today, whatever it was called then.
    row = recorded.model._default_manager.filter(pk=OuterRef("id"))
    for name in {"slug", "number"} & {*EDITED[recorded.table].columns}:
        cells[name] = as_cell(Subquery(row.values(name)))
    fields = {one.name: one for one in recorded.told_fields}
    for name, value in recorded.told.items():
        is_yes_or_no = isinstance(fields[name], models.BooleanField)
        cells[f"told_{name}"] = yes_or_no(Q(**{name: True})) if is_yes_or_no else as_cell(value)
        if shown := name_shown(recorded, fields[name]):
            cells[f"shown_{name}"] = as_cell(shown)
    if recorded.model is Milestone:
        cells["moved_from"] = as_cell(moved_from())
    return cells


def name_shown(recorded: Recorded, field: Any) -> Any:
    """Return where a page finds the name of what a field points at; None if it says itself."""
    if field.related_model is None or field.related_model is Assessment:
        return None
    names = {one.name for one in field.related_model._meta.concrete_fields}
    name = next(one for one in ("label", "title", "name") if one in names)
    if field.many_to_many:
        return recorded.list_of(field, name)
    return F(f"{field.name}__{name}")


def moved_from() -> ListOf:
    """Return the days from which a milestone's due day moved to where a version has it."""
    moves = DueDateChange.objects.filter(milestone=OuterRef("id"), moved_to=OuterRef("due_on"))
    return ListOf(
        moves.annotate(day=Coalesce(Cast("moved_from", TEXT), Value(NO_DAY, TEXT))), "day"
    )


def as_cell(value: Any) -> Any:
    """Return a value as text; "" for nothing."""
    return Coalesce(Cast(value, TEXT), Value("", TEXT))


def yes_or_no(condition: Any) -> Any:
    """Return a condition as the text that the record has for it."""
    return Case(When(condition, then=Value("true", TEXT)), default=Value("false", TEXT))


def union(branches: list[QuerySet[Any]]) -> QuerySet[Any]:
    """Return the rows of all queries, which have the same columns."""
    first, *others = branches
    return first.union(*others, all=True) if others else first
