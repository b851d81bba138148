"""Template tags for what assessors found."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commitments.models import Commitment, Nation, OGPValue
from irm.codebook import COMPLETION, VARIABLES, Variable, precedence
from irm.disagreements.agreement import agreement_in
from irm.disagreements.rule import LEVEL_OF, weight_of
from irm.disagreements.shown import places_in, places_of
from irm.models import Assessment, Report
from irm.models.codes import GivenCode
from irm.paired_counts import paired_counts
from irm.verdict import VerdictFacts, verdict
from irm.verdict_facts import facts_of_commitment, facts_of_milestone
from milestones.levels import SIGNS, Sign
from milestones.models import Milestone

register = template.Library()

MOST_UNITS = 60


@register.simple_tag
def code_value(code: GivenCode, given: Iterable[OGPValue] = ()) -> SafeString | str:
    """A code's value as words; a kind of nothing is marked as such.

    `given` are the OGP values that a report names; they are shown for a blank relevance code.
    """
    named = ", ".join(str(value) for value in given)
    if code.variable.name == "relevance" and named:
        return format_html("{}", f"{code.label}: {named}" if code.value else named)
    return format_html(
        '<span class="is-nothing">{}</span>' if code.is_nothing else "{}", code.label
    )


@register.simple_tag
def completion_of(assessments: Iterable[Assessment]) -> tuple[Assessment, GivenCode] | None:
    """The assessment whose completion code is shown for a commitment, with the code.

    The report of the latest stage wins; OGP's page, which names no report, comes last. A code
    that is a finding comes before Pending IRM Review and No IRM Data. None if there is none.
    """
    coded = [
        (assessment, GivenCode(COMPLETION, COMPLETION.value(assessment.completion)))
        for assessment in assessments
        if assessment.completion
    ]
    return max(
        coded,
        key=lambda pair: (weight_of(pair[0].completion, pair[0].report.kind), -pair[0].pk),
        default=None,
    )


@register.simple_tag
def no_completion(assessments: Iterable[Assessment]) -> str:
    rows = list(assessments)
    if any(row.is_recorded for row in rows):
        return _("No completion code recorded")
    return _("Covered by a report, not recorded here") if rows else _("No assessment recorded")


@register.simple_tag
def by_precedence(assessments: Iterable[Assessment]) -> list[Assessment]:
    """The report of the latest stage first, OGP's page last."""
    return sorted(assessments, key=lambda row: precedence(row.report.kind), reverse=True)


@register.inclusion_tag("irm/voice.html")
def assessor_voice(ordered: list[Assessment]) -> dict[str, Any]:
    """`ordered` as by `by_precedence`; a code that several reports give is that of the first."""
    completion = completion_of(ordered)
    level = LEVEL_OF.get(completion[0].completion) if completion else None
    others = {
        code.variable.label: code.label
        for row in reversed(ordered)
        for code in row.codes()
        if row.shows_codes and not code.is_nothing and code.variable is not COMPLETION
    }
    return {
        "assessments": ordered,
        "others": others.items(),
        "in_words": [row for row in ordered if row.is_recorded and not row.shows_codes],
        "covered": [row for row in ordered if not row.is_recorded],
        "completion": completion,
        "mark": SIGNS[level] if level else None,
    }


@register.simple_tag
def facts_of(shown: Commitment | Milestone) -> VerdictFacts:
    """Reads what the page of the commitment, or of the milestone, has prefetched."""
    return facts_of_milestone(shown) if isinstance(shown, Milestone) else facts_of_commitment(shown)


register.filter("verdict", verdict)


@register.inclusion_tag("irm/codes.html")
def codes(assessment: Assessment) -> dict[str, Any]:
    return {"assessment": assessment, "codes": assessment.codes()}


@register.simple_tag
def codebook() -> tuple[Variable, ...]:
    return VARIABLES


@register.simple_tag
def completion_of_one(assessment: Assessment) -> GivenCode | None:
    """None if its kind of report gives none."""
    return next(
        (code for code in assessment.codes() if code.variable.name == COMPLETION.name), None
    )


@register.simple_tag
def agreement(commitment: Commitment) -> str:
    """Whether government and the assessor contradict each other, and where evidence is missing."""
    return " ".join(agreement_in(places_of(commitment)))


@register.inclusion_tag("irm/compared.html")
def compared_in(milestone: Milestone, nation: Nation) -> dict[str, Any]:
    """Whether government and the assessor agree on a milestone in a nation."""
    places = places_in(milestone, milestone.commitment)
    return {"place": next((one for one in places if one.nation == nation), None)}


@register.inclusion_tag("irm/totals_beside.html")
def totals_beside(reports: Iterable[Report], recorded: int) -> dict[str, Any]:
    """The totals that reports on a plan give, each beside the count of government's words.

    `recorded` is the number of commitments of the plan that are recorded here.
    """
    return {"paired": paired_counts(reports), "recorded": recorded}


@register.simple_tag
def unit_marks(sign: Sign | None, number: int | None) -> SafeString | str:
    """One mark for each of so many; none where they are too many to see, or of no known shape."""
    if sign is None or not number or number > MOST_UNITS:
        return ""
    mark = format_html('<svg class="shape"><use href="#shape-{}"/></svg>', sign.symbol)
    return format_html(
        '<i class="units level level--{}" aria-hidden="true">{}</i>',
        sign.css,
        format_html_join("", "{}", ((mark,) for _one in range(number))),
    )
