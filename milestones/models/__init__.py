"""The rows of what is being delivered."""

from .amendment import Amendment
from .evidence import Evidence, EvidenceUpload, LinkState
from .milestone import Milestone
from .nation_progress import NationProgress
from .reminder import Reminder
from .step import UpdateStep
from .update import ProgressUpdate

__all__ = [
    "Amendment",
    "Evidence",
    "EvidenceUpload",
    "LinkState",
    "Milestone",
    "NationProgress",
    "ProgressUpdate",
    "Reminder",
    "UpdateStep",
]
