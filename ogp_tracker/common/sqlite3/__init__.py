"""Django's SQLite, whose writers ask for the lock every few milliseconds (`base.py`)."""
