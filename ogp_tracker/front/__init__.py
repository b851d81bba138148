"""The front page: how many promises there are, of whom, and who has said what became of them."""
