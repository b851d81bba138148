"""The rows of what is being delivered."""

from .milestone import DueDateChange, Milestone, NationProgress
from .update import Evidence, ProgressUpdate

__all__ = ["DueDateChange", "Evidence", "Milestone", "NationProgress", "ProgressUpdate"]
