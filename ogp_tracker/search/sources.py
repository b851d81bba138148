"""What can be found: which columns of which rows, and which of the rows readers see.

The numbers make the keys of the index, and with them the order of what is equally good. They are
for ever, since the keys are in the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Model, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment, Institution, Nation, PolicyArea
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones.models import Amendment, Evidence, Milestone, ProgressUpdate
from ogp_tracker.common.visibility import visibility_of

ROW_BITS = 40
KIND_BITS = ROW_BITS + 4


class Kind(TextChoices):
    COMMITMENT = "commitment", _("Commitments")
    PLAN = "plan", _("Action plans")
    INSTITUTION = "institution", _("Institutions")
    MILESTONE = "milestone", _("Milestones")
    PROGRESS = "progress", _("Progress updates and replies")
    ASSESSMENT = "assessment", _("Assessors’ reports")
    NATION = "nation", _("Nations")
    POLICY_AREA = "area", _("Policy areas")


# A further kind comes last.
NUMBERS = {kind: number for number, kind in enumerate(Kind, start=1)}
KINDS = {number: kind for kind, number in NUMBERS.items()}


class Paths(NamedTuple):
    """The relations that lead to the nations and to the plan of a row; "" if it has none."""

    nations: str = ""
    plan: str = ""


def below(commitment: str) -> Paths:
    return Paths(f"{commitment}__nations", f"{commitment}__plan")


@dataclass(frozen=True)
class Source:
    kind: Kind
    place: int
    """Its place among the sources of its kind."""
    model: type[Model]
    paths: Paths
    body: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    """Columns by which the row is called: they weigh more."""

    @property
    def first_key(self) -> int:
        return first_key(self.kind) | self.place << ROW_BITS

    @property
    def keys(self) -> tuple[int, int]:
        """The lowest and the highest that a row can have."""
        return self.first_key, self.first_key + (1 << ROW_BITS) - 1

    def rows(self) -> QuerySet[Model]:
        return self.model._default_manager.filter(visibility_of(self.model).condition())


def first_key(kind: Kind) -> int:
    return NUMBERS[kind] << KIND_BITS


def kind_of(key: int) -> Kind:
    return KINDS[key >> KIND_BITS]


def rows_by_source(keys: Iterable[int]) -> dict[Source, list[int]]:
    found: dict[Source, list[int]] = {}
    for key in keys:
        source = BY_FIRST_KEY[key >> ROW_BITS << ROW_BITS]
        found.setdefault(source, []).append(key - source.first_key)
    return found


SOURCES = (
    Source(
        Kind.COMMITMENT,
        0,
        Commitment,
        Paths("nations", "plan"),
        head=("ogp_id", "title"),
        body=(
            "objective",
            "problem",
            "contribution",
            "timeline_as_published",
            "lead_as_published",
            "support_as_published",
            "editorial_note",
            "tracker_note",
        ),
    ),
    Source(
        Kind.PLAN, 0, ActionPlan, Paths(plan="pk"), head=("title", "other_title"), body=("member",)
    ),
    Source(Kind.INSTITUTION, 0, Institution, Paths("nation"), head=("name", "other_names")),
    Source(
        Kind.MILESTONE,
        0,
        Milestone,
        below("commitment"),
        head=("text",),
        body=("due_as_published",),
    ),
    Source(
        Kind.PROGRESS,
        0,
        ProgressUpdate,
        Paths("nations", "commitment__plan"),
        body=("narrative", "obstacles", "words_as_published", "correction_reason", "source_title"),
    ),
    Source(
        Kind.PROGRESS,
        1,
        Evidence,
        Paths("update__nations", "update__commitment__plan"),
        head=("title",),
        body=("locator",),
    ),
    Source(Kind.PROGRESS, 2, Reply, below("assessment__commitment"), body=("text",)),
    Source(
        Kind.PROGRESS, 3, Amendment, below("commitment"), body=("reason", "text_to", "source_title")
    ),
    Source(Kind.ASSESSMENT, 0, Report, Paths(plan="plan"), head=("title",), body=("tracker_note",)),
    Source(
        Kind.ASSESSMENT,
        1,
        Assessment,
        below("commitment"),
        head=("title_in_report",),
        body=("analysis", "commitment_as_reported", "footnotes"),
    ),
    Source(Kind.ASSESSMENT, 2, MilestoneFinding, below("assessment__commitment"), body=("found",)),
    Source(Kind.NATION, 0, Nation, Paths("pk"), head=("name", "label", "other_names")),
    Source(Kind.POLICY_AREA, 0, PolicyArea, Paths(), head=("name",)),
)
BY_FIRST_KEY = {source.first_key: source for source in SOURCES}
