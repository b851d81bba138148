"""What became of a commitment, in at most three sentences. Pure.

First what happened to the commitment itself, then the assessor's word, government's and our
reading, each only as far as the rows know it. A milestone of which some nations are not known is
never counted at a level.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.models.amended import AmendmentState
from irm.disagreements.rule import FINDINGS
from milestones.levels import Cell, LevelBasis, Overall, Provenance, roll_up, stands_at
from ogp_tracker.common.texts import StrOrPromise


class Assessed(Enum):
    """What is recorded of the assessor's word on completion, if it is not a code."""

    NOTHING = gettext_lazy("No assessment is recorded here.")
    COVERED = gettext_lazy("The assessor’s report covers it; what it found is not recorded here.")
    NOT_JUDGED = gettext_lazy("No report recorded here judges how far it was completed.")
    WORDS = gettext_lazy("The assessor describes the result in words and gives no code.")
    BLANK = gettext_lazy("The assessor’s code for completion is blank.")


CODES: dict[str, StrOrPromise] = {
    "complete": gettext_lazy("The assessor found it complete"),
    "substantial": gettext_lazy("The assessor found substantial completion"),
    "limited": gettext_lazy("The assessor found limited completion"),
    "not_started": gettext_lazy("The assessor found that it had not started"),
    "no_evidence_available": gettext_lazy("The assessor found no evidence to judge it by"),
    "withdrawn": gettext_lazy("The assessor recorded it as withdrawn"),
    "pending_irm_review": gettext_lazy("For completion, OGP publishes “Pending IRM Review”"),
    "no_irm_data": gettext_lazy("For completion, OGP publishes “No IRM Data”"),
}

STATES: dict[str, StrOrPromise] = {
    AmendmentState.WITHDRAWN: gettext_lazy("It was withdrawn."),
    AmendmentState.ON_HOLD: gettext_lazy("Work on it is on hold."),
    AmendmentState.MERGED: gettext_lazy("It was merged into another or replaced."),
}

STANDINGS: dict[str, StrOrPromise] = {
    Overall.COMPLETED: gettext_lazy("completed"),
    Overall.SUBSTANTIAL: gettext_lazy("substantially completed"),
    Overall.LIMITED: gettext_lazy("completed to a limited extent"),
    Overall.NOT_STARTED: gettext_lazy("not started"),
    Overall.LEVEL_NOT_GIVEN: gettext_lazy("described in words without a level"),
    AmendmentState.WITHDRAWN: gettext_lazy("withdrawn"),
    AmendmentState.ON_HOLD: gettext_lazy("on hold"),
    AmendmentState.MERGED: gettext_lazy("merged or replaced"),
}
"""After “is”; the most advanced first."""

Cells = Mapping[str, Cell]
"""What is known in each nation that it is for, by the nation's name."""
Whose = Callable[[Cell], bool]


@dataclass(frozen=True)
class VerdictMilestone:
    cells: Cells
    state: str = ""


@dataclass(frozen=True)
class VerdictFacts:
    assessed: Assessed | str = Assessed.NOTHING
    """A code of completion, or why there is none."""
    is_final: bool = True
    state: str = ""
    whole: Cells = field(default_factory=dict)
    milestones: Sequence[VerdictMilestone] = ()

    @property
    def is_little_known(self) -> bool:
        """Whether no milestone, no progress and no finding on completion is recorded."""
        is_found = self.assessed is Assessed.WORDS or self.assessed in FINDINGS
        return not (is_found or self.milestones or any(map(_is_reported, self.whole.values())))


def verdict(facts: VerdictFacts) -> list[str]:
    cells = [*facts.whole.values(), *(c for one in facts.milestones for c in one.cells.values())]
    ours = any(map(_is_ours, cells))
    governments = any(map(is_governments, cells)) or any(one.state for one in facts.milestones)
    sentences = [STATES[facts.state]] if facts.state else []
    is_known = ours or governments or facts.milestones or facts.state
    if not is_known and facts.assessed is Assessed.NOTHING:
        return [_("Neither progress nor an assessment is recorded here.")]
    sentences.append(_assessors(facts))
    if governments:
        sentences.append(_progress(facts, is_governments))
    elif not ours:
        sentences.append(_no_progress(len(facts.milestones)))
    elif not facts.state:
        sentences.append(_("No level from government is recorded here."))
    if ours:
        sentences.append(_progress(facts, _is_ours))
    return [str(one) for one in sentences[:3]]


def _assessors(facts: VerdictFacts) -> StrOrPromise:
    if isinstance(facts.assessed, Assessed):
        return facts.assessed.value
    if facts.is_final:
        return f"{CODES[facts.assessed]}."
    draft = _("%(finding)s, in a version for public comment that is not final.")
    return draft % {"finding": CODES[facts.assessed]}


def _no_progress(milestones: int) -> str:
    if not milestones:
        return _("No progress is recorded here.")
    none = ngettext(
        "No progress is recorded here for its %(total)s milestone.",
        "No progress is recorded here for any of its %(total)s milestones.",
        milestones,
    )
    return none % {"total": intcomma(milestones)}


