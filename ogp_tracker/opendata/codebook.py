"""The codebook as a table and as a text: every code in the public tables.

It is made from the columns and from `irm/codebook.py`, so that it always agrees with them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from commitments.models import Institution, Involvement
from irm.codebook import BY_NAME, NOTHINGS, ReportKind
from irm.disagreements.rule import Comparison
from irm.models import Report
from milestones.levels import SIGNS, Level
from milestones.models.evidence import LinkState
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
}
"""Coded columns that only one table has, with the labels of their codes."""


def rows() -> Iterator[CodebookRow]:
    """One row for each value of each coded column, government's before the assessors'."""
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
