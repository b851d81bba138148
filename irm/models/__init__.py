"""The rows of what independent assessors found."""

from .assessment import Assessment
from .finding import MilestoneFinding
from .reply import Reply, ReplyStep
from .report import Report

__all__ = ["Assessment", "MilestoneFinding", "Reply", "ReplyStep", "Report"]
