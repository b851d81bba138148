"""Readers' pages, kept in each process's memory until the public data or the date change.

Why it is done this way, and what was measured: docs/decisions/0020-page-cache.md.
"""
