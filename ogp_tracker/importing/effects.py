"""What a row of a sheet would do, in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, cast

from django.db.models import Field, Model, TextField
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from irm.codebook import BY_NAME
from irm.models import Assessment
from ogp_tracker.common.differences import differences, to_html

LONGEST_COMPARED = 20_000
"""Longer texts are not compared word by word on a page of many rows."""

Changes = dict[str, tuple[Any, Any]]


class EffectKind(Enum):
    NEW = gettext_lazy("New")
    CHANGED = gettext_lazy("Changed")
    SAME = gettext_lazy("Nothing changes")


@dataclass(frozen=True)
class TextChange:
    """A text that changes, its two versions in one with the differences marked."""

    label: str
    marked: str


@dataclass
class Effect:
    row: int
    key: tuple[str, ...]
    kind: EffectKind
    sentences: list[str]
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    comparisons: list[TextChange] = field(default_factory=list)
    milestone: str = ""
    """What the milestone is called that the row is about, if it is about one."""

    @property
    def name(self) -> str:
        return self.milestone or self.key[1]


def effect_of(row: int, key: tuple[str, ...], instance: Model, changes: Changes) -> Effect:
    """What the changes do to a row, in words; one that is not stored yet is new."""
    if instance.pk is None:
        said = [_new(instance), *_filled(instance, changes)]
        return Effect(row, key, EffectKind.NEW, said)
    if not changes:
        return Effect(row, key, EffectKind.SAME, [_("nothing changes")])
    said = [_changed(instance, name, *pair) for name, pair in changes.items()]
    effect = Effect(row, key, EffectKind.CHANGED, said)
    effect.warnings = list(_warnings(instance, changes))
    effect.comparisons = [
        TextChange(capfirst(label_of(instance, name)), to_html(differences(old, new)))
        for name, (old, new) in changes.items()
        if _is_text(instance, name) and old and new and len(old) + len(new) < LONGEST_COMPARED
    ]
    return effect


def _new(instance: Model) -> str:
    if not isinstance(instance, Assessment):
        return _("new finding")
    if instance.published_on is None:
        return _("new assessment, kept as a draft")
    if instance.report.stage == instance.report.Stage.DRAFT:
        return _("new assessment, to be read once its report is no longer a draft")
    return _("new assessment, which readers see at once")


def _filled(instance: Model, changes: Changes) -> Iterator[str]:
    for name, (_none, value) in changes.items():
        yield _("%(label)s: %(value)s") % {
            "label": capfirst(label_of(instance, name)),
            "value": in_words(instance, name, value),
        }


def _changed(instance: Model, name: str, old: Any, new: Any) -> str:
    label = label_of(instance, name)
    if name == "published_on":
        if new is None:
            return _("it becomes a draft again, which readers do not see")
        if old is None:
            return _("it is published, with the day %(day)s") % {"day": date_format(new)}
    return _("%(label)s changes from %(old)s to %(new)s") % {
        "label": label,
        "old": in_words(instance, name, old),
        "new": in_words(instance, name, new),
    }


def _warnings(instance: Model, changes: Changes) -> Iterator[str]:
    for name, (old, new) in changes.items():
        if old and not new and name == "published_on":
            yield _("Readers can see this assessment now, and will no longer.")
        elif old and not new and name != "is_recorded":
            yield _("What is stored as %(label)s would be emptied, because the cell is empty.") % {
                "label": label_of(instance, name)
            }


def label_of(instance: Model, name: str) -> str:
    """What a column is called in the middle of a sentence."""
    words = str(column(instance, name).verbose_name)
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def in_words(instance: Model, name: str, value: Any) -> str:
    """A value as a reader would say it; of a long text its beginning and its length."""
    if value in (None, "", []):
        return _("blank")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in BY_NAME:
        return str(dict(column(instance, name).flatchoices)[value])
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, list):
        return "; ".join(value)
    if _is_text(instance, name):
        return _("“%(start)s” (%(length)d characters)") % {
            "start": Truncator(" ".join(value[:200].split())).chars(60),
            "length": len(value),
        }
    return f"“{value}”"


def _is_text(instance: Model, name: str) -> bool:
    return isinstance(column(instance, name), TextField)


def column(instance: Model, name: str) -> Field:
    return cast(Field, instance._meta.get_field(name))
