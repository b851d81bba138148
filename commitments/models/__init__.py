"""The rows of what was promised."""

from .amended import AmendmentState
from .commitment import Commitment, Involvement
from .institution import Institution
from .membership import Membership
from .plan import ActionPlan
from .publication import FormerSlug, Unpublication
from .vocabulary import Nation, OGPValue, PolicyArea

__all__ = [
    "ActionPlan",
    "AmendmentState",
    "Commitment",
    "FormerSlug",
    "Institution",
    "Involvement",
    "Membership",
    "Nation",
    "OGPValue",
    "PolicyArea",
    "Unpublication",
]
