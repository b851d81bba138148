"""Whether the two sides of one commitment contradict each other, in words. Pure."""

from collections.abc import Iterator, Sequence

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from irm.disagreements.rule import Comparison, MissingEvidence
from irm.disagreements.shown import ComparedPlace
from ogp_tracker.common.texts import StrOrPromise

ON: dict[Comparison | MissingEvidence, StrOrPromise] = {
    Comparison.DIFFER: gettext_lazy("Yes, on %(places)s."),
    Comparison.AGREE: gettext_lazy("No, they agree on %(places)s."),
    MissingEvidence.NOT_GIVEN: gettext_lazy(
        "Evidence is missing for %(places)s: none is recorded here."
    ),
    MissingEvidence.NOT_FOUND: gettext_lazy(
        "The assessor found no evidence to judge %(places)s by."
    ),
}

ELSE: dict[Comparison, StrOrPromise] = {
    Comparison.NOT_COMPARABLE: gettext_lazy("It is not known: %(why)s."),
    Comparison.ONLY_GOVERNMENT: gettext_lazy("No: only government has said how far it is."),
    Comparison.ONLY_ASSESSOR: gettext_lazy("No: only the assessor has judged how far it is."),
    Comparison.NOBODY: gettext_lazy("No: neither has said how far it is."),
}
"""Where they neither differ nor agree anywhere; the first that holds of any place."""


def agreement_in(places: Sequence[ComparedPlace]) -> Iterator[str]:
    """One sentence on the contradiction, and one for each kind of evidence that is missing."""
    found = {kind: _named(places, kind) for kind in ON}
    if found[Comparison.DIFFER] or found[Comparison.AGREE]:
        kind = Comparison.DIFFER if found[Comparison.DIFFER] else Comparison.AGREE
        yield ON[kind] % {"places": found[kind]}
    else:
        comparison, place = next(
            (kind, place) for kind in ELSE for place in places if place.comparison == kind
        )
        why = str(place.why.label) if place.why else ""
        yield ELSE[comparison] % {"why": why[:1].lower() + why[1:]}
    for missing in MissingEvidence:
        if found[missing]:
            yield ON[missing] % {"places": found[missing]}


def _named(places: Sequence[ComparedPlace], kind: Comparison | MissingEvidence) -> str:
    """The commitment as a whole, and milestones by name with the nations if not in all."""
    names: dict[str, None] = {}
    for place in places:
        if kind in place.kinds:
            whole = _("the commitment as a whole")
            names[place.milestone.name if place.milestone else whole] = None
    return get_text_list(list(names), _("and"))
