"""The current levels of a milestone, in words."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones.levels import NOT_APPLICABLE, SIGNS
from milestones.models import Milestone, NationProgress


def current_levels(milestone: Milestone) -> list[tuple[str, str]]:
    return [(str(cell.nation), level_of(cell)) for cell in milestone.cells()]


def level_of(cell: NationProgress) -> str:
    if not cell.applies:
        return f"{NOT_APPLICABLE.word} ({cell.not_applicable_reason})"
    as_of = f" ({date_format(cell.as_of)})" if cell.as_of else ""
    return f"{SIGNS[cell.level].word}{as_of}"


def level_in_words(milestone: Milestone) -> str:
    whole = milestone.roll_up()
    if whole.heard in {0, whole.in_scope}:
        return str(whole.sign.word)
    return _("%(level)s (%(reported)d of %(in_scope)d nations)") % {
        "level": whole.sign.word,
        "reported": whole.heard,
        "in_scope": whole.in_scope,
    }
