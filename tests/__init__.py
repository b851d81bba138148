"""The tests of the tracker; `python -m tests` runs all of them, `pytest` the fast ones."""
