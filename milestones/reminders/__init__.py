"""Reminders by mail: what waits for somebody, once a week, and what is overdue for long."""
