"""Reminders by email: what waits for an account, once a week, and what is overdue for long."""
