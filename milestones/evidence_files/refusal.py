"""How a file is refused: in a sentence that says what is wrong, and one that says what to do."""

from django.core.exceptions import ValidationError


class FileRefused(ValidationError):
    """A file that is not taken as evidence; its message is for the officer who chose it."""
