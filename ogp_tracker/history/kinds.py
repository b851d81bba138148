"""The kinds of changes, and what a page shows of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What may happen to what readers see."""

    REPORT = "report", _("Report on progress")
    CORRECTION = "correction", _("Report corrected")
    DUE_DAY = "due_day", _("Due day moved")
    EDIT = "edit", _("Text edited")
    ASSESSMENT = "assessment", _("Assessment published")
    REPLY = "reply", _("Government’s reply")
    COMMITMENT = "commitment", _("Commitment published")


@dataclass(frozen=True)
class Link:
    """A thing by name, with the address of its page; "" if it has none."""

    name: str
    address: str = ""


@dataclass(frozen=True)
class Difference:
    """A field that was edited: its name, and what became of what it said."""

    field: str
    shown: SafeString
    is_text: bool = False
    """Whether it is compared word by word, and its line breaks count."""


@dataclass(frozen=True)
class Change:
    """One change as a page shows it."""

    kind: Kind
    moment: datetime
    has_time: bool
    """Whether more than its day is known."""
    things: tuple[Link, ...]
    """What changed, from the whole to the part."""
    who: Link | None = None
    role: str = ""
    row: Any = None
    """The row itself, where a kind shows more of it."""
    differences: tuple[Difference, ...] = ()
