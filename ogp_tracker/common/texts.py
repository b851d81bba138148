"""A text that may be a lazy translation; its type is only installed for development."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise
else:
    StrOrPromise = str

__all__ = ["StrOrPromise"]
