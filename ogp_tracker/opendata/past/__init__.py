"""Public pages as they were: at the end of a past day, by the same views and templates as today."""
