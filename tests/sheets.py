"""Sheets for tests: written as a researcher's spreadsheet would, and sent as her browser does."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

IMPORT = "/admin/irm/import/"


def csv_of(*rows, separator=",", encoding="utf-8", end="\r\n"):
    """Return a CSV file of dictionaries; its columns are those of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(*rows, page="assessments"):
    """Return a workbook of dictionaries; its columns are those of the first."""
    book = Workbook()
    book.active.title = page
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    return saved(book)


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def choose(client, content, name="assessments.csv", report=""):
    """Choose a sheet on the import page; return the preview, or the page that refuses it."""
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("admin:import"), {"sheet": file, "report": report}, follow=True)


def write(client, page, **changes):
    """Press “Write all of this” on the preview; return where it leads."""
    sent = {"shown": page.context["preview"].fingerprint} | changes
    return client.post(page.request["PATH_INFO"], sent, follow=True)


def refusals_of(page):
    return [(one.row, one.column, one.sentence) for one in page.context["refusals"]]


def effects_of(page):
    return {one.name: one.sentences for one in page.context["preview"].effects}


def lists_of(book, sheet):
    """Return what the drop-down list of each column offers, by the name of the column."""
    page, offered = book[sheet], {}
    for one in page.data_validations.dataValidation:
        name = page.cell(1, next(iter(one.sqref.ranges)).min_col).value
        place = one.formula1.removeprefix("=lists!")
        offered[name] = [cell.value for (cell,) in book["lists"][place]]
    return offered
