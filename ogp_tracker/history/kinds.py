"""The kinds of changes, and what a page shows of one."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, TextChoices
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Commitment, Institution
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Amendment, Milestone, ProgressUpdate


@dataclass(frozen=True)
class Link:
    """The name of a page, with its address; "" if it has none."""

    name: str
    address: str = ""


PageRow = ActionPlan | Commitment | Institution | Report
"""What has a page of its own."""


def link_to(row: PageRow) -> Link:
    return Link(str(row), row.get_absolute_url())


def milestone_links(milestone: Milestone, address: str = "") -> tuple[Link, ...]:
    """The commitment, then the milestone; `address` leads to a section of its page."""
    own = Link(milestone.name, address or milestone.get_absolute_url())
    return link_to(milestone.commitment), own


def target_links(row: ProgressUpdate | Amendment) -> tuple[Link, ...]:
    if row.milestone is None:
        return (Link(str(row.commitment), row.get_absolute_url()),)
    return milestone_links(row.milestone, row.get_absolute_url())


def assessment_links(assessment: Assessment) -> tuple[Link, ...]:
    report = Link(str(assessment.report), assessment.get_absolute_url())
    return link_to(assessment.commitment), report


def finding_links(finding: MilestoneFinding) -> tuple[Link, ...]:
    return milestone_links(finding.milestone, finding.get_absolute_url())


class ChangeKind(TextChoices):
    """The values are in addresses and never change."""

    UPDATE = "report", _("Progress update")
    CORRECTION = "correction", _("Progress update corrected")
    DUE_DATE = "due_date", _("Due date moved")
    AMENDMENT = "amendment", _("Amendment to the plan")
    EDIT = "edit", _("Text edited")
    ASSESSMENT = "assessment", _("Assessment published")
    COVERED = "covered", _("Covered by a report")
    REPLY = "reply", _("Government’s reply")
    COMMITMENT = "commitment", _("Commitment published")
    UNPUBLISHED = "unpublished", _("Commitment removed from this site")


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
