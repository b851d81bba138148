"""Django's SQLite, whose writers wait in a queue (`queue.py`)."""
