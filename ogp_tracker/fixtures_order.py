"""The fixtures of the site; the real data is in the CSV files beside them."""

FIXTURES = ["vocabularies"]
