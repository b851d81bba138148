"""A change as text, for readers outside the pages: in feeds and emails."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _

from commitments.models import Nation
from irm.codebook import COMPLETION
from irm.models import Assessment
from irm.models.codes import GivenCode
from milestones.levels import in_words
from milestones.models import Amendment, ProgressUpdate
from milestones.templatetags.progress import account
from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.lines import one_line
from ogp_tracker.history.kinds import ChangeKind, Difference, PublicChange

LONGEST_REASON = 1000
LONGEST_TITLE = 300
LONGEST_DIFFERENCE = 600
FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)


@dataclass(frozen=True)
class FieldText:
    name: str
    shown: SafeString
    in_text: str


@dataclass(frozen=True)
class ChangeText:
    title: str
    subject: str
    """The title as it goes on after the name of the site."""
    url: str
    who: str
    """Institution and role, never a person; "" if neither is recorded."""
    lines: list[str]
    fields: list[FieldText]


def describe_all(changes: Iterable[PublicChange]) -> list[ChangeText]:
    """A fixed number of queries."""
    listed = list(changes)
    read_siblings([one.row for one in listed if isinstance(one.row, ProgressUpdate)])
    return [_describe(one) for one in listed]


def _describe(change: PublicChange) -> ChangeText:
    names = ", ".join(thing.name for thing in change.things)
    # A third thing only says in which report, or for which nation.
    thing = change.things[min(1, len(change.things) - 1)]
    who = (change.who.name if change.who else "", change.role)
    lines = LINES[change.kind](change.row) if change.kind in LINES else []
    return ChangeText(
        title=Truncator(clean(f"{change.kind.label}: {names}")).chars(LONGEST_TITLE),
        subject=f"{str(change.kind.label).lower()}, {clean(names)}",
        url=absolute(thing.address),
        who=clean(", ".join(filter(None, map(str, who)))),
        lines=[clean(line) for line in lines],
        fields=[field_text(difference) for difference in change.differences],
    )


def clean(text: object) -> str:
    """The text on one line, without characters that XML forbids."""
    return one_line(text, "\ufffd")


def field_text(difference: Difference) -> FieldText:
    """Without unchanged passages that the page folds up."""
    shown = FOLDED.sub(" […] ", difference.shown)
    in_text = Truncator(clean(unescape(strip_tags(shown)))).chars(LONGEST_DIFFERENCE)
    # Escaped already; `clean` only removes characters that would break a feed.
    html = mark_safe(clean(shown))  # noqa: S308
    return FieldText(clean(difference.field), html, in_text)


def update_lines(update: Any) -> list[str]:
    """`update` is a row of `ogp_tracker.history.sources.updates`, with its siblings."""
    lines = [*milestone_lines(update), *from_to(update)]
    lines.append(": ".join(filter(None, (account(update), update.source_title))) + ".")
    if update.corrects_id:
        lines.append(
            _("Corrects the update as at %(day)s. Reason: %(reason)s")
            % {
                "day": update.corrects.as_of_in_words,
                "reason": shorter(update.correction_reason),
            }
        )
    if update.is_corrected:
        lines.append(_("A later update corrects this one."))
    for words, text in (("%s", "narrative"), (_("Obstacles: %s"), "obstacles")):
        # The row itself comes without its long texts.
        if said := getattr(siblings_of(update).get(update.pk), text, ""):
            lines.append(words % quoted(shorter(said)))
    if update.agreed_for:
        lines.append(_("Agreed for civil society: %s.") % update.agreed_for)
    if update.signed_for:
        lines.append(_("Signed off for %s.") % update.signed_for)
    return lines


def from_to(update: ProgressUpdate) -> list[str]:
    """What changed in which nations; a month stays a month."""
    by_nations: dict[str, list[str]] = {}
    for nation in update.nations.all():
        before = said_before(update, nation)
        words = _("%(said)s, as at %(day)s. This is the first update.")
        if before and before.day > update.day:
            words = _(
                "%(said)s, as at %(day)s. A later update still counts: %(before)s,"
                " as at %(day_before)s."
            )
        elif before and in_words(before) == in_words(update):
            words = _("still %(said)s, as at %(day)s.")
        elif before:
            words = _("from %(before)s (as at %(day_before)s) to %(said)s (as at %(day)s).")
        change = words % {
            "said": in_words(update),
            "day": update.as_of_in_words,
            "before": in_words(before) if before else "",
            "day_before": before.as_of_in_words if before else "",
        }
        by_nations.setdefault(change, []).append(str(nation))
    return [f"{get_text_list(names, _('and'))}: {change}" for change, names in by_nations.items()]


def said_before(update: ProgressUpdate, nation: Nation) -> ProgressUpdate | None:
    """What was known of it in the nation until this update was published."""
    at = _published(update)
    earlier = [one for one in siblings_of(update).values() if _published(one) < at]
    corrected = {one.corrects_id for one in earlier}
    known = [one for one in earlier if one.pk not in corrected and nation in one.nations.all()]
    return max(known, key=lambda one: (one.day, one.published_at), default=None)


def _published(update: ProgressUpdate) -> tuple[Any, ...]:
    """Documents are imported many at a time."""
    return update.published_at, update.day, update.pk


def read_siblings(updates: list[ProgressUpdate]) -> None:
    """Read what else was published about the same milestone, or the commitment as a whole."""
    told = ProgressUpdate.objects.published().prefetch_related("nations")
    whole = Prefetch("commitment__updates", told.filter(milestone=None), to_attr="told")
    prefetch_related_objects([one for one in updates if one.milestone is None], whole)
    of_milestones = [one for one in updates if one.milestone]
    prefetch_related_objects(of_milestones, Prefetch("milestone__updates", told, to_attr="told"))


def siblings_of(update: Any) -> dict[int, ProgressUpdate]:
    return {one.pk: one for one in update.target.told}


def milestone_lines(row: ProgressUpdate | Amendment) -> list[str]:
    if row.milestone is None:
        return []
    if row.milestone.text_is_summary:
        return [_("Milestone, as this site sums it up: %s") % shorter(row.milestone.text)]
    return [_("Milestone: %s") % quoted(shorter(row.milestone.text))]


def quoted(text: str) -> str:
    """Documents’ words are often recorded with their quotation marks."""
    return text if text.startswith("“") else f"“{text}”"


def amendment_lines(amendment: Amendment) -> list[str]:
    lines = [*milestone_lines(amendment), amendment.get_kind_display()]
    if amendment.due_to:
        dates = {"from": amendment.due_from or "", "to": date_format(amendment.due_to)}
        lines[-1] = _("New due date: %(to)s. It had no due date before.") % dates
        if amendment.due_from:
            dates["from"] = date_format(amendment.due_from)
            lines[-1] = _("Due date moved from %(from)s to %(to)s.") % dates
    if amendment.effective_on:
        lines.append(_("In effect from %s.") % date_format(amendment.effective_on))
    lines += [_("Merged into: %s") % other for other in amendment.merged_into_all]
    if amendment.reason:
        lines.append(_("Reason: %s") % shorter(amendment.reason))
    if amendment.source_title:
        lines.append(_("Source: %s") % amendment.source_title)
    return lines


def assessment_lines(assessment: Assessment) -> list[str]:
    lines = [_("Assessed by: %s") % assessment.report.get_assessor_display()]
    if assessment.completion:
        completion = GivenCode(COMPLETION, COMPLETION.value(assessment.completion))
        lines.append(_("Completion: %s") % completion.label)
    if assessment.report.is_for_comment:
        lines.append(_("This is a version for public comment, not final."))
    return lines


def shorter(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST_REASON)


LINES: dict[ChangeKind, Callable[[Any], list[str]]] = {
    ChangeKind.UPDATE: update_lines,
    ChangeKind.CORRECTION: update_lines,
    ChangeKind.DUE_DATE: amendment_lines,
    ChangeKind.AMENDMENT: amendment_lines,
    ChangeKind.ASSESSMENT: assessment_lines,
    ChangeKind.COVERED: assessment_lines,
    ChangeKind.UNPUBLISHED: lambda row: [_("Reason: %s") % shorter(row.reason)],
}
