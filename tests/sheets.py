"""Sheets for tests: written as a researcher's spreadsheet would, and sent as her browser does."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from ogp_tracker.importing import imports
from ogp_tracker.importing.reading import read_file
from ogp_tracker.importing.run import Run

IMPORT = "/admin/import/"


def csv_of(*rows, separator=",", encoding="utf-8", end="\r\n"):
    """Return a CSV file of dictionaries; its columns are those of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(*rows, page="assessments", **sheets):
    """Return a workbook of dictionaries; the columns of a sheet are those of its first.

    `sheets`: the rows of several, by their names.
    """
    book = Workbook()
    book.remove(book.active)
    for name, lines in (sheets or {page: rows}).items():
        sheet = book.create_sheet(name)
        sheet.append(list(lines[0]))
        for line in lines:
            sheet.append([line.get(column) for column in lines[0]])
    return saved(book)


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def choose(client, content, name="assessments.csv", **given):
    """Choose a file on the import page; return the preview, or the page that refuses it."""
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("admin:import"), {"sheet": file, **given}, follow=True)


def write(client, page, **changes):
    """Press “Write all of this” on the preview; return where it leads."""
    sent = {"shown": page.context["preview"].fingerprint} | changes
    return client.post(page.request["PATH_INFO"], sent, follow=True)


def imported(*rows, table, **given):
    """Write dictionaries as a command of the operator does."""
    return imports.write(read_file(csv_of(*rows), f"{table}.csv"), Run(**given))


def refusals_of(page):
    return [(one.row, one.column, one.sentence) for one in page.context["refusals"]]


def effects_of(page):
    assert "preview" in page.context, refusals_of(page)
    return {one.name: one.sentences for one in page.context["preview"].effects}


def lists_of(book, sheet):
    """Return what the drop-down list of each column offers, by the name of the column."""
    page, offered = book[sheet], {}
    for one in page.data_validations.dataValidation:
        name = page.cell(1, next(iter(one.sqref.ranges)).min_col).value
        place = one.formula1.removeprefix("=lists!")
        offered[name] = [cell.value for (cell,) in book["lists"][place]]
    return offered
