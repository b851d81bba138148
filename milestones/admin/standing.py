"""How far something is, in words."""

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.levels import (
    LEVEL_NOT_GIVEN,
    NOT_APPLICABLE,
    OUR_READING,
    SCHEDULE_SIGNS,
    SIGNS,
    LevelBasis,
)
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate
from milestones.targets import Target, cells_of


class ShowsProgress:
    @admin.display(description=gettext_lazy("what it is about"), ordering="milestone")
    def about(self, obj: NationProgress | ProgressUpdate | Amendment) -> str:
        return str(obj.target)

    @admin.display(description=gettext_lazy("how far it is"), ordering="level")
    def how_far(self, obj: NationProgress | ProgressUpdate) -> str:
        return in_words(obj)

    @admin.display(description=gettext_lazy("nations"))
    def nation_names(self, obj: ProgressUpdate) -> str:
        return ", ".join(nation.name for nation in obj.nations.all())


def current_levels(target: Target) -> list[tuple[str, str]]:
    return [(str(cell.nation), _level_of(cell)) for cell in cells_of(target)]


def _level_of(cell: NationProgress) -> str:
    if not cell.applies:
        return f"{NOT_APPLICABLE.word} ({cell.not_applicable_reason})"
    return f"{in_words(cell)} ({date_format(cell.as_of)})" if cell.as_of else in_words(cell)


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


def level_in_words(milestone: Milestone) -> str:
    whole = milestone.roll_up()
    word = f"{whole.sign.word} ({OUR_READING.word})" if whole.is_read else str(whole.sign.word)
    if whole.heard in {0, whole.in_scope}:
        return word
    return _("%(level)s (%(heard)d of %(in_scope)d nations)") % {
        "level": word,
        "heard": whole.heard,
        "in_scope": whole.in_scope,
    }
