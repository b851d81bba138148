"""Reminders by mail: what waits for somebody, once a week, and what is overdue for long."""

from .run import Outcome, send_reminders

__all__ = ["Outcome", "send_reminders"]
