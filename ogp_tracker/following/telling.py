"""A change as text, for readers outside the pages: in feeds and emails."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _

from irm.models import Assessment
from milestones.levels import in_words
from milestones.models import Amendment
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
    url: str
    who: str
    """Institution and role, never a person; "" if neither is recorded."""
    lines: list[str]
    fields: list[FieldText]


def describe(change: PublicChange) -> ChangeText:
    names = ", ".join(thing.name for thing in change.things)
    # A third thing only says in which report, or for which nation.
    thing = change.things[min(1, len(change.things) - 1)]
    who = (change.who.name if change.who else "", change.role)
    lines = LINES[change.kind](change.row) if change.kind in LINES else []
    return ChangeText(
        title=Truncator(clean(f"{change.kind.label}: {names}")).chars(LONGEST_TITLE),
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
    """`update` is a row of `ogp_tracker.history.sources.updates`."""
    nations = get_text_list([str(nation) for nation in update.nations.all()], _("and"))
    day = update.as_of_in_words
    words = {"said": in_words(update), "day": day, "nations": nations}
    lines = [_("In %(nations)s: %(said)s, as of %(day)s") % words]
    if update.corrects_id:
        lines.append(
            _("Corrects the update of %(day)s. Reason: %(reason)s")
            % {"day": date_format(update.corrects.day), "reason": shorter(update.correction_reason)}
        )
    if update.is_corrected:
        lines.append(_("Corrected by a later update, which counts instead."))
    lines.append(": ".join(filter(None, (account(update), update.source_title))))
    if update.agreed_for:
        lines.append(_("Agreed for civil society: %s.") % update.agreed_for)
    if update.signed_for:
        lines.append(_("Signed off for %s.") % update.signed_for)
    return lines


def amendment_lines(amendment: Amendment) -> list[str]:
    lines = [amendment.get_kind_display()]
    if amendment.due_to:
        to = date_format(amendment.due_to)
        lines = [_("Set to %(to)s; there was no due date before.") % {"to": to}]
        if amendment.due_from:
            dates = {"from": date_format(amendment.due_from), "to": to}
            lines = [_("From %(from)s to %(to)s.") % dates]
    if amendment.effective_on:
        lines.append(_("Effective: %s.") % date_format(amendment.effective_on))
    lines += [_("Into: %s") % other for other in amendment.merged_into_all]
    if amendment.reason:
        lines.append(_("Reason: %s") % shorter(amendment.reason))
    if amendment.source_title:
        lines.append(_("From: %s") % amendment.source_title)
    return lines


def assessment_lines(assessment: Assessment) -> list[str]:
    lines = [_("By: %s") % assessment.report.get_assessor_display()]
    if assessment.report.is_for_comment:
        lines.append(_("Version for public comment, not final"))
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
