"""What the pages of an account need to show codes."""

from django import template

register = template.Library()


@register.filter
def in_fours(code: str) -> str:
    """A long code in groups of four, which are easier to read and to type."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
