"""The record of edits: what a published text said before, and what it says since.

An edit is listed if readers could see the row just before and just after it. Drafts are not public,
and neither is what was written while a row was withdrawn. The versions are those of
django-simple-history; each is compared with the one before as they are read. The pages of changes
compare the few versions that they show in the same way (`ogp_tracker/history/edits.py`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, TypeAlias

from django.apps import apps
from django.db.models import (
    F,
    Field,
    ForeignKey,
    ManyToManyField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment, Institution, Involvement
from commitments.models.membership import Role
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Milestone, NationProgress
from ogp_tracker.opendata.as_at import reading
from ogp_tracker.opendata.columns import ListOf, text_column, time_column
from ogp_tracker.opendata.rows import ROWS_AT_ONCE, Block, snapshot
from ogp_tracker.opendata.table import Table

VersionRow = dict[str, Any]
AnyField: TypeAlias = "Field[Any, Any]"

NOT_COMPARED = {"id", "slug", "team_mailbox", "published_on", "stage"}
NOT_COMPARED |= {"assessment", "commitment", "milestone", "report"}
"""Fields that are not published text: keys, mailboxes, and what decides who can see a row."""

COLUMN_NAMES = {"first_day": "start_date", "last_day": "end_date"}
"""Fields whose columns in the other tables have another name."""

AT_ONCE = timedelta(minutes=1)
"""What is added to a commitment this soon after it is created belongs to it and is not an edit."""


@cache
def versions_kept_of(model: type[Model]) -> Any:
    """The model of a model's versions. Cached: simple_history makes a manager for each call."""
    return model.history.model  # type: ignore[attr-defined]


def then(model: type[Model], path: str, name: str, ago: timedelta = timedelta()) -> Subquery:
    """What a field of another row, found by `path`, said when the version was written.

    `ago`: that long before it was written.
    """
    versions = versions_kept_of(model).objects.filter(
        id=OuterRef(path), history_date__lte=OuterRef("history_date") - ago
    )
    return Subquery(versions.order_by("-history_date", "-history_id").values(name)[:1])


@dataclass(frozen=True)
class RecordedTable:
    table: str
    model: type[Model]
    public: Callable[[], QuerySet[Any]]
    key: tuple[str, ...]
    """The paths of the fields that name the row to readers."""
    seen_if: Callable[[VersionRow], bool] = lambda version: True
    """Whether readers could see the row as it is in this version."""
    beside: Callable[[], dict[str, Any]] = dict
    """What `seen_if` has to know about other rows, as they were then."""
    belongs_to: str = "id"
    """The column of a version that `public` filters by, where deleted rows are shown, too."""
    not_compared: frozenset[str] = frozenset()
    """Fields that are not compared in this table, besides NOT_COMPARED."""
    at_first: VersionRow | None = None
    """The values before the first version and after the row is deleted; None where creating or
    deleting a row is not an edit."""

    @property
    def history(self) -> Any:
        return versions_kept_of(self.model)

    @property
    def compared_fields(self) -> list[AnyField]:
        """Lists last."""
        left_out = NOT_COMPARED | self.not_compared
        lists = [one for one in self.model._meta.many_to_many if self.keeps(one)]
        return [one for one in self.history.tracked_fields if one.name not in left_out] + lists

    @property
    def compared_values(self) -> dict[str, ListOf | F]:
        """The name of each compared field, and the expression of its value."""
        return {
            one.name: self.list_of(one) if isinstance(one, ManyToManyField) else F(path_of(one))
            for one in self.compared_fields
        }

    @property
    def decisive(self) -> list[str]:
        """The fields of the row itself that decide whether readers see it."""
        names = [one.name for one in self.model._meta.concrete_fields]
        return [name for name in names if name in {"published_on", "stage"}]

    def keeps(self, field: AnyField) -> bool:
        return any(one.name == field.name for one in self.history._history_m2m_fields)

    def list_of(self, field: "ManyToManyField[Any, Any]", name: str = "") -> ListOf:
        """The codes in a list of a version, in their order, or the values of `name` instead."""
        # simple_history gives each list that it keeps a model of this name.
        kept = apps.get_model(self.model._meta.app_label, f"{self.history.__name__}_{field.name}")
        other = field.m2m_reverse_field_name()
        rows = kept._default_manager.filter(history=OuterRef("history_id"))
        order = [f"{other}__{name}" for name in field.related_model._meta.ordering or ()]
        return ListOf(rows.order_by(*order), f"{other}__{name or name_of(field.related_model)}")


