"""Whose changes are shown: those of the whole site, or of one row and what belongs to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from commitments.models import Commitment
from ogp_tracker.pages import page_of


@dataclass(frozen=True)
class Paths:
    """Where the rows of a source say what they belong to; "" where they do not say it.

    Named as the pages that have changes.
    """

    commitment: str = ""
    milestone: str = ""
    plan: str = ""
    nation: str = ""
    institution: str = ""

    @classmethod
    def below(cls, commitment: str, **others: str) -> "Paths":
        return cls(commitment=commitment, plan=f"{commitment}__plan", **others)


@dataclass(frozen=True)
class Scope:
    """A row with the commitments whose changes belong to it, or the whole site.

    Many commitments are not listed but looked up row by row: a database that began with the
    commitments would have to read every change to them to find the newest.
    """

    row: Model | None = None
    own: str = ""
    """The name of the path in `Paths` by which rows belong to it themselves."""
    commitments: QuerySet[Commitment, Any] | None = None

    def narrow(self, paths: Paths) -> Q | None:
        """The condition for the rows that belong here; None if no row of a source does."""
        if self.row is None:
            return Q()
        own = getattr(paths, self.own, "")
        found = Q(**{own: self.row.pk}) if own else None
        # A row that names its nation itself says nothing about the other nations.
        if self.commitments is None or not paths.commitment or (own and self.own == "nation"):
            return found
        by_commitment = Q(Exists(self.commitments.filter(pk=OuterRef(paths.commitment))))
        return by_commitment | found if found is not None else by_commitment


WHOLE_SITE = Scope()

COMMITMENTS: Mapping[str, Callable[[Model], Q]] = {
    "nation": lambda row: Q(nations=row),
    "plan": lambda row: Q(plan=row),
    "institution": lambda row: Q(involvements__institution=row),
}
"""Which commitments belong to the row of a page that shows the changes of several."""


def scope_of(row: Model | None) -> Scope:
    if row is None:
        return WHOLE_SITE
    name = page_of(row).name
    if name not in COMMITMENTS:
        return Scope(row, name)
    return Scope(row, name, Commitment.objects.filter(COMMITMENTS[name](row)).values("pk"))
