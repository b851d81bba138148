"""What is the same for texts everywhere."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise
else:
    # A text that may be a lazy translation; its type is only installed for development.
    StrOrPromise = str

__all__ = ["FORMULA_SIGNS", "StrOrPromise", "folded"]

FORMULA_SIGNS = "=+-@＝＋－＠"
"""A cell that begins with one of these can run as a formula in a spreadsheet."""


def folded(name: str) -> str:
    """A name without regard to case and spaces."""
    return " ".join(name.split()).casefold()