def is_published(version: VersionRow) -> bool:
    """Whether the version, and the rows that it belongs to, had a date of publication."""
    named = [
        name
        for name in version
        if name in {"published_on", "commitment_published_on", "assessment_published_on"}
    ]
    return all(version[name] for name in named) and version.get("stage_then", "final") == "final"


def commitment_published_then(
    path: str = "commitment_id", ago: timedelta = timedelta()
) -> dict[str, Any]:
    return {"commitment_published_on": then(Commitment, path, "published_on", ago)}


RECORDED = (
    RecordedTable("institutions", Institution, Institution.objects.public, ("slug",)),
    RecordedTable("plans", ActionPlan, ActionPlan.objects.public, ("slug",)),
    RecordedTable("commitments", Commitment, Commitment.objects.public, ("slug",), is_published),
    RecordedTable(
        "involvements",
        Involvement,
        Commitment.objects.public,
        ("commitment__slug", "institution__slug", "role"),
        is_published,
        partial(commitment_published_then, ago=AT_ONCE),
        belongs_to="commitment",
        at_first={"value_institution": None, "value_role": ""},
    ),
    RecordedTable(
        "milestones",
        Milestone,
        Milestone.objects.public,
        ("commitment__slug", "number"),
        is_published,
        commitment_published_then,
    ),
    RecordedTable(
        "nation_progress",
        NationProgress,
        NationProgress.objects.public,
        ("milestone__commitment__slug", "milestone__number", "nation__code"),
        is_published,
        partial(commitment_published_then, "milestone__commitment_id", AT_ONCE),
        not_compared=frozenset({"nation"}),
        at_first={"value_applies": True, "value_not_applicable_reason": ""},
    ),
    RecordedTable(
        "reports",
        Report,
        Report.objects.citable,
        ("slug",),
        lambda version: version["stage"] == Report.Stage.FINAL,
    ),
    RecordedTable(
        "assessments",
        Assessment,
        Assessment.objects.citable,
        ("report__slug", "commitment__slug"),
        is_published,
        lambda: commitment_published_then() | {"stage_then": then(Report, "report_id", "stage")},
    ),
    RecordedTable(
        "findings",
        MilestoneFinding,
        MilestoneFinding.objects.citable,
        ("assessment__report__slug", "milestone__commitment__slug", "milestone__number"),
        is_published,
        lambda: {"assessment_published_on": then(Assessment, "assessment_id", "published_on")},
    ),
)


def edits(until: datetime | None) -> Iterator[Block]:
    block: list[tuple[str, ...]] = []
    with snapshot():
        for recorded in RECORDED:
            for row in edits_of(recorded, until):
                block.append(row)
                if len(block) == ROWS_AT_ONCE:
                    yield block
                    block = []
    if block:
        yield block


def edits_of(recorded: RecordedTable, until: datetime | None) -> Iterator[tuple[str, ...]]:
    versions = versions_of(recorded, until).iterator(chunk_size=ROWS_AT_ONCE)
    with reading(until):
        # The query is executed with the first row.
        version = next(versions, None)
    before: VersionRow | None = None
    while version is not None:
        following = next(versions, None)
        if following is not None and moment_of(following) == moment_of(version):
            # Saving a form writes a version for each of its lists. Together they are one edit.
            version = following
            continue
        if before is not None and before["id"] != version["id"]:
            before = None
        yield from cells_of(recorded, before, version)
        before, version = version, following


