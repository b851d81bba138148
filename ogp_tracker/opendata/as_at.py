"""The data as they were: any query of ours, answered as this site would have answered it before.

Each table that a query names is put in the shade by a part of the same name in front of it (SQL's
WITH), which gives the rows as they stood at the moment: out of the versions that
django-simple-history keeps, or, where rows are never changed, those that were there. So what is
public is decided by the same verbs as ever, and no page or export has a second definition.

What is kept of the past: commitments, involvements, plans, institutions, milestones, assessments,
findings, reports and replies in every version; reports of progress, evidence and moved due days
from their own times; the progress in the nations from the published updates, and whether a
milestone applies there from its versions. Vocabularies have no past.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from milestones.conditions import midnight
from milestones.models import DueDateChange, Evidence, NationProgress, ProgressUpdate
from ogp_tracker.common.loaded_history import keeps_history
from ogp_tracker.opendata.version import APPS


class WriteWhileReadingPast(Exception):
    """Somebody tried to write while the past was being read."""


class InvalidDate(ValueError):
    """What stands in an address is no day."""


class FutureDate(ValueError):
    """What stands in an address is a day that has not come."""


def past_date(text: str) -> date:
    """Return the day, today or earlier, that an address gives. Raises InvalidDate or FutureDate."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidDate(text) from error
    if day > timezone.localdate():
        raise FutureDate(text)
    return day


def end_of(day: date) -> datetime:
    """Return the moment at which the day ends, here."""
    return midnight(day + timedelta(days=1))


