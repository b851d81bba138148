"""Checking the addresses of evidence: carefully, politely, and never inside a private network."""
