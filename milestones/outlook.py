"""What readers see of a milestone or commitment now, and what they will see after an update."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import Commitment, Nation
from milestones.facts import expected_cells
from milestones.levels import LEVEL_NOT_GIVEN, OUR_READING, SCHEDULE_SIGNS, SIGNS, LevelBasis
from milestones.models import Milestone, NationProgress, ProgressUpdate
from milestones.targets import Target, commitment_of, for_cells


@dataclass(frozen=True)
class Outlook:
    nation: Nation
    now: str
    then: str
    is_this_update: bool
    """Whether what they will see comes from this update."""
    is_earlier: bool
    """Whether this update is about the nation, but readers go on seeing one of a later date."""
    changes_level: bool


def outlook(target: Target, update: ProgressUpdate) -> list[Outlook]:
    """Of nations that the update is about or changes. `target` comes from `for_cells`.

    For a published one, `now` is what they saw before it.
    """
    now = expected_cells(target, until=update.published_at)
    then = expected_cells(target, update, update.published_at) if update.as_of else now
    covered = {nation.pk for nation in update.nations.all()}
    nations = {nation.pk: nation for nation in commitment_of(target).nations.all()}
    nations |= {nation.pk: nation for nation in update.nations.all()}
    return [
        Outlook(
            nation=nation,
            now=_shown(now.get(pk)),
            then=_shown(then.get(pk)),
            is_this_update=then.get(pk) == update,
            is_earlier=pk in covered and then.get(pk) != update,
            changes_level=_level(now.get(pk)) != _level(then.get(pk)),
        )
        for pk, nation in nations.items()
        if pk in covered or now.get(pk) != then.get(pk)
    ]


def _level(update: ProgressUpdate | None) -> str:
    return level_in(update) if update else ""


def _shown(update: ProgressUpdate | None) -> str:
    if update is None:
        return str(SIGNS[""].word)
    return _("%(level)s, as of %(day)s") % {
        "level": in_words(update),
        "day": date_format(update.day),
    }


def with_cells(update: ProgressUpdate) -> Target:
    if update.milestone_id:
        return Milestone.objects.for_cells().get(pk=update.milestone_id)
    return for_cells(Commitment.objects.filter(pk=update.commitment_id)).get()


def in_words(said: NationProgress | ProgressUpdate) -> str:
    """The level, or the words in its place, and the schedule; never without whose reading it is."""
    return ", ".join(filter(None, (level_in(said), schedule_in(said))))


def level_in(said: NationProgress | ProgressUpdate) -> str:
    words = f"“{said.words_as_published}”" if said.words_as_published else ""
    if not said.level:
        return f"{LEVEL_NOT_GIVEN.word}: {words}" if words else str(SIGNS[""].word)
    beside = [str(OUR_READING.word)] if said.level_basis == LevelBasis.READ else []
    beside += [words] if words else []
    word = str(SIGNS[said.level].word)
    return f"{word} ({', '.join(beside)})" if beside else word


def schedule_in(said: NationProgress | ProgressUpdate) -> str:
    return str(SCHEDULE_SIGNS[said.schedule].word) if said.schedule else ""
