"""The codebook as a table and as a text: every code that stands in the public tables.

It is made from the columns and from `irm/codebook.py`, so that it cannot say anything else.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from commitments.models import Institution, Involvement
from irm.codebook import BY_NAME, NOTHINGS, ReportKind
from irm.disagreements.rule import Comparison
from irm.models import Report
from milestones.levels import SIGNS, Level
from milestones.models.evidence import LinkState
from ogp_tracker.opendata.tables import TABLES

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

Row = tuple[str, ...]


CHOICES: dict[str, type[TextChoices]] = {
    "institutions.kind": Institution.Kind,
    "involvements.role": Involvement.Role,
    "evidence.link_state": LinkState,
    "reports.kind": ReportKind,
    "reports.assessor": Report.Assessor,
    "disagreements.comparison": Comparison,
}
"""Coded columns of single tables, with what their codes are called."""


def rows() -> Iterator[Row]:
    """Yield one row for each value of each coded column, government's before the assessors'."""
    for column, choices in CHOICES.items():
        for choice in choices:
            yield _row(column, choice.value, choice.label)
    for level in Level:
        yield _row("government_level", level, SIGNS[level].word, SIGNS[level].definition)
    for variable in BY_NAME.values():
        given_in = "; ".join(kind for kind in ReportKind.values if kind in variable.given_in)
        for value in (*variable.values, *NOTHINGS):
            yield _row(
                variable.name,
                value.code,
                value.label,
                value.definition,
                nothing=value in NOTHINGS,
                given_in=given_in,
                is_complete=variable.is_complete,
                source=variable.source,
            )


def _row(
    variable: str,
    code: Any,
    label: Any,
    definition: Any = "",
    *,
    nothing: bool = False,
    given_in: str = "",
    is_complete: bool = True,
    source: str = "",
) -> Row:
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
    """Return the codebook as a text for people: each table, each column, each code."""
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
            yield f"| {column.name} | {column.kind_in_words} | {words} |"
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
