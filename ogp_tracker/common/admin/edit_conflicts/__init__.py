"""Two officers with the same page open: the second one to save is warned, and loses nothing.

A form carries a fingerprint of what it showed. When it is saved, the row is locked and its
fingerprint taken again. If they differ, nothing is written and the form comes back with everything
that was typed and, beside it, what is stored now.
"""

from .conflict import Conflict, StoredNow
from .section import Locking
from .unsaved_input import render_unsaved_input

__all__ = ["Conflict", "Locking", "StoredNow", "render_unsaved_input"]
