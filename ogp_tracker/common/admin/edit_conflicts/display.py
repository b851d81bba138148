"""What is stored, and who stored it, as text for officers."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from .fingerprint import StoredValue

LONG = 60


def display_stored(stored: StoredValue) -> str:
    field: Any = stored.row._meta.get_field(stored.name)
    if field.many_to_many:
        chosen: Iterable[Any] = stored.bound.initial if stored.bound else ()
        return ", ".join(str(one) for one in chosen)
    value = getattr(stored.row, stored.name)
    if value in (None, ""):
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return display(value)


def display(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, FieldFile):
        return PurePosixPath(value.name or "").name
    return str(value)


def label_of(stored: StoredValue) -> str:
    field: Any = stored.row._meta.get_field(stored.name)
    return capfirst(str(stored.bound.label if stored.bound else field.verbose_name)) or stored.name


def row_summary(values: Iterable[str]) -> str:
    """What names a row: the beginning of the first two of its fields that have a value."""
    beginnings = [Truncator(value).chars(LONG) for value in values if value][:2]
    return "“{}”".format(", ".join(beginnings)) if beginnings else _("An empty row")


def who_changed(row: Model, reader: AbstractBaseUser | AnonymousUser) -> str:
    who, when = _last_change(row)
    name = {"name": row._meta.verbose_name}
    if when is None:
        return _("Not saved: this %(name)s has been changed since you opened it.") % name
    name["when"] = display(when)
    if who is None:
        return (
            _("Not saved: this %(name)s was changed on %(when)s, after you had opened it.") % name
        )
    if who == reader:
        return _(
            "Not saved: you changed this %(name)s yourself on %(when)s, perhaps in another window."
        ) % (name)
    name["who"] = who.get_full_name() or who.get_username()
    return (
        _("Not saved: %(who)s changed this %(name)s on %(when)s, after you had opened it.") % name
    )


def last_entry(model: type[Model], key: str, **which: Any) -> LogEntry | None:
    """In the admin's log of this row."""
    content_type = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=content_type, object_id=key, **which)
    return entries.select_related("user").order_by("-action_time").first()


def _last_change(row: Model) -> tuple[User | None, datetime | None]:
    found: list[tuple[User | None, datetime]] = []
    if (entry := last_entry(type(row), str(row.pk))) is not None:
        found.append((entry.user, entry.action_time))
    if hasattr(row._meta, "simple_history_manager_attribute"):
        versions = row.history.select_related("history_user")  # type: ignore[attr-defined]
        if (version := versions.first()) is not None:
            found.append((version.history_user, version.history_date))
    return max(found, key=lambda one: one[1], default=(None, None))
