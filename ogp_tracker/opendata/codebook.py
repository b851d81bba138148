"""The codebook as a table and as a text: every code in the public tables.

It is made from the columns and from `irm/codebook.py`, so that it always agrees with them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from commitments.models import Institution, Involvement
from irm.codebook import BY_NAME, NOTHINGS, ReportKind
from irm.disagreements.rows import Unit
from irm.disagreements.rule import Comparison
from irm.models import Report
from milestones.levels import LEVEL_VALUES, OVERALL_SIGNS, SCHEDULE_SIGNS, LevelBasis, Provenance
from milestones.models.evidence import LinkState
from milestones.published_words import PUBLISHED_WORDS
from ogp_tracker.opendata.tables import TABLES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NAMES = (
    "variable",
    "code",
    "label",
    "definition",
    "is_a_kind_of_nothing",
    "given_in",
    "list_is_complete",
    "source",
)
"""The columns of codebook.csv."""

CodebookRow = tuple[str, ...]

CHOICES: dict[str, type[TextChoices]] = {
    "institutions.kind": Institution.Kind,
    "involvements.role": Involvement.Role,
    "evidence.link_state": LinkState,
    "reports.kind": ReportKind,
    "reports.assessor": Report.Assessor,
    "disagreements.comparison": Comparison,
    "unit": Unit,
    "level_basis": LevelBasis,
    "provenance": Provenance,
}
"""Coded columns whose codes have labels; with the name of a table, only that one has it."""


def rows() -> Iterator[CodebookRow]:
    """One row for each value of each coded column, government's before the assessors'."""
    for column, choices in CHOICES.items():
        for choice in choices:
            yield _row(column, choice.value, choice.label)
    signs = {"overall": OVERALL_SIGNS, "schedule": SCHEDULE_SIGNS}
    signs["level"] = {level: OVERALL_SIGNS[level] for level in LEVEL_VALUES}
    for column, given in signs.items():
        for code, sign in given.items():
            yield _row(column, code, sign.word, sign.definition)
    for words, reading in PUBLISHED_WORDS.items():
        gives = _("Gives: %(codes)s.") % {"codes": ", ".join(filter(None, reading)) or _("nothing")}
        yield _row("words_as_published", words, words, gives, is_complete=False)
    for variable in BY_NAME.values():
        given_in = "; ".join(kind for kind in ReportKind.values if kind in variable.given_in)
        for value in (*variable.values, *NOTHINGS):
            yield _row(
                variable.name,
                value.code,
                value.label,
                value.meaning,
                nothing=value in NOTHINGS,
                given_in="; ".join(sorted(value.only_in)) or given_in,
                is_complete=variable.is_complete,
                source=variable.source,
            )


def _row(
    variable: str,
    code: str,
    label: "StrOrPromise",
    definition: "StrOrPromise" = "",
    *,
    nothing: bool = False,
    given_in: str = "",
    is_complete: bool = True,
    source: str = "",
) -> CodebookRow:
    return (
        variable,
        str(code),
        str(label),
        str(definition),
        str(nothing).lower(),
        given_in,
        str(is_complete).lower(),
        source,
    )


def as_markdown() -> str:
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# " + _("Codebook of the Open Government Tracker")
    for table in TABLES:
        yield f"\n## {table.name}\n\n{table.title}. {table.description}\n"
        yield _("A row is named by: %(names)s.") % {"names": ", ".join(table.key)}
        yield "\n| column | holds | meaning |\n|---|---|---|"
        for column in table.columns:
            codes = f" One of: {', '.join(column.codes)}." if column.codes else ""
            ogp = f" OGP's own table: “{column.ogp_name}”." if column.ogp_name else ""
            words = f"{column.description}{codes}{ogp}".replace("|", "\\|")
            yield f"| {column.name} | {column.kind_label} | {words} |"
    yield "\n## " + _("Codes")
    name = ""
    for variable, code, label, definition, *_rest in rows():
        if variable != name:
            about = BY_NAME.get(variable)
            yield f"\n### {variable}\n"
            if about:
                yield f"{about.definition}\n"
            name = variable
        yield f"- `{code}`: {label}" + (f". {definition}" if definition else "")
    yield ""
