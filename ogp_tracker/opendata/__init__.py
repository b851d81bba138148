"""The public data as tables: what they hold, how they are read, written and handed out."""
