"""The fixtures of the site, in the order in which one can stand on the other."""

FIXTURES = ["vocabularies", "institutions", "plans", "reports", "commitments", "UK0096"]
