"""The rows of what independent assessors found."""

from .assessment import Assessment, MilestoneFinding
from .reply import Reply
from .report import Report

__all__ = ["Assessment", "MilestoneFinding", "Reply", "Report"]
