"""What the pages of an account need to show codes."""

from typing import Any

from django import template
from django.template import Context

from commitments.admin.access import rights_in
from ogp_tracker.accounts.change_requests import open_requests

LISTED = 20

register = template.Library()


@register.filter
def in_fours(code: str) -> str:
    """A long code in groups of four, which are easier to read and to type."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


@register.inclusion_tag("admin/auth/waiting_changes.html", takes_context=True)
def waiting_changes(context: Context) -> dict[str, Any]:
    """For administrators: changes of accounts that wait for somebody else than who asked."""
    request = context["request"]
    if not rights_in(request).is_administrator:
        return {}
    return {"waiting": open_requests().exclude(asked_by=request.user)[:LISTED]}
