"""The rules of a progress update, pure: nothing here reads or writes the database.

`services` checks them under the lock, a form in its `clean`, `check_consistency` for every
published row. What SQL can say is also a named constraint on the models.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.levels import (
    NEEDS_EVIDENCE,
    NEEDS_OBSTACLES,
    Level,
    LevelBasis,
    Provenance,
    Schedule,
)
from milestones.published_words import basis_of, reading_of
from ogp_tracker.common.bounds import NARRATIVE, too_long

WRITTEN = ("narrative", "obstacles", "due_reason", "correction_reason")
"""The texts of an update that its author writes."""

TAKES_NO_PART = gettext_lazy(
    "This institution takes no part in the commitment, or serves none of its nations. Choose"
    " another, or ask your point of contact to put that right."
)


class UpdateRefused(ValidationError):
    """A progress update breaks a rule; `error_dict` names the field and says what to do."""

    def by_field(self) -> dict[str, list[str]]:
        """What is about no field is under an empty name."""
        return self.message_dict if hasattr(self, "error_dict") else {"": self.messages}


@dataclass(frozen=True)
class UpdateFacts:
    """What one progress update says, as far as the rules care."""

    level: str
    as_of: date | None
    narrative: str
    obstacles: str
    nations: frozenset[str]
    """Codes of the nations it is about."""
    evidence: frozenset[tuple[str, str]] = frozenset()
    """Address (or file) and place in it, of each piece of evidence."""
    is_attributed: bool = True
    """Whether it names an institution, or else a document."""
    level_basis: str = LevelBasis.GIVEN.value
    schedule: str = ""
    words: str = ""
    """The words of the document for how it stands."""
    provenance: str = Provenance.REPORTED_HERE.value
    correction_reason: str = ""
    moves_due_to: date | None = None
    due_reason: str = ""

    @property
    def from_document(self) -> bool:
        return self.provenance != Provenance.REPORTED_HERE


@dataclass(frozen=True)
class Circumstances:
    on: date
    in_scope: frozenset[str]
    """Codes of the nations in which the milestone applies."""
    reportable_nations: frozenset[str]
    """Codes of the nations for which the institution may report."""
    plan_first_day: date | None = None
    current: Mapping[str, UpdateFacts] = field(default_factory=dict)
    """Per nation the update that is shown now."""
    corrects: bool = False
    corrected_is_current: bool = True
    """Whether the corrected update is published, of the same thing and not corrected yet."""
    may_correct: bool = True
    """Whether the corrected update is the institution's own."""
    due_on: date | None = None
    may_move_due_date: bool = True
    """Whether the institution leads the commitment, whose nations share one due date."""
    is_whole: bool = False
    """Whether it is about a commitment as a whole."""
    may_leave_open: bool = True
    """Whether the level may be left open though the words give one, as an import asks."""


def check_update(update: UpdateFacts, given: Circumstances) -> None:
    """Raise UpdateRefused with every problem at once, each beside its field; else return.

    An update taken from a document (`from_document`) repeats what government has already said
    in public: it is not refused for the evidence or obstacles that the document fails to
    give. The page shows them as missing instead.
    """
    refuse(
        *_level_problems(update),
        *(_word_problems if update.from_document else _officer_problems)(update, given),
        *_date_problems(update, given),
        *_nation_problems(update, given),
        *_correction_problems(update, given),
        *_due_date_problems(update, given),
        *((name, too_long(getattr(update, name), NARRATIVE)) for name in WRITTEN),
    )
    if not given.corrects and _is_nothing_new(update, given.current):
        sentence = _(
            "Nothing new: this is already published. Change what is new, or leave the page."
        )
        refuse(("level", sentence))


def refuse(*problems: tuple[str, str]) -> None:
    """Raise UpdateRefused with the sentences beside their fields; no problem, or "", is none."""
    found: dict[str, list[str]] = {}
    for name, sentence in problems:
        if sentence:
            found.setdefault(name, []).append(sentence)
    if found:
        raise UpdateRefused(found)


def _level_problems(update: UpdateFacts) -> Iterable[tuple[str, str]]:
    may_be_words = update.from_document and update.words and not update.level
    if update.level not in Level.values and not may_be_words:
        yield "level", _("Choose one of the four levels.")
    if not update.narrative.strip() and not (update.from_document and update.words):
        yield "narrative", _("Say in a sentence or two what was done.")
    if not update.is_attributed:
        yield "institution", _("Choose the institution that reports, or name the source document.")


def _word_problems(update: UpdateFacts, given: Circumstances) -> Iterable[tuple[str, str]]:
    """What the words of a document give, the update says; the rest is our reading."""
    reading = reading_of(update.words)
    is_open = given.may_leave_open and not update.level
    if reading.level and reading.level != update.level and not is_open:
        words = _("These words give the level %(level)s: choose it.")
        yield "level", words % {"level": Level(reading.level).label}
    elif update.level and update.level_basis != basis_of(update.level, update.words):
        yield (
            "level_basis",
            _("These words give this level: it is not our reading.")
            if reading.level
            else _("The document’s words do not give this level: it is our reading."),
        )
    if reading.schedule and reading.schedule != update.schedule:
        words = _("These words give the schedule %(schedule)s: choose it.")
        yield "schedule", words % {"schedule": Schedule(reading.schedule).label}


