"""What changed, as links: from the commitment to the part of it."""

from dataclasses import dataclass

from commitments.models import ActionPlan, Commitment, Institution
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Amendment, Milestone, ProgressUpdate


@dataclass(frozen=True)
class Link:
    """The name of a page, with its address; "" if it has none."""

    name: str
    address: str = ""


def link_to(row: ActionPlan | Commitment | Institution | Report) -> Link:
    return Link(str(row), row.get_absolute_url())


def milestone_links(milestone: Milestone, address: str = "") -> tuple[Link, ...]:
    """The commitment, then the milestone; `address` leads to a section of its page."""
    own = Link(milestone.name, address or milestone.get_absolute_url())
    return link_to(milestone.commitment), own


def target_links(row: ProgressUpdate | Amendment) -> tuple[Link, ...]:
    """The commitment, and the milestone unless the row is about the whole."""
    if row.milestone is None:
        return (Link(str(row.commitment), row.get_absolute_url()),)
    return milestone_links(row.milestone, row.get_absolute_url())


def assessment_links(assessment: Assessment) -> tuple[Link, ...]:
    report = Link(str(assessment.report), assessment.get_absolute_url())
    return link_to(assessment.commitment), report


def finding_links(finding: MilestoneFinding) -> tuple[Link, ...]:
    return milestone_links(finding.milestone, finding.get_absolute_url())
