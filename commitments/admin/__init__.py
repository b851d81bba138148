"""The Admin section of what was promised, and of the accounts."""

from commitments.admin import commitments, institutions, plans, vocabulary
from ogp_tracker.accounts import admin as accounts

__all__ = ["accounts", "commitments", "institutions", "plans", "vocabulary"]
