"""Sheets of assessments and findings: read, judged, shown in words, and written all or nothing."""
