"""How far something is, in the lists and forms of the admin."""

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.levels import NOT_APPLICABLE, OUR_READING
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate
from milestones.outlook import in_words
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


def level_in_words(milestone: Milestone) -> str:
    whole = milestone.roll_up()
    word = f"{whole.sign.word} ({OUR_READING.word})" if whole.is_read else str(whole.sign.word)
    if whole.heard in {0, whole.in_scope}:
        return word
    return _("%(level)s (%(heard)s of %(in_scope)s nations)") % {
        "level": word,
        "heard": whole.heard,
        "in_scope": whole.in_scope,
    }
