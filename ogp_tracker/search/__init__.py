"""Search: what can be found, the index that follows every write, and what a reader is shown."""
