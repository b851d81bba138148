"""The admin of commitments, plans and institutions."""

from commitments.admin import commitments, institutions, plans, vocabulary

__all__ = ["commitments", "institutions", "plans", "vocabulary"]
