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
    """The public rows of the model at the end of a relation path.

    `related_public_rows(Commitment, "milestones__nation_progress")` is a NationProgress queryset.
    Raises FieldDoesNotExist for a path that leads nowhere.
    """
    return _model_behind(model, path)._default_manager.public()


def related_field(model: type[Model], path: str, name: str) -> Any:
    """Return the field `name` of the model at the end of a relation path, for its choices."""
    return _model_behind(model, path)._meta.get_field(name)


def prefetch_public(model: type[Model], relation: str, shape: str) -> "Prefetch[Any]":
    """A prefetch of the public rows behind `relation`, in the page shape `shape`.

    `shape` is the name of a queryset method, such as "for_commitment_page".
    """
    return Prefetch(relation, queryset=getattr(related_public_rows(model, relation), shape)())


def attach_level_counts(
    rows: Iterable[T], milestones: Any, *, by: str, nation: Model | None = None
) -> list[T]:
    """Give each of `rows` its `level_counts` out of `milestones`, or None.

    `by` says what the rows are to a milestone: "nation", "commitment" or "commitment__plan".
    """
    counts = milestones.level_counts(by=by, nation=nation)
    listed: list[Any] = list(rows)
    for row in listed:
        row.level_counts = counts.get(row.pk)
    return listed


def _model_behind(model: type[Model], path: str) -> Any:
    target: Any = model
    for relation in path.split("__"):
        target = target._meta.get_field(relation).related_model
    return target
