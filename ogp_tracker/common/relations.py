"""Reaching rows of the apps above by relation name, so that imports go down only.

`milestones` and `irm` import `commitments`, never the other way round. A page of `commitments`
still shows what they hold, through the names of relations and the verbs that every queryset of
ours has: `public()`, and one verb per page shape.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, Prefetch

T = TypeVar("T")


def related_public_rows(model: type[Model], path: str) -> Any:
    """The `public()` rows of a model at the end of a path, such as "milestones__nation_progress".

    Raises FieldDoesNotExist for a path that leads nowhere.
    """
    return model_behind(model, path)._default_manager.public()


def prefetch_public(model: type[Model], relation: str, shape: str) -> "Prefetch[Any]":
    """Of rows that readers see. `shape` is a queryset's method, such as "for_commitment_page"."""
    path, _, name = relation.rpartition("__")
    field = model_behind(model, path)._meta.get_field(name)
    rows = field.related_model._default_manager.public_beneath(field.remote_field.name)
    return Prefetch(relation, queryset=getattr(rows, shape)())


def attach_level_counts(
    rows: Iterable[T], milestones: Any, *, by: str, nation: Model | None = None
) -> list[T]:
    """Give each row its `level_counts`, or None.

    `by` says what the rows are to a milestone: "nation", "commitment" or "commitment__plan".
    """
    counts = milestones.level_counts(by=by, nation=nation)
    listed: list[Any] = list(rows)
    for row in listed:
        row.level_counts = counts.get(row.pk)
    return listed


def model_behind(model: type[Model], path: str) -> Any:
    target: Any = model
    for relation in filter(None, path.split("__")):
        target = target._meta.get_field(relation).related_model
    return target
