"""The fixtures of the site, in the order in which they refer to each other."""

FIXTURES = ["vocabularies", "institutions", "plans", "reports", "commitments", "UK0096"]
