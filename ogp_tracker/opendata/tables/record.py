"""The record of edits: what a published text said before, and what it says since.

An edit is listed if readers could see the row just before and just after it. What a draft said is
not public, and neither is what was written while a row was withdrawn. The versions are those
of django-simple-history; each is compared with the one before as they are read. The pages of
changes ask the same of the few versions that they show (`ogp_tracker/history/edits.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, groupby, islice
from typing import Any, Literal, TypeAlias

from django.apps import apps
from django.db.models import Exists, F, Field, ForeignKey, Model, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment, Institution, Involvement
from commitments.models.membership import Role
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Milestone, NationProgress
from ogp_tracker.common.relations import model_behind
from ogp_tracker.common.visibility import Visibility, visibility_of
from ogp_tracker.opendata.as_at import reading
from ogp_tracker.opendata.columns import ListOf, text_column, time_column
from ogp_tracker.opendata.rows import snapshot
from ogp_tracker.opendata.table import Table

VersionRow = dict[str, Any]
AnyField: TypeAlias = "Field[Any, Any]"

NOT_COMPARED = {"id", "slug", "team_mailbox", "published_on", "stage"}
NOT_COMPARED |= {"assessment", "commitment", "milestone", "report", "amendment_state"}
"""Fields that are no published text: keys, mailboxes, what decides who can see a row, and what
follows from the table of amendments."""

VERSIONS_AT_ONCE = 500

AT_ONCE = timedelta(minutes=1)
"""What is saved so soon after what it belongs to was published is no edit, but belongs to it."""


@cache
def versions_kept_of(model: type[Model]) -> Any:
    """Kept, because simple_history makes a manager each time that it is asked for its model."""
    return model.history.model  # type: ignore[attr-defined]


BEFORE, THEN = "before", "then"


def alias_of(when: str, path: str) -> str:
    """Where a version has a column of another row that decides who sees it."""
    return f"{when}_{path.replace('__', '_')}"


@dataclass(frozen=True)
class RecordedTable:
    table: str
    model: type[Model]
    key: tuple[str, ...]
    """The paths of what names the row to readers."""
    seen: Literal["public", "citable"] = "public"
    """The queryset verb for the rows that readers see."""
    owner: type[Model] | None = None
    """The model of the rows that versions belong to, where deleted rows are shown, too."""
    not_compared: frozenset[str] = frozenset()
    """Fields that are not compared in this table, besides NOT_COMPARED."""
    at_first: VersionRow | None = None
    """What was so before the first version, and is again once the row is gone, by path; None where
    a row that comes or goes is no edit."""

    @property
    def seen_if(self) -> Visibility:
        """When readers see a row, asked of what was so when a version came."""
        rule: Visibility = getattr(self.model, f"{self.seen}_if")
        return rule

    @property
    def belongs_to(self) -> str:
        return str(self.owner._meta.model_name) if self.owner else "id"

    def public(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = getattr((self.owner or self.model)._default_manager, self.seen)()
        return rows

    @property
    def history(self) -> Any:
        return versions_kept_of(self.model)

    @property
    def compared_fields(self) -> list[Any]:
        """Lists last."""
        not_compared = NOT_COMPARED | self.not_compared
        kept = {one.name for one in self.history._history_m2m_fields}
        lists = [one for one in self.model._meta.many_to_many if one.name in kept]
        return [one for one in self.history.tracked_fields if one.name not in not_compared] + lists

    @property
    def compared_values(self) -> dict[str, Any]:
        return {
            one.name: self.list_of(one) if one.many_to_many else F(path_of(one))
            for one in self.compared_fields
        }

    def beside(self) -> dict[str, Subquery]:
        """The columns of other rows that decide it, as they were before and when it came."""
        return {
            alias_of(when, path): Subquery(
                self._versions_behind(path, ago)
                .order_by("-history_date", "-history_id")
                .values(path.rpartition("__")[2])[:1]
            )
            for when, ago in ((BEFORE, AT_ONCE), (THEN, timedelta()))
            for path in self.seen_if.others.columns
        }

    def were_public(self) -> list[Exists]:
        """The conditions that what a row belongs to had been public when a version came.

        If only for a time: each stops at the first version that was. To find the last one before,
        which decides, takes longer, and is only done for those that a page may show.
        """
        rules = {
            path: Visibility({path.rpartition("__")[2]: values})
            for path, values in self.seen_if.others.columns.items()
        }
        return [
            Exists(self._versions_behind(path).filter(rule.condition()))
            for path, rule in rules.items()
        ]

    def was_seen(self, before: VersionRow | None, version: VersionRow) -> bool:
        """Whether readers could see the row just before this version of it came.

        What it belongs to must have been public for a while: what was saved together with its
        publication nobody had read before. What came within that while must have come in public.
        """
        if before is None:
            # Where coming and going are edits, something was so without the row as well.
            return self.at_first is not None and self._others_let_see(version, BEFORE)
        was_there = time_of(version) - time_of(before) >= AT_ONCE
        return (
            self.seen_if.own.holds(before)
            and self._others_let_see(version, BEFORE)
            and (was_there or self._others_let_see(before, THEN))
        )

    def is_seen(self, version: VersionRow) -> bool:
        return self.seen_if.own.holds(version) and self._others_let_see(version, THEN)

    def _others_let_see(self, version: VersionRow, when: str) -> bool:
        others = self.seen_if.others
        return others.holds({path: version[alias_of(when, path)] for path in others.columns})

    def _versions_behind(self, path: str, ago: timedelta = timedelta()) -> QuerySet[Any]:
        """The versions, up to so long before a version, of the row that has a column."""
        row = path.rpartition("__")[0]
        versions: QuerySet[Any] = versions_kept_of(model_behind(self.model, row)).objects.all()
        return versions.filter(
            id=OuterRef(f"{row}_id"), history_date__lte=OuterRef("history_date") - ago
        )

    def list_of(self, field: Any, name: str = "") -> ListOf:
        """The codes in a list of a version, in their order; `name`: not codes, but these."""
        # simple_history gives each list that it keeps a model of this name.
        kept = apps.get_model(self.model._meta.app_label, f"{self.history.__name__}_{field.name}")
        other = field.m2m_reverse_field_name()
        # A commitment that another continues may have gone back to being a draft.
        seen = visibility_of(field.related_model).condition(other)
        rows = kept._default_manager.filter(seen, history=OuterRef("history_id"))
        order = [f"{other}__{name}" for name in field.related_model._meta.ordering]
        return ListOf(
            rows.order_by(*order), f"{other}__{name or field_of_key(field.related_model)}"
        )


RECORDED = (
    RecordedTable("institutions", Institution, ("slug",)),
    RecordedTable("plans", ActionPlan, ("slug",)),
    RecordedTable("commitments", Commitment, ("slug",)),
    RecordedTable(
        "involvements",
        Involvement,
        ("commitment__slug", "institution__slug", "role"),
        owner=Commitment,
        at_first={"value_institution": None, "value_role": ""},
    ),
    RecordedTable("milestones", Milestone, ("commitment__slug", "number")),
    RecordedTable(
        "nation_progress",
        NationProgress,
        ("commitment__slug", "milestone__number", "nation__code"),
        not_compared=frozenset({"nation"}),
        at_first={"value_applies": True, "value_not_applicable_reason": ""},
    ),
    RecordedTable("reports", Report, ("slug",), "citable"),
    RecordedTable("assessments", Assessment, ("report__slug", "commitment__slug"), "citable"),
    RecordedTable(
        "findings",
        MilestoneFinding,
        ("assessment__report__slug", "milestone__commitment__slug", "milestone__number"),
        "citable",
    ),
)


def edits(until: datetime | None) -> Iterator[tuple[str, ...]]:
    with snapshot():
        for recorded in RECORDED:
            yield from edits_of(recorded, until)


def edits_of(recorded: RecordedTable, until: datetime | None) -> Iterator[tuple[str, ...]]:
    """The cells of every edit of the rows of one table, row by row in their order."""
    versions = versions_of(recorded, until).iterator(chunk_size=VERSIONS_AT_ONCE)
    with reading(until):
        # The query is asked with the first row.
        first = list(islice(versions, 1))
    before: VersionRow | None = None
    for _moment, together in groupby(chain(first, versions), key=moment_of):
        # A form that is saved leaves a version for each of its lists. It is one edit.
        *_earlier, version = together
        if before is not None and before["id"] != version["id"]:
            before = None
        yield from cells_of(recorded, before, version)
        before = version


def edited(
    recorded: RecordedTable, before: VersionRow | None, version: VersionRow
) -> Iterator[tuple[str, str, str]]:
    """Each field that differs from the version before, with what it said and what it says.

    `before` is None for the first version of a row. Nothing is yielded of what readers could not
    see just before and just after.
    """
    if not (recorded.was_seen(before, version) and recorded.is_seen(version)):
        return
    said = as_it_was(recorded, version if before is None else before, is_there=before is not None)
    says = as_it_was(recorded, version)
    for name in (one.name for one in recorded.compared_fields):
        was, has = as_text(said[f"value_{name}"]), as_text(says[f"value_{name}"])
        if was != has:
            yield name, was, has


def as_it_was(recorded: RecordedTable, version: VersionRow, *, is_there: bool = True) -> VersionRow:
    """The values of a version; while the row did not exist, those of `at_first`."""
    if recorded.at_first and (not is_there or version["history_type"] == "-"):
        return version | recorded.at_first
    return version


def time_of(version: VersionRow) -> datetime:
    """The pages of changes have it as text."""
    at: datetime | str = version["history_date"]
    return datetime.fromisoformat(at) if isinstance(at, str) else at


def moment_of(version: VersionRow) -> tuple[int, datetime]:
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
            *recorded.seen_if.own.columns,
            *recorded.beside(),
            **{f"value_{name}": value for name, value in recorded.compared_values.items()},
        )
    )


def path_of(one: AnyField) -> str:
    if not isinstance(one, ForeignKey):
        return one.name
    if one.related_model is Assessment:
        return f"{one.name}__commitment__slug"
    return f"{one.name}__{field_of_key(one.related_model)}"


def field_of_key(model: type[Model]) -> str:
    """The field by which readers know a row."""
    return "slug" if "slug" in {field.name for field in model._meta.concrete_fields} else "code"


def cells_of(
    recorded: RecordedTable, before: VersionRow | None, now: VersionRow
) -> Iterator[tuple[str, ...]]:
    at = now["history_date"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    key = "/".join(str(now[path]) for path in recorded.key)
    who = as_text(now["history_institution__slug"]), now["history_role"]
    for name, was, has in edited(recorded, before, now):
        yield recorded.table, key, at, name, was, has, *who


def as_text(value: object) -> str:
    """A value as a cell has it (`ogp_tracker.opendata.columns`)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


HISTORY = Table(
    name="history",
    title=_("Edits of published texts"),
    description=_(
        "Every edit since publication here: one row for each edit of each field. For an"
        " institution that was added, “before” is empty; for one that was removed, “after” is"
        " empty. Progress updates are not edited: their corrections are in the table of updates."
    ),
    read=edits,
    key=("table", "row", "edited_at", "field"),
    authors=("government", "assessor", "tracker"),
    columns=(
        text_column(
            "table",
            _("The table that was edited."),
            codes=tuple(recorded.table for recorded in RECORDED),
            required=True,
        ),
        text_column(
            "row",
            _("The key of the row in that table, its parts separated by slashes."),
            required=True,
        ),
        time_column("edited_at", _("When it was edited."), required=True),
        text_column("field", _("The field that was edited."), required=True),
        text_column("before", _("Its value before.")),
        text_column("after", _("Its value after.")),
        text_column(
            "institution_id",
            _("The institution on whose behalf it was edited. Empty: not recorded."),
        ),
        text_column(
            "role",
            _("The role of the person who edited it. Names of people are not published."),
            codes=tuple(Role.values),
        ),
    ),
)
