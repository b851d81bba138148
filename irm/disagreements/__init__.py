"""Disagreements: the rule, the rows that it finds, and what pages show of them."""
