"""The Admin section of what is being delivered."""

from . import commitment, milestone, progress, update

__all__ = ["commitment", "milestone", "progress", "update"]
