"""The codebook as a table and as a text: every code in the public tables.

It is made from the columns and from `irm/codebook.py`, so that it always agrees with them.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from commitments.models import Institution, Involvement
from irm.codebook import BY_NAME, NOTHINGS, ReportKind
from irm.disagreements.rule import Comparison, NotComparable, Unit
from irm.models import Report
from milestones.levels import LEVEL_VALUES, OVERALL_SIGNS, SCHEDULE_SIGNS, LevelBasis, Provenance
from milestones.models.evidence import LinkState
from milestones.published_words import PUBLISHED_WORDS
from ogp_tracker.opendata.tables import TABLES


class CodebookRow(NamedTuple):
    variable: str
    code: str
    label: str
    definition: str = ""
    is_a_kind_of_nothing: str = "false"
    given_in: str = ""
    list_is_complete: str = "true"
    source: str = ""


CHOICES: dict[str, type[TextChoices]] = {
    "institutions.kind": Institution.Kind,
    "involvements.role": Involvement.Role,
    "evidence.link_state": LinkState,
    "reports.kind": ReportKind,
    "reports.assessor": Report.Assessor,
    "disagreements.comparison": Comparison,
    "disagreements.not_comparable_because": NotComparable,
    "unit": Unit,
    "level_basis": LevelBasis,
    "provenance": Provenance,
}
"""Coded columns whose codes have labels; with the name of a table, only that one has it."""


def rows() -> Iterator[CodebookRow]:
    """One row for each value of each coded column, government's before the assessors'."""
    for column, choices in CHOICES.items():
        for choice in choices:
            yield CodebookRow(column, choice.value, str(choice.label))
    signs = {"overall": OVERALL_SIGNS, "schedule": SCHEDULE_SIGNS}
    signs["level"] = {level: OVERALL_SIGNS[level] for level in LEVEL_VALUES}
    for column, given in signs.items():
        for code, sign in given.items():
            yield CodebookRow(column, str(code), str(sign.word), str(sign.definition))
    for words, reading in PUBLISHED_WORDS.items():
        gives = _("Gives: %(codes)s.") % {"codes": ", ".join(filter(None, reading)) or _("nothing")}
        yield CodebookRow("words_as_published", words, words, gives, list_is_complete="false")
    for variable in BY_NAME.values():
        given_in = "; ".join(kind for kind in ReportKind.values if kind in variable.given_in)
        for value in (*variable.values, *NOTHINGS):
            yield CodebookRow(
                variable.name,
                value.code,
                str(value.label),
                str(value.meaning),
                str(value in NOTHINGS).lower(),
                "; ".join(sorted(value.only_in)) or given_in,
                str(variable.is_complete).lower(),
                variable.source,
            )


def as_markdown() -> str:
    variables = [
        (name, BY_NAME.get(name), list(values))
        for name, values in groupby(rows(), key=lambda row: row.variable)
    ]
    about = {"tables": TABLES, "variables": variables}
    return render_to_string("opendata/package/codebook.md", about).rstrip("\n") + "\n"
