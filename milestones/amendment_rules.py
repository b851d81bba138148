"""The rules of an amendment, pure, asked as those of `progress_rules`, and what it leads to."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models.amended import GOES_ON, AmendmentState
from milestones.progress_rules import refuse
from ogp_tracker.common.bounds import FROM_DOCUMENT, NARRATIVE, too_long


class AmendmentKind(TextChoices):
    DUE_DATE_MOVED = "due_date_moved", gettext_lazy("Due date moved")
    TEXT_REVISED = "text_revised", gettext_lazy("Text revised")
    PUT_ON_HOLD = "put_on_hold", gettext_lazy("Put on hold")
    RESUMED = "resumed", gettext_lazy("Resumed")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")
    MERGED = "merged", gettext_lazy("Merged into or replaced by another")


LEADS_TO: dict[str, str] = {
    AmendmentKind.PUT_ON_HOLD: AmendmentState.ON_HOLD,
    AmendmentKind.RESUMED: GOES_ON,
    AmendmentKind.WITHDRAWN: AmendmentState.WITHDRAWN,
    AmendmentKind.MERGED: AmendmentState.MERGED,
}
"""The states that kinds of amendments lead to; the others leave the state as it is."""


@dataclass(frozen=True)
class AmendmentContent:
    kind: str
    effective_on: date | None = None
    reason: str = ""
    due_to: date | None = None
    text_to: str = ""
    source_title: str = ""
    source_url: str = ""
    source_locator: str = ""
    merged_into: Collection[int] = ()
    """Keys of milestones if a milestone is amended, else of commitments."""


COLUMNS = tuple(one.name for one in fields(AmendmentContent) if one.name != "merged_into")


@dataclass(frozen=True)
class Amended:
    on: date
    key: int
    state: str = GOES_ON
    due_on: date | None = None
    text: str = ""
    starts_on: date | None = None
    """The first possible day of what is amended: it cannot be due before."""


def check_amendment(amendment: AmendmentContent, now: Amended, *, is_attributed: bool) -> None:
    """Raise UpdateRefused with every problem at once, each beside its field; else return."""
    refuse(
        ("reason", too_long(amendment.reason, NARRATIVE)),
        *_general_problems(amendment, now, is_attributed),
        *_problems_of_kind(amendment, now),
    )


def _general_problems(
    amendment: AmendmentContent, now: Amended, is_attributed: bool
) -> Iterator[tuple[str, str]]:
    if amendment.effective_on is not None and amendment.effective_on > now.on:
        yield "effective_on", _("This date is in the future. Enter today or an earlier date.")
    if amendment.source_title:
        return
    if not is_attributed:
        yield "institution", _("Choose the institution that says so, or name the source document.")
    if amendment.effective_on is None:
        yield "effective_on", _("Enter the date from which this is so, like 27 March 2026.")
    if not amendment.reason.strip():
        yield "reason", _("Say why the plan changes. The reason is published.")


def _problems_of_kind(amendment: AmendmentContent, now: Amended) -> Iterator[tuple[str, str]]:
    kind = amendment.kind
    if kind not in AmendmentKind.values:
        yield "kind", _("Choose what changes.")
    elif kind in LEADS_TO and LEADS_TO[kind] == now.state:
        yield "kind", str(_NOTHING_CHANGES[kind])
    yield from _value_problems(amendment, now)
    if kind == AmendmentKind.MERGED and now.key in amendment.merged_into:
        yield "merged_into", _("It cannot be merged into itself. Choose another.")
    elif kind == AmendmentKind.MERGED and not (amendment.merged_into or amendment.source_title):
        yield "merged_into", _("Choose what it is merged into or replaced by.")
    elif kind != AmendmentKind.MERGED and amendment.merged_into:
        yield "merged_into", _("Empty this field, or choose “Merged” as what changes.")


def _value_problems(amendment: AmendmentContent, now: Amended) -> Iterator[tuple[str, str]]:
    if amendment.kind == AmendmentKind.DUE_DATE_MOVED:
        if amendment.due_to is None:
            yield "due_to", _("Enter the new due date, like 27 March 2026.")
        elif amendment.due_to == now.due_on:
            yield "due_to", _("This is already the due date. Enter another date.")
        elif now.starts_on is not None and amendment.due_to < now.starts_on:
            words = _("It starts on %(date)s. Enter that date or a later one.")
            yield "due_to", words % {"date": date_format(now.starts_on)}
    elif amendment.due_to is not None:
        yield "due_to", _("Empty this field, or choose “Due date moved” as what changes.")
    if amendment.kind == AmendmentKind.TEXT_REVISED:
        if not amendment.text_to.strip():
            yield "text_to", _("Enter the new text.")
        elif amendment.text_to == now.text:
            yield "text_to", _("This is already the text. Change what is new.")
        yield "text_to", too_long(amendment.text_to, FROM_DOCUMENT)
    elif amendment.text_to:
        yield "text_to", _("Empty this field, or choose “Text revised” as what changes.")


_NOTHING_CHANGES: dict[str, Any] = {
    AmendmentKind.PUT_ON_HOLD: gettext_lazy("It is already on hold."),
    AmendmentKind.RESUMED: gettext_lazy("It is neither on hold nor withdrawn nor merged."),
    AmendmentKind.WITHDRAWN: gettext_lazy("It is already withdrawn."),
    AmendmentKind.MERGED: gettext_lazy("It is already merged into something else."),
}


def state_after(kinds: Iterable[str]) -> str:
    state = GOES_ON
    for kind in kinds:
        state = LEADS_TO.get(kind, state)
    return state
