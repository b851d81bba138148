"""The data as they were: any query of ours, answered as this site would have answered it before.

Each table that a query names is hidden by a common table expression of the same name in front of
the query (SQL's WITH), which gives the rows as they were at that time: from the versions that
django-simple-history keeps or, where rows never change, the rows that existed. So the same queryset
verbs decide what is public, and no page or export has a second definition.

What is kept of the past: commitments, involvements, plans, institutions, milestones, assessments,
findings, reports and replies in every version; progress updates, evidence and moved due dates from
their own times; the progress in the nations from the published updates, and whether a milestone
applies there from its versions; what a milestone repeats of both from them, as they were. Nations,
policy areas and OGP values have no past.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Min, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import Commitment, Nation
from milestones import known, levels_in
from milestones.conditions import midnight
from milestones.levels import ORDER, Level, LevelBasis, Overall, Provenance
from milestones.models import Amendment, Evidence, Milestone, NationProgress, ProgressUpdate
from ogp_tracker.common.loaded_history import keeps_history
from ogp_tracker.common.written_dates import read_day
from ogp_tracker.opendata.version import APPS

VERSIONS = "milestone_versions"
"""What the milestones said, for the table of milestones that is made of it."""


class WriteWhileReadingPast(Exception):
    """Something tried to write while the past was being read."""


def past_date(text: str) -> date:
    """Raises ValidationError, which says to the reader what to write."""
    on = read_day(text)
    if on > timezone.localdate():
        sentence = _("“%(typed)s” is in the future. Use today's date or an earlier one.")
        raise ValidationError(sentence % {"typed": text[:40]})
    return on


def first_day() -> date | None:
    """The date on which this site first had something published to show; one query."""
    published = Commitment.history.filter(Commitment.public_if.condition())
    first = published.aggregate(first=Min("history_date"))["first"]
    return timezone.localdate(first) if first else None


def too_early(typed: str, first: date | None) -> str:
    """What is wrong with a date before the first one, for pages and data alike."""
    sentence = _("At the end of “%s” this site had published nothing.") % typed
    if first is None:
        return sentence
    return f"{sentence} {_('Use %s or a later date.') % date_format(first)}"


def end_of(on: date) -> datetime:
    return midnight(on + timedelta(days=1))


@contextmanager
def reading(moment: datetime | None, using: str = "default") -> Iterator[None]:
    """Answer the queries inside as at just before `moment`; None leaves them as they are."""
    if moment is None:
        yield
        return
    connection = connections[using]

    def answer(
        execute: Callable[..., Any],
        sql: str,
        params: Sequence[Any] | None,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        if not sql.lstrip("( \n").upper().startswith("SELECT"):
            raise WriteWhileReadingPast(sql)
        return execute(*with_history_ctes(connection, moment, sql, params), many, context)

    with connection.execute_wrapper(answer), _grouping_by_all_columns(connection):
        yield


@contextmanager
def _grouping_by_all_columns(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Make Django name all columns by which it groups.

    PostgreSQL accepts a table's primary key for all its columns; a common table expression has
    none.
    """
    features = connection.features
    was = features.allows_group_by_selected_pks
    features.allows_group_by_selected_pks = False
    try:
        yield
    finally:
        features.allows_group_by_selected_pks = was


def with_history_ctes(
    connection: BaseDatabaseWrapper, moment: datetime | None, sql: str, params: Sequence[Any] | None
) -> tuple[str, tuple[Any, ...]]:
    """The query and its parameters, changed to be answered as at just before `moment`."""
    if moment is None:
        return sql, tuple(params or ())
    ctes = ", ".join(f'"{table}" AS ({body})' for table, body in _ctes(connection))
    at = connection.ops.adapt_datetimefield_value(moment)
    return f"WITH {ctes} {sql}", (*[at] * ctes.count("%s"), *(params or ()))