def _officer_problems(update: UpdateFacts, given: Circumstances) -> Iterable[tuple[str, str]]:
    due_on = update.moves_due_to or given.due_on
    if due_on and update.level not in {"", Level.COMPLETED} and not update.schedule:
        yield "schedule", _("Say whether it is on schedule.")
    on_schedule = update.schedule == Schedule.ON_SCHEDULE
    if on_schedule and due_on and update.as_of and update.as_of > due_on:
        words = _("The due date, %(day)s, has passed: it is not on schedule.")
        yield "schedule", words % {"day": date_format(due_on)}
    if update.level in NEEDS_EVIDENCE and not update.evidence:
        sentence = _(
            "Add evidence: the levels Substantial and Completed need at least one address or file."
        )
        yield "evidence", sentence
    if update.schedule in NEEDS_OBSTACLES and not update.obstacles.strip():
        yield "obstacles", _("Say what stands in the way: at risk and behind schedule need it.")


def _date_problems(update: UpdateFacts, given: Circumstances) -> Iterable[tuple[str, str]]:
    first = given.plan_first_day
    if update.as_of is None:
        yield "as_of", _("Enter the date on which this was true.")
    elif update.as_of > given.on:
        yield "as_of", _("This date is in the future. Enter today or an earlier date.")
    elif first is not None and update.as_of < first:
        words = _("The plan began on %(day)s. Enter that date or a later one.")
        yield "as_of", words % {"day": date_format(first)}


def _nation_problems(update: UpdateFacts, given: Circumstances) -> Iterable[tuple[str, str]]:
    if not update.nations:
        yield "nations", _("Choose at least one nation that this update is about.")
    elif update.nations - given.in_scope:
        yield "nations", _("It does not apply in a nation that you chose. Take that nation out.")
    elif not given.reportable_nations:
        yield "institution", str(TAKES_NO_PART)
    elif update.nations - given.reportable_nations:
        sentence = _(
            "You may report for your own nation only, unless your institution leads the"
            " commitment. Take the other nations out."
        )
        yield "nations", sentence


def _correction_problems(update: UpdateFacts, given: Circumstances) -> Iterable[tuple[str, str]]:
    if not given.corrects:
        return
    if not given.corrected_is_current:
        sentence = _(
            "Only a published update on the same thing that nobody has corrected yet can be"
            " corrected. Choose the latest one."
        )
        yield "corrects", sentence
    elif not given.may_correct:
        sentence = _("Only the institution that made this update can correct it. Ask it to do so.")
        yield "corrects", sentence
    if not update.correction_reason.strip():
        yield "correction_reason", _("Say why the earlier update has to be corrected.")


def _due_date_problems(update: UpdateFacts, given: Circumstances) -> Iterable[tuple[str, str]]:
    if (moves_to := update.moves_due_to) is None:
        if update.due_reason.strip():
            yield "due_on_proposed", _("Enter the new due date, or empty the reason.")
        return
    if given.is_whole:
        yield "due_on_proposed", _("Only the due date of a milestone moves with an update.")
        return
    if moves_to == given.due_on:
        yield "due_on_proposed", _("This is already the due date. Enter another date.")
        return
    if not update.due_reason.strip():
        yield "due_reason", _("Say why the due date moves. The reason is published.")
    if not given.may_move_due_date:
        sentence = _(
            "The due date is the same for all nations: only an institution that leads the"
            " commitment moves it. Take it out, or ask your point of contact."
        )
        yield "due_on_proposed", sentence


def _is_nothing_new(update: UpdateFacts, current: Mapping[str, UpdateFacts]) -> bool:
    def content(facts: UpdateFacts) -> tuple[object, ...]:
        texts = (facts.narrative.strip(), facts.obstacles.strip())
        said = (facts.level, facts.words, facts.schedule)
        return (*said, facts.as_of, *texts, facts.evidence)

    return update.moves_due_to is None and all(
        code in current and content(current[code]) == content(update) for code in update.nations
    )


def check_sign_off(
    *,
    recorded_by: object,
    signed_off_by: object,
    co_signed_by: object,
    needs_sign_off: bool,
    needs_civil_society: bool,
) -> None:
    """Raise UpdateRefused if a signature is missing; None is nobody. In SQL: `lacks_signatures`.

    Nobody signs off their own update, and nobody signs for both sides.
    """
    second = agreement = ""
    if needs_sign_off and signed_off_by in (None, recorded_by):
        second = _("This needs a second person to sign off. Ask a colleague to publish it.")
    if needs_civil_society and co_signed_by in (None, recorded_by, signed_off_by):
        agreement = _("This plan needs the agreement of a civil-society lead. Ask for it first.")
    refuse(("signed_off_by", second), ("co_signed_by", agreement))


@dataclass(frozen=True)
class PublishedFacts:
    """What decides which published update is current."""

    key: int
    as_of: date
    recorded_at: datetime
    corrects: int | None
    nations: frozenset[str]


def current_updates(published: Iterable[PublishedFacts]) -> dict[str, int]:
    """Per nation the key of the update that is current there.

    An update that a published one corrects no longer counts; of the rest the latest as-of date
    wins, then the latest recorded, then the highest key.
    """
    by_date = sorted(published, key=lambda update: (update.as_of, update.recorded_at, update.key))
    corrected = {update.corrects for update in by_date}
    standing = (update for update in by_date if update.key not in corrected)
    return {nation: update.key for update in standing for nation in update.nations}