def _is_reported(cell: Cell) -> bool:
    return stands_at(cell) != Overall.NOT_REPORTED


def is_governments(cell: Cell) -> bool:
    """Whether government itself says what stands there, and not this site or an assessor."""
    is_read = cell.level and cell.level_basis == LevelBasis.READ
    is_told = cell.provenance == Provenance.ASSESSOR_REPORT
    return _is_reported(cell) and not (is_read or is_told)


def _is_ours(cell: Cell) -> bool:
    return _is_reported(cell) and not is_governments(cell)


def _progress(facts: VerdictFacts, is_mine: Whose) -> str:
    """Of the commitment as a whole, or else of its milestones."""
    cells = [cell for cell in facts.whole.values() if is_mine(cell)]
    said = _of_whole(facts.whole, is_mine) if cells else _of_milestones(facts.milestones, is_mine)
    cells = cells or [c for one in facts.milestones for c in one.cells.values() if is_mine(c)]
    if is_mine is is_governments:
        return _("In government’s updates, %(said)s.") % {"said": said}
    if not any(cell.level and cell.level_basis == LevelBasis.READ for cell in cells):
        return _("In the assessor’s report, %(said)s.") % {"said": said}
    if {cell.provenance for cell in cells} == {Provenance.ASSESSOR_REPORT}:
        return _("As we read the assessor’s report, %(said)s.") % {"said": said}
    return _("As we read the documents, %(said)s.") % {"said": said}


def _of_whole(whole: Cells, is_mine: Whose) -> str:
    nations: dict[str, list[str]] = defaultdict(list)
    for nation, cell in whole.items():
        if is_mine(cell):
            words = "" if cell.level else f"“{cell.words_as_published}”"
            nations[words or _standing([cell])].append(nation)
    said = list(nations)
    if len(said) > 1 or sum(map(len, nations.values())) < len(whole):
        within = _("%(standing)s in %(nations)s")
        said = [within % {"standing": one, "nations": _and(nations[one])} for one in said]
    unknown = [nation for nation, cell in whole.items() if not _is_reported(cell)]
    sentence = _("it is %(standing)s") % {"standing": _and(said)}
    if unknown:
        nothing = _("%(said)s; nothing is recorded for %(nations)s")
        return nothing % {"said": sentence, "nations": _and(unknown)}
    return sentence


def _of_milestones(milestones: Sequence[VerdictMilestone], is_mine: Whose) -> str:
    """How many are at each level in every nation, known in some nations only, or amended."""
    counts: Counter[tuple[str, int]] = Counter()
    partly: list[Cells] = []
    for one in milestones:
        mine = {nation: cell for nation, cell in one.cells.items() if is_mine(cell)}
        if one.state:
            counts[one.state, 0] += is_mine is is_governments
        elif mine and len(mine) < len(one.cells):
            partly.append(mine)
        elif mine:
            counts[roll_up(mine.values()).overall, len(mine)] += 1
    parts = [
        (number, _in_all(str(STANDINGS[standing]), nations))
        for (standing, nations), number in sorted(counts.items(), key=_rank)
        if number
    ]
    if partly:
        parts.append((len(partly), _known_for_some(partly)))
    whole = len(milestones)
    return "; ".join(_is(*part, whole if part is parts[0] else 0) for part in parts)


def _rank(counted: tuple[tuple[str, int], int]) -> tuple[int, int]:
    (standing, nations), _number = counted
    return list(STANDINGS).index(standing), nations


def _in_all(standing: str, nations: int) -> str:
    if nations < 2:
        return standing
    said = _("%(standing)s in all %(nations)s nations")
    return said % {"standing": standing, "nations": nations}


def _known_for_some(partly: Sequence[Cells]) -> str:
    where = {tuple(one) for one in partly}
    nations = _and([*where.pop()]) if len(where) == 1 else _("some nations")
    levels = Counter(_standing(one.values()) for one in partly)
    said = ", ".join(f"{intcomma(number)} {standing}" for standing, number in levels.items())
    only = _("known for %(nations)s only (%(levels)s)")
    return only % {"nations": nations, "levels": said}


def _is(number: int, said: str, total: int) -> str:
    if total == 1:
        return _("its one milestone is %(said)s") % {"said": said}
    if total:
        sentence = ngettext(
            "%(number)s of its %(total)s milestones is %(said)s",
            "%(number)s of its %(total)s milestones are %(said)s",
            number,
        )
    else:
        sentence = ngettext("%(number)s is %(said)s", "%(number)s are %(said)s", number)
    return sentence % {"number": intcomma(number), "total": intcomma(total), "said": said}


def _standing(cells: Iterable[Cell]) -> str:
    return str(STANDINGS[roll_up(cells).overall])


def _and(names: Sequence[str]) -> str:
    return get_text_list(list(names), _("and"))
