"""What a page about one milestone's progress works out once per request."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from commitments.models import Institution
from milestones.models import Milestone, ProgressUpdate
from ogp_tracker.common.per_request import PerRequest

if TYPE_CHECKING:
    from .evidence import EvidenceFormSet
    from .offered import Offer


@dataclass
class ProgressRequestState(PerRequest):
    milestone: Milestone | None = None
    """The one that the page is about."""
    institutions: dict[tuple[int, int | None], list[Institution]] = field(default_factory=dict)
    """By commitment and the milestone's own lead: on whose behalf the account may report."""
    offers: dict[int, "Offer"] = field(default_factory=dict)
    """By milestone."""
    corrected: dict[int, ProgressUpdate | None] = field(default_factory=dict)
    """By milestone: the update that the address asks to correct."""
    evidence: "EvidenceFormSet | None" = None
    """The rows of evidence on the page."""
