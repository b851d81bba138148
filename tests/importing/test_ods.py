"""A spreadsheet of OpenDocument is read as the same sheet saved as XLSX."""

import shutil
import subprocess
import time
from datetime import time as time_of_day

import pytest
from odfdo import Document, Table

from ogp_tracker.importing.reading import read_file
from ogp_tracker.importing.sheet import SheetRefused
from tests.importing.test_reading import SHOWN, book_of, cells_of, changed
from tests.process import PATIENCE
from tests.sheets import saved


def ods_of(*rows):
    book, table = Document("ods"), Table("assessments")
    table.set_values(rows)
    book.body.clear()
    book.body.append(table)
    return saved(book)


def ods_with(rows):
    """With these rows as source, and with something that cannot be packed to nothing."""
    signs = "".join(map(chr, range(0x4E00, 0x9000))).encode() * 2
    end = b"</table:table>"
    return changed(
        ods_of(["x"]),
        "content.xml",
        lambda part: part.replace(end, rows + end + b"<!--%b-->" % signs),
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_workbook_saved_by_libreoffice_is_read_as_its_xlsx(tmp_path):
    book = book_of([value for value, _format, _text in SHOWN])
    page = book.active
    for cell, (_value, number_format, _text) in zip(page[1], SHOWN, strict=True):
        cell.number_format = number_format
    page.append(["UK1", "two\nlines  ", time_of_day(14, 5), "=1+1", "#N/A", "'=1", 1.5])
    page.append([None, "b", 2.5])
    page["C3"].number_format = page["G2"].number_format = "0.00"
    page["A4000"] = "far"
    page.merge_cells("A2:A3")
    page.row_dimensions.group(3, 3, hidden=True)
    page.column_dimensions["B"].hidden = True
    book.create_sheet("secret").sheet_state = "hidden"
    (tmp_path / "a.xlsx").write_bytes(saved(book))

    command = ["soffice", "--headless", "--convert-to", "ods", "a.xlsx"]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=PATIENCE, env=env)

    xlsx, ods = (read_file((tmp_path / f"a.{end}").read_bytes(), "a") for end in ("xlsx", "ods"))
    assert ods == xlsx
    assert (len(ods[0].notes), len(ods[0].refusals)) == (4, 2)


def test_texts_keep_their_lines_spaces_and_codes():
    text = "One\ntwo   three\tfour _x0041_"
    assert cells_of(ods_of([text, True, 7])) == [[text, "true", "7"]]

    cell = "<text:p>a<text:line-break/>b<text:span> c</text:span></text:p><text:p>d</text:p>"
    row = f"<table:table-row><table:table-cell>{cell}</table:table-cell></table:table-row>"
    assert cells_of(ods_with(row.encode()))[1] == ["a\nb c\nd"]


CELL = "<table:table-cell>%s</table:table-cell>"
EMPTY = '<table:table-cell table:number-columns-repeated="16384"/>'
ROW = '<table:table-row table:number-rows-repeated="1048576">%s</table:table-row>'


@pytest.mark.parametrize(
    ("source", "times", "said"),
    [
        (ROW % (CELL % "<text:p>x</text:p>"), 1, "A sheet may have 5,000 rows."),
        (ROW % EMPTY + ROW % (CELL % "<text:p>x</text:p>"), 1, ""),
        (ROW % (CELL % f"<text:p>{'x' * 30_000}</text:p>"), 1, "more than 5 MB of text"),
        (ROW % (CELL % '<text:p><text:s text:c="999999999"/></text:p>'), 1, "cannot be read"),
        ("<table:table-row/>", 100_000, ""),
        ("<table:table-row/>", 500_000, "unpacks to far more"),
    ],
    ids=["rows", "far apart", "texts", "spaces", "empty rows", "elements"],
)
def test_workbook_without_end_is_read_or_refused_in_seconds(source, times, said):
    content, started = ods_with(source.encode() * times), time.process_time()

    try:
        refusals = read_file(content, "a")[0].refusals
    except SheetRefused as refused:
        refusals = refused.refusals

    assert [said in one.sentence for one in refusals] == ([True] if said else [])
    assert time.process_time() - started < 5
