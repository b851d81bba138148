"""The Admin section of what is being delivered."""

from . import commitment, milestone, progress, reminder, update

__all__ = ["commitment", "milestone", "progress", "reminder", "update"]