def _ctes(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    # Inside a common table expression its own name would mean itself, not the table.
    schema = "main." if connection.vendor == "sqlite" else ""
    for name in APPS:
        for model in apps.get_app_config(name).get_models():
            # These follow below: their versions have none of what they repeat of updates.
            if keeps_history(model) and model not in {NationProgress, Milestone}:
                yield model._meta.db_table, _of_versions(model)
                yield from _of_lists(model)
    updates, evidence, amendments = (
        model._meta.db_table for model in (ProgressUpdate, Evidence, Amendment)
    )
    yield updates, f"SELECT * FROM {schema}{updates} WHERE published_at < %s"
    yield amendments, f"SELECT * FROM {schema}{amendments} WHERE published_at < %s"
    yield evidence, _of_evidence(f"{schema}{evidence}")
    yield NationProgress._meta.db_table, _of_progress(f"{schema}{NationProgress._meta.db_table}")
    yield VERSIONS, _of_versions(Milestone)
    yield Milestone._meta.db_table, _of_milestones(connection)
    yield from _of_lists(Milestone)


def _of_versions(model: type[Model]) -> str:
    versions: type[Model] = model.history.model  # type: ignore[attr-defined]
    return (
        f"SELECT {_columns(model, {})}, history_id FROM (SELECT *, row_number() OVER"
        " (PARTITION BY id ORDER BY history_date DESC, history_id DESC) AS place"
        f' FROM "{versions._meta.db_table}" WHERE history_date < %s) versions'
        " WHERE place = 1 AND history_type <> '-'"
    )


def _columns(model: type[Model], others: Mapping[str, str]) -> str:
    """`others` has the SQL of columns that versions have not; without one it is NULL."""
    versions: type[Model] = model.history.model  # type: ignore[attr-defined]
    kept = {field.column for field in versions._meta.concrete_fields}
    return ", ".join(
        f'"{name}"' if name in kept else f"{others.get(name, 'NULL')} AS {name}"
        for name in (str(field.column) for field in model._meta.concrete_fields)
    )


def _of_lists(model: type[Model]) -> Iterator[tuple[str, str]]:
    for field in model._meta.many_to_many:
        through: Any = field.remote_field.through
        # simple_history gives each list that it keeps a model of this name.
        kept = f"{model.history.model.__name__}_{field.name}"  # type: ignore[attr-defined]
        table = apps.get_model(model._meta.app_label, kept)._meta.db_table
        own, other = field.m2m_column_name(), field.m2m_reverse_name()
        yield (
            through._meta.db_table,
            (
                f'SELECT list.m2m_history_id AS id, list."{own}", list."{other}"'
                f' FROM "{table}" list JOIN "{model._meta.db_table}" held'
                " ON held.history_id = list.history_id"
            ),
        )


def _of_evidence(table: str) -> str:
    """Evidence with what was known of its address then."""
    unknown_yet = {"last_checked_at": "NULL", "last_answer": "''", "last_alive_at": "NULL"}
    columns = ", ".join(
        f"CASE WHEN last_checked_at < %s THEN {name} ELSE {unknown_yet[name]} END AS {name}"
        if name in unknown_yet
        else f'"{name}"'
        for name in (field.column for field in Evidence._meta.concrete_fields)
    )
    return f"SELECT {columns} FROM {table}"


def _of_progress(table: str) -> str:
    """Progress by the updates published until then, by the rule of `expected_cells`."""
    updates = ProgressUpdate._meta.db_table
    nations = ProgressUpdate.nations.through._meta.db_table
    versions = NationProgress.history.model._meta.db_table
    texts = ("level", "level_basis", "schedule", "words_as_published", "provenance")
    said = ", ".join(f"COALESCE(said.{name}, '') AS {name}" for name in texts)
    return (
        "SELECT cell.id, cell.commitment_id, cell.milestone_id, cell.nation_id,"
        " COALESCE(kept.applies, TRUE) AS applies,"
        " COALESCE(kept.not_applicable_reason, '') AS not_applicable_reason,"
        f" {said}, said.as_of, said.update_id"
        f" FROM {table} cell LEFT JOIN"
        " (SELECT id, applies, not_applicable_reason, row_number() OVER"
        " (PARTITION BY id ORDER BY history_date DESC, history_id DESC) AS place"
        f' FROM "{versions}" WHERE history_date < %s) kept'
        " ON kept.id = cell.id AND kept.place = 1 LEFT JOIN"
        # 0 where the commitment as a whole is meant: NULL is equal to nothing.
        " (SELECT u.commitment_id, COALESCE(u.milestone_id, 0) AS milestone_or_whole,"
        f" {', '.join(f'u.{name}' for name in texts)}, u.as_of, u.id AS update_id, n.nation_id,"
        " row_number() OVER (PARTITION BY u.commitment_id, u.milestone_id, n.nation_id"
        " ORDER BY u.as_of DESC, u.recorded_at DESC, u.id DESC) AS place"
        f' FROM "{updates}" u JOIN "{nations}" n ON n.progressupdate_id = u.id'
        f' WHERE NOT EXISTS (SELECT 1 FROM "{updates}" later WHERE later.corrects_id = u.id)'
        ") said ON said.commitment_id = cell.commitment_id"
        " AND said.milestone_or_whole = COALESCE(cell.milestone_id, 0)"
        " AND said.nation_id = cell.nation_id AND said.place = 1"
    )


def _of_milestones(connection: BaseDatabaseWrapper) -> str:
    """With what they repeat, as in `summary_of`, but for what only work lists read."""
    progress, updates = (one._meta.db_table for one in (NationProgress, ProgressUpdate))
    day, zones = connection.ops.datetime_cast_date_sql("MAX(published_at)", (), settings.TIME_ZONE)
    day %= tuple(f"'{zone}'" for zone in zones)
    ranks = " ".join(f"WHEN '{level}' THEN {rank}" for level, rank in ORDER.items())
    levels = " ".join(f"WHEN {rank} THEN '{level}'" for level, rank in ORDER.items())
    copies = {
        "overall": f"CASE WHEN COALESCE(heard, 0) = 0 THEN '{Overall.NOT_REPORTED}'"
        f" WHEN heard < in_scope THEN '{Overall.PARTLY_REPORTED}'"
        f" WHEN given < in_scope THEN '{Overall.LEVEL_NOT_GIVEN}' ELSE CASE least {levels} END END",
        "overall_is_read": "COALESCE(given = in_scope AND has_read = 1, FALSE)",
        "is_completed": f"COALESCE(given = in_scope AND least = {ORDER[Level.COMPLETED]}, FALSE)",
        "known_in": "COALESCE(known_here, '')",
        "levels_in": "COALESCE(levels_here, '')",
        "last_reported_on": "reported_on",
    }
    together = "GROUP_CONCAT" if connection.vendor == "sqlite" else "STRING_AGG"
    return (
        f"SELECT {_columns(Milestone, copies)}, history_id FROM {VERSIONS} LEFT JOIN"
        " (SELECT step.id AS milestone_id, COUNT(*) AS in_scope,"
        " SUM(CASE WHEN level <> '' OR words_as_published <> '' THEN 1 ELSE 0 END) AS heard,"
        " SUM(CASE WHEN level <> '' THEN 1 ELSE 0 END) AS given,"
        f" MIN(CASE level {ranks} END) AS least,"
        f" {together}(' ' || nation.code || ':' || {known.sql_of('cell')}, '') AS known_here,"
        f" {together}(' ' || nation.code || ':' || {levels_in.sql_of('cell')}, '') AS levels_here,"
        f" MAX(CASE WHEN level_basis = '{LevelBasis.READ}' THEN 1 ELSE 0 END) AS has_read"
        f' FROM {VERSIONS} step JOIN "{Commitment.nations.through._meta.db_table}" scope'
        f' ON scope.commitment_id = step.commitment_id JOIN "{Nation._meta.db_table}" nation'
        f' ON nation.id = scope.nation_id LEFT JOIN "{progress}" cell'
        " ON cell.milestone_id = step.id AND cell.nation_id = scope.nation_id"
        " WHERE COALESCE(cell.applies, TRUE) GROUP BY step.id) together"
        f" ON together.milestone_id = {VERSIONS}.id LEFT JOIN"
        f" (SELECT milestone_id, {day} AS reported_on"
        f" FROM \"{updates}\" WHERE provenance <> '{Provenance.ASSESSOR_REPORT}'"
        f" GROUP BY milestone_id) told ON told.milestone_id = {VERSIONS}.id"
    )
