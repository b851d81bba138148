"""History of rows that were loaded in a way that django-simple-history does not see."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save


def keeps_history(row: Model | type[Model]) -> bool:
    return hasattr(row._meta, "simple_history_manager_attribute")


def record_as_loaded(rows: Iterable[Model]) -> None:
    """Write a history row for each of `rows` that is new or differs from its last one.

    A fixture's rows are saved raw, which leaves no history, and their many-to-many rows one by
    one, which would leave several entries of half-made rows. Loaded whole, each gets one entry, or
    none if nothing changed.
    """
    for row in rows:
        last = row.history.first()  # type: ignore[attr-defined]
        if last is None or _differs(row, last):
            # The signal of a plain save: it is what makes simple_history write.
            post_save.send(sender=type(row), instance=row, created=last is None, raw=False)


def _differs(row: Model, last: Any) -> bool:
    plain = any(
        getattr(row, field.attname) != getattr(last, field.attname)
        for field in type(last).tracked_fields
    )
    return plain or any(
        set(getattr(row, field.name).values_list("pk", flat=True))
        != set(getattr(last, field.name).values_list(field.m2m_reverse_field_name(), flat=True))
        for field in row._meta.many_to_many
        if hasattr(last, field.name)
    )
