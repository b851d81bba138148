"""The kinds of changes, and what a page shows of one."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, TextChoices
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ogp_tracker.history.links import Link


class ChangeKind(TextChoices):
    """The values are in addresses and never change."""

    UPDATE = "report", _("Progress update")
    CORRECTION = "correction", _("Progress update corrected")
    DUE_DATE = "due_date", _("Due date moved")
    AMENDMENT = "amendment", _("Plan changed")
    EDIT = "edit", _("Text edited")
    ASSESSMENT = "assessment", _("Assessment published")
    COVERED = "covered", _("Covered by a report")
    REPLY = "reply", _("Government’s reply")
    COMMITMENT = "commitment", _("Commitment published")
    UNPUBLISHED = "unpublished", _("Commitment taken off this site")


@dataclass(frozen=True)
class Difference:
    field: str
    shown: SafeString
    is_text: bool = False
    """Whether it is compared word by word, and its line breaks count."""


@dataclass(frozen=True)
class PublicChange:
    kind: ChangeKind
    moment: datetime
    has_time: bool
    """Whether its time is known, not only its date."""
    things: tuple[Link, ...]
    """What changed: the commitment first, then what belongs to it."""
    who: Link | None = None
    role: str = ""
    row: Model | None = None
    """The row itself, where a kind shows more of it."""
    differences: tuple[Difference, ...] = ()
