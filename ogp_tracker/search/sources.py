"""What can be found: which columns of which rows, and which of the rows readers see.

The numbers make the keys of the index, and with them the order of what is equally good. They are
for ever, since the keys are in the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment, Institution
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
    ASSESSMENT = "assessment", _("Assessors' reports")


NUMBERS = {
    Kind.COMMITMENT: 1,
    Kind.PLAN: 2,
    Kind.INSTITUTION: 3,
    Kind.MILESTONE: 4,
    Kind.PROGRESS: 5,
    Kind.ASSESSMENT: 6,
}
KINDS = {number: kind for kind, number in NUMBERS.items()}


@dataclass(frozen=True)
class Source:
    kind: Kind
    place: int
    """Its place among the sources of its kind."""
    model: type[Model]
    head: tuple[str, ...]
    """Columns by which the row is called: they weigh more."""
    body: tuple[str, ...]
    nations: str = ""
    """The relation that leads to the nations of a row; without it the row is of none."""
    plan: str = ""

    @property
    def first_key(self) -> int:
        """The key before the first row."""
        return first_key(self.kind) | self.place << ROW_BITS

    @property
    def keys(self) -> tuple[int, int]:
        """The lowest and the highest that a row can have."""
        return self.first_key, self.first_key + (1 << ROW_BITS) - 1

    def rows(self) -> QuerySet[Model]:
        return self.model._default_manager.filter(visibility_of(self.model).condition())

    def key_of(self, pk: int) -> int:
        """In the index."""
        return self.first_key + pk


def first_key(kind: Kind) -> int:
    return NUMBERS[kind] << KIND_BITS


def keys_of(kind: Kind) -> tuple[int, int]:
    """The lowest and the highest."""
    return first_key(kind), first_key(kind) + (1 << KIND_BITS) - 1


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
        nations="nations",
        plan="plan",
    ),
    Source(Kind.PLAN, 0, ActionPlan, head=("title", "other_title"), body=("member",), plan="pk"),
    Source(
        Kind.INSTITUTION, 0, Institution, head=("name", "other_names"), body=(), nations="nation"
    ),
    Source(
        Kind.MILESTONE,
        0,
        Milestone,
        head=("text",),
        body=("due_as_published",),
        nations="commitment__nations",
        plan="commitment__plan",
    ),
    Source(
        Kind.PROGRESS,
        0,
        ProgressUpdate,
        head=(),
        body=("narrative", "obstacles", "words_as_published", "correction_reason", "source_title"),
        nations="nations",
        plan="commitment__plan",
    ),
    Source(
        Kind.PROGRESS,
        1,
        Evidence,
        head=("title",),
        body=("locator",),
        nations="update__nations",
        plan="update__commitment__plan",
    ),
    Source(
        Kind.PROGRESS,
        2,
        Reply,
        head=(),
        body=("text",),
        nations="assessment__commitment__nations",
        plan="assessment__commitment__plan",
    ),
    Source(
        Kind.PROGRESS,
        3,
        Amendment,
        head=(),
        body=("reason", "text_to", "source_title"),
        nations="commitment__nations",
        plan="commitment__plan",
    ),
    Source(Kind.ASSESSMENT, 0, Report, head=("title",), body=("tracker_note",), plan="plan"),
    Source(
        Kind.ASSESSMENT,
        1,
        Assessment,
        head=("title_in_report",),
        body=("analysis", "commitment_as_reported", "footnotes"),
        nations="commitment__nations",
        plan="commitment__plan",
    ),
    Source(
        Kind.ASSESSMENT,
        2,
        MilestoneFinding,
        head=(),
        body=("found",),
        nations="assessment__commitment__nations",
        plan="assessment__commitment__plan",
    ),
)
BY_FIRST_KEY = {source.first_key: source for source in SOURCES}
