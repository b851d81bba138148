"""The record of edits: what a published text said before, and what it says since.

An edit is listed if readers could see the row just before and just after it. What a draft said is
nobody's business, and neither is what was written while a row was withdrawn. The versions are those
of django-simple-history; each is compared with the one before as they are read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import ForeignKey, Model, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment, Institution
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Milestone
from ogp_tracker.data.as_at import reading
from ogp_tracker.data.columns import moment, text
from ogp_tracker.data.rows import ROWS_AT_ONCE, Block, one_moment
from ogp_tracker.data.table import Table

Version = dict[str, Any]
Fields = list[Any]

UNTOLD = {"id", "slug", "team_mailbox", "published_on", "stage"}
UNTOLD |= {"assessment", "commitment", "milestone", "report"}
"""Fields that are no published text: keys, mailboxes, and what decides who can see a row."""


def then(model: type[Model], path: str, name: str) -> Subquery:
    """Return what a field of another row, which `path` names, said when the version came."""
    versions = model.history.model.objects.filter(  # type: ignore[attr-defined]
        id=OuterRef(path), history_date__lte=OuterRef("history_date")
    )
    return Subquery(versions.order_by("-history_date", "-history_id").values(name)[:1])


@dataclass(frozen=True)
class Recorded:
    """A table of which every version is kept."""

    table: str
    model: type[Model]
    public: Callable[[], QuerySet[Any]]
    key: tuple[str, ...]
    """The paths of what names the row to readers."""
    seen_if: Callable[[Version], bool] = lambda version: True
    """Say whether readers could see the row as this version has it."""
    beside: Callable[[], dict[str, Any]] = dict
    """Make what `seen_if` has to know of other rows, as it was then."""


def is_published(version: Version) -> bool:
    """Return whether the version, and whatever it belongs to, had a day of publication."""
    named = [name for name in version if name in {"published_on", "commitment_day", "said_on"}]
    return all(version[name] for name in named) and version.get("stage_then", "final") == "final"


def day_of_commitment() -> dict[str, Any]:
    """Make the day of publication that the commitment had then."""
    return {"commitment_day": then(Commitment, "commitment_id", "published_on")}


RECORDED = (
    Recorded("institutions", Institution, Institution.objects.public, ("slug",)),
    Recorded("plans", ActionPlan, ActionPlan.objects.public, ("slug",)),
    Recorded("commitments", Commitment, Commitment.objects.public, ("slug",), is_published),
    Recorded(
        "milestones",
        Milestone,
        Milestone.objects.public,
        ("commitment__slug", "number"),
        is_published,
        day_of_commitment,
    ),
    Recorded(
        "reports",
        Report,
        Report.objects.citable,
        ("slug",),
        lambda version: version["stage"] == Report.Stage.FINAL,
    ),
    Recorded(
        "assessments",
        Assessment,
        Assessment.objects.citable,
        ("report__slug", "commitment__slug"),
        is_published,
        lambda: day_of_commitment() | {"stage_then": then(Report, "report_id", "stage")},
    ),
    Recorded(
        "findings",
        MilestoneFinding,
        MilestoneFinding.objects.citable,
        ("assessment__report__slug", "milestone__commitment__slug", "milestone__number"),
        is_published,
        lambda: {"said_on": then(Assessment, "assessment_id", "published_on")},
    ),
)


def edits(until: datetime | None) -> Iterator[Block]:
    """Yield the cells of every edit that came before the moment `until`, block by block."""
    block: list[tuple[str, ...]] = []
    with one_moment():
        for recorded in RECORDED:
            for row in edits_of(recorded, until):
                block.append(row)
                if len(block) == ROWS_AT_ONCE:
                    yield block
                    block = []
    if block:
        yield block


def edits_of(recorded: Recorded, until: datetime | None) -> Iterator[tuple[str, ...]]:
    """Yield the cells of every edit of the rows of one table, row by row in their order."""
    told = [one for one in recorded.model._meta.concrete_fields if one.name not in UNTOLD]
    versions = versions_of(recorded, told, until).iterator(chunk_size=ROWS_AT_ONCE)
    with reading(until):
        # The query is asked with the first row.
        before = next(versions, None)
    for version in versions:
        same_row = before is not None and before["id"] == version["id"]
        if before and same_row and recorded.seen_if(before) and recorded.seen_if(version):
            yield from differences(recorded, told, before, version)
        before = version


def versions_of(recorded: Recorded, told: Fields, until: datetime | None) -> QuerySet[Any, Any]:
    """Return all versions of the public rows, each row's one after the other."""
    versions = recorded.model.history.model.objects.filter(  # type: ignore[attr-defined]
        id__in=recorded.public().order_by().values("pk")
    )
    if until is not None:
        versions = versions.filter(history_date__lt=until)
    decisive = [
        one.name
        for one in recorded.model._meta.concrete_fields
        if one.name in {"published_on", "stage"}
    ]
    return (
        versions.annotate(**recorded.beside())
        .order_by("id", "history_date", "history_id")
        .values(
            "id",
            "history_date",
            *recorded.key,
            *decisive,
            *recorded.beside(),
            *(path_of(one) for one in told),
        )
    )


def path_of(one: Any) -> str:
    """Return the path of what a field says: of another row its address."""
    if not isinstance(one, ForeignKey):
        return one.name
    if one.related_model is Assessment:
        return f"{one.name}__commitment__slug"
    names = {field.name for field in one.related_model._meta.concrete_fields}
    return f"{one.name}__{'slug' if 'slug' in names else 'code'}"


def differences(
    recorded: Recorded, told: Fields, before: Version, now: Version
) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each field that differs between two versions of a row."""
    at = now["history_date"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    key = "/".join(str(now[path]) for path in recorded.key)
    for one in told:
        was, has = as_text(before[path_of(one)]), as_text(now[path_of(one)])
        if was != has:
            yield recorded.table, key, at, one.name, was, has


def as_text(value: Any) -> str:
    """Return a value as a cell has it (`ogp_tracker.data.columns`)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


HISTORY = Table(
    name="history",
    title=_("Edits of published texts"),
    description=_(
        "What was edited since it was published here: one row for each edit of each field. Reports"
        " of progress are not edited; their corrections stand in the table of updates."
    ),
    read=edits,
    key=("table", "row", "edited_at", "field"),
    words_of=("government", "assessor", "tracker"),
    columns=(
        text(
            "table",
            _("The table of the row."),
            "",
            codes=tuple(recorded.table for recorded in RECORDED),
            required=True,
        ),
        text(
            "row", _("The key of the row there, its parts with slashes between."), "", required=True
        ),
        moment("edited_at", _("When it was edited."), "", required=True),
        text("field", _("What was edited."), "", required=True),
        text("before", _("What it said before."), ""),
        text("after", _("What it says since."), ""),
    ),
)
