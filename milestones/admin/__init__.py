"""The Admin section of what is being delivered."""

from . import amendment, commitment, milestone, progress, reminder, update

__all__ = ["amendment", "commitment", "milestone", "progress", "reminder", "update"]
