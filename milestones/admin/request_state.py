"""What a page about the progress of one thing works out once per request."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from commitments.models import Institution
from milestones.models import ProgressUpdate
from milestones.targets import Target
from ogp_tracker.common.per_request import PerRequest

if TYPE_CHECKING:
    from .evidence import EvidenceFormSet
    from .offered import Offer


@dataclass
class ProgressRequestState(PerRequest):
    target: Target | None = None
    """The one that the page is about."""
    institutions: dict[tuple[int, int | None], list[Institution]] = field(default_factory=dict)
    """By commitment and the milestone's own lead: on whose behalf the account may report."""
    offers: dict[Target, "Offer"] = field(default_factory=dict)
    corrected: dict[Target, ProgressUpdate | None] = field(default_factory=dict)
    """The update that the address asks to correct."""
    evidence: "EvidenceFormSet | None" = None
    """The rows of evidence on the page."""
