"""The Admin section of what was promised, and of the accounts."""

from . import accounts, commitments, institutions, plans, vocabulary

__all__ = ["accounts", "commitments", "institutions", "plans", "vocabulary"]
