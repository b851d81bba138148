"""Finding the rows that match a query, of those that readers see, best first."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from string import digits

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower

from commitments.models import ActionPlan, Commitment, Nation
from ogp_tracker.search.matching import Holds, Rank
from ogp_tracker.search.models import Searchable
from ogp_tracker.search.query import Query
from ogp_tracker.search.sources import (
    SOURCES,
    Kind,
    Source,
    first_key,
    kind_of,
    rows_by_source,
)

MOST = 500
"""How many are ranked and shown. With more results another word helps better."""


@dataclass(frozen=True)
class Choices:
    """The filters of a search: any of the values, or all where there are none."""

    kinds: tuple[Kind, ...] = ()
    nations: tuple[Nation, ...] = ()
    plans: tuple[ActionPlan, ...] = ()


@dataclass(frozen=True)
class Hits:
    keys: list[int] = field(default_factory=list)
    is_more: bool = False
    """Whether there are more than `keys`."""
    by_kind: Mapping[Kind, int] | None = None
    """How many of each kind were found, whichever kind was chosen; None if there are too many."""
    query: Query = field(default_factory=Query)  # With an id in full.


def find(query: Query, choices: Choices | None = None) -> Hits:
    """The commitment with this id, nations with this name, rows with the words in their heading,
    then others, by rank.

    If there are more than `MOST`, the others are those that the database finds first: nobody has to
    wait until all have been ranked.
    """
    choices = choices or Choices()
    if not query.wanted:
        return Hits()
    called, ogp_id = _commitment_called(query.like_an_id)
    if called:
        query = Query(wanted=((ogp_id,),))
    hits = _hits(query, replace(choices, kinds=()))
    by_kind = Counter(map(kind_of, hits)) if len(hits) <= MOST else None
    if choices.kinds and by_kind is None:
        hits = _hits(query, choices)
    elif choices.kinds:
        hits = {key: rank for key, rank in hits.items() if kind_of(key) in choices.kinds}
    is_more = len(hits) > MOST
    headed = _hits(query, choices, in_head=True) if hits else {}
    hits |= headed
    first = {called} | {key for key in headed if kind_of(key) == Kind.NATION}
    keys = sorted(hits, key=lambda key: (key not in first, key not in headed, -hits[key], key))
    return Hits(keys[:MOST], is_more, by_kind, query)


def readable(choices: Choices) -> Q:
    """That readers see the row of an entry, and that it matches the filters.

    Tested on the row itself: what is not public is in the index but never in the results.
    """
    condition = Q(pk__in=[])
    for source in SOURCES:
        if (rows := _chosen(source, choices)) is not None:
            row = rows.filter(pk=OuterRef("key") - Value(source.first_key))
            condition |= Q(key__range=source.keys) & Q(Exists(row))
    return condition


def _hits(query: Query, choices: Choices, *, in_head: bool = False) -> dict[int, float]:
    """At most one more than `MOST`."""
    holds = Q(Holds(query, in_head=in_head))
    looked_at = MOST + MOST // 4
    hits = _ranked(holds, query, looked_at)
    seen = _readable_among(hits, choices)
    if len(seen) <= MOST and len(hits) == looked_at:
        # Too many of these were drafts or filtered out, but there are other entries.
        return _ranked(holds & readable(choices), query, MOST + 1)
    return {key: hits[key] for key in seen}


def _readable_among(keys: Iterable[int], choices: Choices) -> set[int]:
    """Those of the keys whose rows readers see; no other rows are read."""
    asked = [
        rows.filter(pk__in=pks).annotate(key=F("pk") + Value(source.first_key)).order_by()
        for source, pks in rows_by_source(keys).items()
        if (rows := _chosen(source, choices)) is not None
    ]
    found = [rows.values_list("key", flat=True) for rows in asked]
    return set(found[0].union(*found[1:], all=True)) if found else set()


def _ranked(condition: Q, query: Query, most: int) -> dict[int, float]:
    entries = Searchable.objects.filter(condition).annotate(rank=Rank(query))
    return dict(entries.values_list("key", "rank")[:most])


def _chosen(source: Source, choices: Choices) -> QuerySet[Model] | None:
    if choices.kinds and source.kind not in choices.kinds:
        return None
    rows = source.rows()
    for path, chosen in zip(source.paths, (choices.nations, choices.plans), strict=True):
        if chosen and not path:
            return None
        rows = rows.filter(**{f"{path}__in": [one.pk for one in chosen]}) if chosen else rows
    return rows


def _commitment_called(typed: str) -> tuple[int | None, str]:
    """The key and the id of a commitment; its four digits may lack leading zeros (UK 96), or stand
    alone (0096) if only one commitment has them."""
    if not typed:
        return None, ""
    letters = typed.rstrip(digits)
    in_full = letters + typed.removeprefix(letters).lstrip("0").zfill(4)
    named = Commitment.objects.public().annotate(name=Lower("slug"))
    meant = Q(name__in=(typed, in_full)) if letters else Q(name__regex=f"^[a-z]+{in_full}$")
    found = named.filter(meant).values_list("pk", "name").order_by("pk")[:2]
    if not found or (len(found) > 1 and not letters):
        return None, ""
    key, ogp_id = found[0]
    return first_key(Kind.COMMITMENT) + key, ogp_id
