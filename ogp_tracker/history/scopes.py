"""Of what the changes are shown: of the whole site, or of one row and what belongs to it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from commitments.models import ActionPlan, Commitment, Institution, Nation
from milestones.models import Milestone


@dataclass(frozen=True)
class Paths:
    """Where the rows of a source say what they belong to; "" where they do not say it."""

    commitment: str = ""
    milestone: str = ""
    plan: str = ""
    nation: str = ""
    institution: str = ""


@dataclass(frozen=True)
class Scope:
    """The whole site, or a row of it with the commitments whose changes belong to it.

    Of many commitments it is asked row by row whether one belongs: a database that began with the
    commitments would have to look at all that ever changed of them to find the newest.
    """

    row: Any = None
    own: str = ""
    """The name of the path in `Paths` by which rows belong to it themselves."""
    commitments: QuerySet[Any] | None = None

    def narrow(self, paths: Paths) -> Q | None:
        """Return the condition for the rows that belong here; None if no row of a source does."""
        if self.row is None:
            return Q()
        own = getattr(paths, self.own)
        found = Q(**{own: self.row.pk}) if own else None
        # What says itself of which nation it speaks does not speak of the others.
        if self.commitments is None or not paths.commitment or (own and self.own == "nation"):
            return found
        by_commitment = Q(Exists(self.commitments.filter(pk=OuterRef(paths.commitment))))
        return by_commitment | found if found is not None else by_commitment


WHOLE_SITE = Scope()


def of_commitment(row: Commitment) -> Scope:
    """Return the scope of a commitment, its milestones and assessments."""
    return Scope(row, "commitment")


def of_milestone(row: Milestone) -> Scope:
    """Return the scope of a milestone and what was found of it."""
    return Scope(row, "milestone")


def of_plan(row: ActionPlan) -> Scope:
    """Return the scope of a plan, its commitments and the reports about it."""
    return Scope(row, "plan", Commitment.objects.filter(plan=row).values("pk"))


def of_nation(row: Nation) -> Scope:
    """Return the scope of a nation: what speaks for it, and the commitments delivered there."""
    return Scope(row, "nation", Commitment.objects.filter(nations=row).values("pk"))


def of_institution(row: Institution) -> Scope:
    """Return the scope of an institution: what it says, and the commitments it takes part in."""
    mine = Commitment.objects.filter(involvements__institution=row)
    return Scope(row, "institution", mine.values("pk"))
