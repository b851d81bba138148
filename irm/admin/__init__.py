"""The Admin section of what assessors found, and of government's replies to it."""

from . import assessment, finding, reply, report

__all__ = ["assessment", "finding", "reply", "report"]
