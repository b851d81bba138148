"""A workbook to fill in: the commitments of a report's plan, and what may stand in each cell."""

import io
from collections.abc import Iterator

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from commitments.models import Commitment
from commitments.rights import Rights
from irm.codebook import BY_NAME, NOTHINGS, Variable, variables_of
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Milestone
from ogp_tracker.opendata.columns import LIST_SEPARATOR

from .workbook import FULL_CELL

SPARE_ROWS = 200
"""How many empty rows below the last one have the drop-down lists, too."""

WIDE = {"title_in_report", "commitment_as_reported", "analysis", "footnotes", "found", VALUES}

HEAD = PatternFill("solid", fgColor="F2EEE6")

Row = dict[str, str]


def template_of(target: ImportTable, report: Report, rights: Rights) -> io.BytesIO:
    book = Workbook()
    page: Worksheet = book.active
    page.title = target.name
    names = columns_for(target, report)
    made = _findings(report) if target is OF_FINDINGS else _assessments(report, rights)
    rows, left_out = _that_fit(list(made), names)
    _write_head(page, names)
    for number, row in enumerate(rows, start=2):
        for place, name in enumerate(names, start=1):
            _write(page, number, place, row.get(name, ""))
    _write_lists(book, page, names, len(rows) + SPARE_ROWS)
    _write_definitions(book, report, names, left_out)
    written = io.BytesIO()
    book.save(written)
    written.seek(0)
    return written


def columns_for(target: ImportTable, report: Report) -> list[str]:
    """Without the codes that such a report does not give."""
    given = {variable.name for variable in variables_of(report.kind)}
    not_given = set(BY_NAME) - given
    if "relevance" not in given:
        not_given.add(VALUES)
    return [
        name for name in (*target.key, *target.checked, *target.written) if name not in not_given
    ]


def _assessments(report: Report, rights: Rights) -> Iterator[Row]:
    rows = Assessment.objects.filter(report=report).select_related(
        "commitment", "shares_text_with__commitment"
    )
    recorded = {one.commitment: one for one in rows.prefetch_related("relevant_values")}
    shown = {*_of_the_plan(report, rights), *recorded}
    for commitment in sorted(shown, key=lambda one: (one.order or 0, one.slug)):
        row = {"report_id": report.slug, "commitment_id": commitment.slug}
        one = recorded.get(commitment)
        if one is not None:
            row |= {name: _cell(one, name) for name in OF_ASSESSMENTS.written}
        yield row


def _findings(report: Report) -> Iterator[Row]:
    rows = MilestoneFinding.objects.filter(assessment__report=report)
    recorded = {one.milestone_id: one for one in rows}
    assessed = Commitment.objects.filter(assessments__report=report)
    milestones = Milestone.objects.filter(commitment__in=assessed).select_related("commitment")
    for milestone in milestones.order_by(
        "commitment__order", "commitment__slug", "order", "number"
    ):
        row = {
            "report_id": report.slug,
            "commitment_id": milestone.commitment.slug,
            "milestone_number": str(milestone.number),
            "milestone_label": milestone.label,
        }
        if (one := recorded.get(milestone.pk)) is not None:
            row |= {name: _cell(one, name) for name in OF_FINDINGS.written}
        yield row


def _of_the_plan(report: Report, rights: Rights) -> list[Commitment]:
    if report.plan_id is None:
        return []
    return list(rights.seen_commitments().filter(plan=report.plan_id))


def _cell(instance: Assessment | MilestoneFinding, name: str) -> str:
    if name == VALUES:
        return LIST_SEPARATOR.join(value_of(instance, name))
    value = value_of(instance, name)
    return "" if value is None else str(value)


def _that_fit(rows: list[Row], names: list[str]) -> tuple[list[Row], list[Row]]:
    fit: list[Row] = []
    left_out: list[Row] = []
    for row in rows:
        is_fit = all(len(row.get(name, "")) < FULL_CELL for name in names)
        (fit if is_fit else left_out).append(row)
    return fit, left_out


def _write_head(page: Worksheet, names: list[str]) -> None:
    for place, name in enumerate(names, start=1):
        cell = page.cell(1, place, name)
        cell.font, cell.fill = Font(bold=True), HEAD
        page.column_dimensions[get_column_letter(place)].width = 60 if name in WIDE else 22
    page.freeze_panes = page.cell(2, names.index(OF_ASSESSMENTS.key[-1]) + 2)


def _write(page: Worksheet, number: int, place: int, text: str) -> None:
    """Write a text as a text: one that begins like a formula is none."""
    cell = page.cell(number, place)
    if text:
        cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", text), "s"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    cell.number_format = "@"


def _write_lists(book: Workbook, page: Worksheet, names: list[str], last: int) -> None:
    """Give the cells of codes their drop-down lists, which are on a hidden page."""
    lists = book.create_sheet("lists")
    lists.sheet_state = "hidden"
    for place, name in enumerate((name for name in names if name in BY_NAME), start=1):
        codes = [code for code, _label in BY_NAME[name].choices()]
        for row, code in enumerate(codes, start=1):
            lists.cell(row, place, code)
        column = get_column_letter(place)
        allowed = DataValidation(
            type="list", formula1=f"=lists!${column}$1:${column}${len(codes)}", allow_blank=True
        )
        allowed.showErrorMessage = True
        allowed.errorTitle = name
        allowed.error = _("Choose a value from the list, or leave the cell empty.")
        page.add_data_validation(allowed)
        letter = get_column_letter(names.index(name) + 1)
        allowed.add(f"{letter}2:{letter}{last + 1}")


def _write_definitions(
    book: Workbook, report: Report, names: list[str], left_out: list[Row]
) -> None:
    page = book.create_sheet("definitions")
    too_long = _(
        "A text of it is longer than a cell of a spreadsheet can hold. Change it on its page, or"
        " by a CSV file."
    )
    lines = [
        (_("Report"), report.title, str(report.get_kind_display())),
        *((_("Left out"), row["commitment_id"], too_long) for row in left_out),
        ("", "", ""),
        (_("Column"), _("Value"), _("What it means")),
        *(line for name in names for line in _defined(name)),
    ]
    for number, line in enumerate(lines, start=1):
        for place, words in enumerate(line, start=1):
            _write(page, number, place, words)
    for letter, width in (("A", 26), ("B", 34), ("C", 100)):
        page.column_dimensions[letter].width = width


def _defined(name: str) -> Iterator[tuple[str, str, str]]:
    if name not in BY_NAME:
        columns = (*OF_ASSESSMENTS.table.columns, *OF_FINDINGS.table.columns)
        column = next(column for column in columns if column.name == name)
        yield (name, "", str(column.description))
        return
    variable: Variable = BY_NAME[name]
    yield (name, str(variable.label), str(variable.definition))
    yield (name, "", _("Blank: the report says nothing under this heading."))
    for value in (*variable.values, *NOTHINGS):
        yield (name, value.code, f"{value.label}. {value.meaning}")
