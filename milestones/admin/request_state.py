"""What a page about the progress of one thing works out once per request."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from milestones.targets import Target
from ogp_tracker.common.per_request import PerRequest

if TYPE_CHECKING:
    from .evidence import EvidenceFormSet
    from .offered import Offer


@dataclass
class ProgressRequestState(PerRequest):
    target: Target | None = None
    """The one that the page is about."""
    offers: dict[Target, "Offer"] = field(default_factory=dict)
    evidence: "EvidenceFormSet | None" = None
    """The rows of evidence on the page."""
