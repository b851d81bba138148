"""Template tags for published texts, plans and lists."""

from collections.abc import Iterable

from django import template
from django.db.models import Model
from django.template.context import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from commitments.models import ActionPlan, Commitment, Involvement
from commitments.promise import promise_in
from ogp_tracker.common.prose import annotate, to_html, without_marks

register = template.Library()
register.filter("prose", to_html)
register.filter("prose_without_marks", without_marks)
register.filter(promise_in)
register.filter("state_on", ActionPlan.state)
register.simple_tag(annotate)


@register.filter
def in_words(things: Iterable[object], last: str = "") -> str:
    """A list in a sentence: "a, b and c"."""
    return get_text_list([str(thing) for thing in things], last or _("and"))


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
def involved(involvements: Iterable[Involvement], role: str) -> SafeString:
    """Links to the institutions that have a role, or ""."""
    found = [one.institution for one in involvements if one.role == role]
    links = ((one.get_absolute_url(), one) for one in found)
    return format_html_join(", ", '<a href="{}">{}</a>', links)


@register.simple_tag
def not_recorded(commitment: Commitment) -> list[str]:
    """What this site does not have of a commitment, so that its page says so once."""
    has_lead = commitment.lead_as_published or any(
        one.role == Involvement.Role.LEAD for one in commitment.involvements.all()
    )
    texts = (commitment.objective, commitment.problem, commitment.contribution)
    known = {
        _("lead institution"): has_lead and not commitment.lead_unknown,
        _("nations"): commitment.nations.all(),
        _("dates"): commitment.timeline_as_published or commitment.start_date,
        _("policy areas"): commitment.policy_areas.all(),
        _("text of the promise"): any(texts),
        _("milestones"): commitment.milestones.all(),
        _("assessment"): commitment.assessments.all(),
    }
    return [name for name, is_known in known.items() if not is_known]
