"""The rows of what is being delivered."""

from .evidence import Evidence, EvidenceUpload, LinkState
from .milestone import DueDateChange, Milestone, NationProgress
from .reminder import Reminder
from .step import UpdateStep
from .update import ProgressUpdate

__all__ = [
    "DueDateChange",
    "Evidence",
    "EvidenceUpload",
    "LinkState",
    "Milestone",
    "NationProgress",
    "ProgressUpdate",
    "Reminder",
    "UpdateStep",
]
