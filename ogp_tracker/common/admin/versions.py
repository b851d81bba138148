"""What changed from one version of a row to the next, in few queries for all versions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from django.db.models import ManyToManyField, Model
from simple_history.models import DeletedObject, ModelChange, ModelDelta
from simple_history.utils import get_m2m_reverse_field_name


def differences_of(versions: Sequence[Any]) -> Iterable[tuple[Any, ModelDelta]]:
    """Each version but the earliest, with what differs from the one before it.

    simple_history queries what each single version chose of other tables; here that takes one
    query for each such field and any number of versions.
    """
    if not versions:
        return
    fields = list(type(versions[0])._history_m2m_fields)
    choices = {field.name: choices_of(versions, field) for field in fields}
    for version, before in pairwise(versions):
        delta = version.diff_against(
            before, excluded_fields=set(choices), foreign_keys_are_objs=True
        )
        changes = [*delta.changes]
        for name, chosen in choices.items():
            old, new = chosen[before.pk], chosen[version.pk]
            if old != new:
                changes.append(ModelChange(name, old, new))
        changes.sort(key=lambda change: str(change.field))
        yield version, ModelDelta(changes, [one.field for one in changes], before, version)


def choices_of(
    versions: Sequence[Any], field: "ManyToManyField[Any, Any]"
) -> dict[int, list[dict[str, Any]]]:
    name = get_m2m_reverse_field_name(field)
    kept: type[Model] = getattr(versions[0], field.name).model
    rows = (
        kept._default_manager.filter(history__in=[version.pk for version in versions])
        .select_related(name)
        .order_by(f"{name}_id")
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        key = getattr(row, f"{name}_id")
        chosen = getattr(row, name) or DeletedObject(field.remote_field.model, key)
        found[row.history_id].append({name: chosen})  # type: ignore[attr-defined]
    return found
