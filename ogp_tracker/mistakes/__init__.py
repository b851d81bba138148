"""Mistakes that readers report: the form, the operator's answer, and deletion after a year."""
