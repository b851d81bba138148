"""Template tags for published texts, plans and lists."""

from collections.abc import Iterable

from django import template
from django.db.models import Model
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from commitments.models import ActionPlan, Involvement
from ogp_tracker.common.prose import annotate, to_html, without_marks

register = template.Library()
register.filter("prose", to_html)
register.filter("prose_without_marks", without_marks)
register.filter("state_on", ActionPlan.state)
register.simple_tag(annotate)


@register.filter
def in_words(things: Iterable[object]) -> str:
    """A list in a sentence: "a, b and c"."""
    return get_text_list([str(thing) for thing in things], _("and"))


@register.filter
def lang(row: Model) -> str:
    """The attribute for texts that are not in the language of the page, which is English."""
    language = getattr(row, "language")  # noqa: B009
    return "" if language == "en" else format_html(' lang="{}"', language)


@register.simple_tag(takes_context=True)
def current_section(context: RequestContext, prefix: str) -> str:
    """The attribute that marks a menu entry as the section that the reader is in."""
    request = context.get("request")
    path = request.path if request else ""
    if path == prefix:
        return SafeString('aria-current="page"')
    return SafeString('aria-current="true"' if path.startswith(prefix) else "")


@register.simple_tag(takes_context=True)
def without(context: RequestContext, name: str) -> str:
    """The query string of this page without one choice, starting at the first page."""
    query = context["request"].GET.copy()
    for gone in (name, "page"):
        query.pop(gone, None)
    return f"?{query.urlencode()}" if query else ""


@register.filter
def leads_in_words(leads: Iterable[Involvement]) -> str:
    return in_words(involvement.institution for involvement in leads)


@register.simple_tag
def leads(involvements: Iterable[Involvement]) -> str:
    return leads_in_words(one for one in involvements if one.role == Involvement.Role.LEAD)
