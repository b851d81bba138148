"""Public pages as at the end of a past date, by the same views and templates as today."""