def edited(
    recorded: RecordedTable, before: VersionRow | None, version: VersionRow
) -> Iterator[tuple[str, str, str]]:
    """Yield each field that differs from the version before, with its old and new value.

    `before` is None for the first version of a row. Nothing is yielded that readers could not see
    just before and just after.
    """
    at_first = recorded.at_first
    # Where creating and deleting are edits, the version itself tells whether readers saw the row.
    was_seen = at_first is not None or (before is not None and recorded.seen_if(before))
    if not was_seen or not recorded.seen_if(version):
        return
    old = as_it_was(recorded, version if before is None else before, is_there=before is not None)
    new = as_it_was(recorded, version)
    for name in (one.name for one in recorded.compared_fields):
        was, has = as_text(old[f"value_{name}"]), as_text(new[f"value_{name}"])
        if was != has:
            yield name, was, has


def as_it_was(recorded: RecordedTable, version: VersionRow, *, is_there: bool = True) -> VersionRow:
    """The values of a version; while the row did not exist, those of `at_first`."""
    if recorded.at_first and not (is_there and version["history_type"] != "-"):
        return version | recorded.at_first
    return version


def moment_of(version: VersionRow) -> tuple[int, datetime]:
    """The row's id, and the second in which the version was written."""
    return version["id"], version["history_date"].replace(microsecond=0)


def versions_of(recorded: RecordedTable, until: datetime | None) -> QuerySet[Any, Any]:
    versions = recorded.history.objects.filter(
        **{f"{recorded.belongs_to}__in": recorded.public().order_by().values("pk")}
    )
    if until is not None:
        versions = versions.filter(history_date__lt=until)
    return (
        versions.annotate(**recorded.beside())
        .order_by("id", "history_date", "history_id")
        .values(
            "id",
            "history_date",
            "history_type",
            "history_institution__slug",
            "history_role",
            *recorded.key,
            *recorded.decisive,
            *recorded.beside(),
            **{f"value_{name}": value for name, value in recorded.compared_values.items()},
        )
    )


def path_of(one: AnyField) -> str:
    if not isinstance(one, ForeignKey):
        return one.name
    if one.related_model is Assessment:
        return f"{one.name}__commitment__slug"
    return f"{one.name}__{name_of(one.related_model)}"


def name_of(model: type[Model]) -> str:
    """The field by which readers know a row."""
    names = {field.name for field in model._meta.concrete_fields}
    return "slug" if "slug" in names else "code"


def cells_of(
    recorded: RecordedTable, before: VersionRow | None, now: VersionRow
) -> Iterator[tuple[str, ...]]:
    at = now["history_date"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    key = "/".join(str(now[path]) for path in recorded.key)
    who = as_text(now["history_institution__slug"]), now["history_role"]
    for name, was, has in edited(recorded, before, now):
        yield recorded.table, key, at, COLUMN_NAMES.get(name, name), was, has, *who


def as_text(value: object) -> str:
    """A value as a cell has it (`ogp_tracker.opendata.columns`)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


HISTORY = Table(
    name="history",
    title=_("Edits of published texts"),
    description=_(
        "What was edited since it was published here: one row for each edit of each field. An"
        " involvement that was added said nothing before, and one that was taken away says nothing"
        " since. Reports of progress are not edited; their corrections stand in the table of"
        " updates."
    ),
    read=edits,
    key=("table", "row", "edited_at", "field"),
    authors=("government", "assessor", "tracker"),
    columns=(
        text_column(
            "table",
            _("The table of the row."),
            codes=tuple(recorded.table for recorded in RECORDED),
            required=True,
        ),
        text_column(
            "row", _("The key of the row there, its parts with slashes between."), required=True
        ),
        time_column("edited_at", _("When it was edited."), required=True),
        text_column("field", _("What was edited."), required=True),
        text_column("before", _("What it said before.")),
        text_column("after", _("What it says since.")),
        text_column(
            "institution_id",
            _("The institution for which whoever edited it acted then; empty if nobody knows."),
        ),
        text_column(
            "role",
            _("In which role; people's names are not published."),
            codes=tuple(Role.values),
        ),
    ),
)