@contextmanager
def reading(moment: datetime | None, using: str = "default") -> Iterator[None]:
    """Answer the queries inside as of just before `moment`; None leaves them alone."""
    if moment is None:
        yield
        return
    connection = connections[using]

    def answer(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip("( \n").upper().startswith("SELECT"):
            raise WriteWhileReadingPast(sql)
        return execute(*with_history_ctes(connection, moment, sql, params), many, context)

    with connection.execute_wrapper(answer), _grouping_by_all_columns(connection):
        yield


@contextmanager
def _grouping_by_all_columns(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let Django name all columns by which it groups.

    PostgreSQL takes a key for the whole row that it stands for; but a part of a query has no key.
    """
    features: Any = connection.features
    was = features.allows_group_by_selected_pks
    features.allows_group_by_selected_pks = False
    try:
        yield
    finally:
        features.allows_group_by_selected_pks = was


def with_history_ctes(
    connection: BaseDatabaseWrapper, moment: datetime | None, sql: str, params: Any
) -> tuple[str, tuple[Any, ...]]:
    """Return a query with what it was given, so that it is answered as of just before `moment`."""
    if moment is None:
        return sql, tuple(params or ())
    prefix, number = shade(connection)
    at = connection.ops.adapt_datetimefield_value(moment)
    return prefix + sql, (*[at] * number, *(params or ()))


def shade(connection: BaseDatabaseWrapper) -> tuple[str, int]:
    """Return the WITH in front of a query, and how often it asks for the moment."""
    parts = dict(_parts(connection.vendor))
    sql = "WITH " + ", ".join(f'"{table}" AS ({body})' for table, body in parts.items()) + " "
    return sql, sql.count("%s")


def _parts(vendor: str) -> Iterator[tuple[str, str]]:
    """Yield for each table what gives its rows at a moment."""
    # A part of the query must not be taken for the table that it puts in the shade.
    schema = "main." if vendor == "sqlite" else ""
    for name in APPS:
        for model in apps.get_app_config(name).get_models():
            # A part's progress is put together below: its versions tell only whether it applies.
            if keeps_history(model) and model is not NationProgress:
                yield _of_versions(model)
                yield from _of_lists(model)
    updates, evidence, moved = (
        model._meta.db_table for model in (ProgressUpdate, Evidence, DueDateChange)
    )
    yield updates, f"SELECT * FROM {schema}{updates} WHERE published_at < %s"
    yield moved, f"SELECT * FROM {schema}{moved} WHERE moved_at < %s"
    yield evidence, _of_evidence(f"{schema}{evidence}")
    yield NationProgress._meta.db_table, _of_progress(f"{schema}{NationProgress._meta.db_table}")


def _of_versions(model: Any) -> tuple[str, str]:
    """Give the version of each row that held, unless the row was gone."""
    kept = {field.column for field in model.history.model._meta.concrete_fields}
    columns = ", ".join(
        f'"{field.column}"' if field.column in kept else f"NULL AS {field.column}"
        for field in model._meta.concrete_fields
    )
    return model._meta.db_table, (
        f"SELECT {columns}, history_id FROM (SELECT *, row_number() OVER"
        " (PARTITION BY id ORDER BY history_date DESC, history_id DESC) AS place"
        f' FROM "{model.history.model._meta.db_table}" WHERE history_date < %s) versions'
        " WHERE place = 1 AND history_type <> '-'"
    )


def _of_lists(model: Any) -> Iterator[tuple[str, str]]:
    """Give the entries that the version which held had in its lists."""
    for field in model._meta.many_to_many:
        # simple_history gives each list that it keeps a model of this name.
        kept = f"{model.history.model.__name__}_{field.name}"
        table = apps.get_model(model._meta.app_label, kept)._meta.db_table
        own, other = field.m2m_column_name(), field.m2m_reverse_name()
        yield (
            field.remote_field.through._meta.db_table,
            (
                f'SELECT list.m2m_history_id AS id, list."{own}", list."{other}"'
                f' FROM "{table}" list JOIN "{model._meta.db_table}" held'
                " ON held.history_id = list.history_id"
            ),
        )


def _of_evidence(table: str) -> str:
    """Give the evidence, with what was known of its address then."""
    unknown_yet = {"last_checked_at": "NULL", "last_answer": "''", "last_alive_at": "NULL"}
    columns = ", ".join(
        f"CASE WHEN last_checked_at < %s THEN {name} ELSE {unknown_yet[name]} END AS {name}"
        if name in unknown_yet
        else f'"{name}"'
        for name in (field.column for field in Evidence._meta.concrete_fields)
    )
    return f"SELECT {columns} FROM {table}"


def _of_progress(table: str) -> str:
    """Give what the updates published until then said, as `expected_cells` puts it together."""
    updates = ProgressUpdate._meta.db_table
    nations = ProgressUpdate.nations.through._meta.db_table
    versions = NationProgress.history.model._meta.db_table
    return (
        "SELECT cell.id, cell.milestone_id, cell.nation_id,"
        " COALESCE(kept.applies, TRUE) AS applies,"
        " COALESCE(kept.not_applicable_reason, '') AS not_applicable_reason,"
        " COALESCE(said.level, '') AS level, said.as_of, said.update_id"
        f" FROM {table} cell LEFT JOIN"
        " (SELECT id, applies, not_applicable_reason, row_number() OVER"
        " (PARTITION BY id ORDER BY history_date DESC, history_id DESC) AS place"
        f' FROM "{versions}" WHERE history_date < %s) kept'
        " ON kept.id = cell.id AND kept.place = 1 LEFT JOIN"
        " (SELECT told.milestone_id, told.level, told.as_of, told.id AS update_id, spoke.nation_id,"
        " row_number() OVER (PARTITION BY told.milestone_id, spoke.nation_id"
        " ORDER BY told.as_of DESC, told.recorded_at DESC, told.id DESC) AS place"
        f' FROM "{updates}" told JOIN "{nations}" spoke ON spoke.progressupdate_id = told.id'
        f' WHERE NOT EXISTS (SELECT 1 FROM "{updates}" later WHERE later.corrects_id = told.id)'
        ") said ON said.milestone_id = cell.milestone_id AND said.nation_id = cell.nation_id"
        " AND said.place = 1"
    )
