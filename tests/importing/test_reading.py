"""Sheets as people send them are read, or refused with a sentence that says what to do."""

import io
import time
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ogp_tracker.importing.heads import sheet_in
from ogp_tracker.importing.reading import read_file
from ogp_tracker.importing.sheet import SheetRefused
from ogp_tracker.opendata.as_xlsx import LONGEST_CELL, write_xlsx
from ogp_tracker.opendata.columns import number_column, text_column, yes_no_column
from ogp_tracker.opendata.tables import TABLES
from tests.hostile import TEXTS, as_in_a_workbook
from tests.sheets import saved, xlsx_of

NAMES = {table.name: table.names for table in TABLES}
ALIASES = {"plan": "plans", "progress": "updates"}


def grid_of(content, name="assessments.csv"):
    return read_file(content, name)[0]


def sheet_of(content, name="assessments.csv"):
    return sheet_in(grid_of(content, name), NAMES, ALIASES)


def refusals_of(act, *given):
    with pytest.raises(SheetRefused) as refused:
        act(*given)
    return [(one.row, one.column, one.sentence) for one in refused.value.refusals]


def sentence_of(content, name="assessments.csv"):
    (found,) = refusals_of(read_file, content, name)
    return found[2]


def book_of(*rows, name="assessments"):
    book = Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    return book


def cells_of(content):
    return [row.cells for row in grid_of(content).rows]


def changed(content, member, change):
    """The workbook with one of its parts changed, or with one more."""
    book = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(book, "w", 8) as new:
        parts = {member: b""} | {name: old.read(name) for name in old.namelist()}
        for name, part in parts.items():
            new.writestr(name, change(part) if name == member else part)
    return book.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


# CSV


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_any_country_is_read(separator, encoding, end):
    rows = [["commitment_id", "analysis"], ["UK0096", "“One”\ntwo, three; four\tfive"]]
    lines = [separator.join(f'"{cell}"' for cell in row) for row in rows]

    grid = grid_of((end.join(lines) + end).encode(encoding))

    assert [row.cells for row in grid.rows] == rows
    assert grid.name == "assessments"
    assert bool(grid.notes) == (separator != ",")


def test_separator_of_a_sheet_with_unknown_names_is_that_of_its_most_even_rows():
    lines = "Title, or so\nMilestone;30/4/2014;30/9/2014\nGive dates, all;Done;Done, late\n"

    assert cells_of(lines.encode())[1:] == [
        ["Milestone", "30/4/2014", "30/9/2014"],
        ["Give dates, all", "Done", "Done, late"],
    ]
    assert cells_of(b"sep=;\na,b;c,d\n") == [["a,b", "c,d"]]


def test_windows_1252_is_read_with_a_word_to_check():
    grid = grid_of("report_id,analysis\r\nresults,Citizens’ café\r\n".encode("cp1252"))

    assert grid.rows[1].cells == ["results", "Citizens’ café"]
    assert "check that “Citizens’” in line 2 of it is right" in grid.notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n", "The file is empty."),
        (b"%PDF-1.7 ...", "This is a PDF file. Choose a sheet"),
        (b"\xd0\xcf\x11\xe0" + "Workbook\0".encode("utf-16-le"), "This is an older Excel file"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "locked by a password"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), "not a workbook"),
        (b"<html><table>", "This is a web page, even if its name ends in .xls. Open it in"),
        (b'[{"report_id": "results"}]', "This is a JSON file."),
        ("report_id,analysis\r\nresults,x".encode("utf-16-le"), "The file is in UTF-16"),
        (b"report_id,analysis\r\nresults,\x81\x8d", "The file is not in UTF-8 (see line 2"),
        ("a,b\nçé,ü\nf".encode() + b"\xe9,x", "The file is not in UTF-8 (see line 3"),
        (b"PK\x03\x04 and no more", "This workbook is damaged or cut off."),
    ],
)
def test_file_of_another_kind_is_refused_by_what_it_is(content, said):
    assert said in sentence_of(content)


def test_rows_with_wrong_quotation_marks_or_cells_are_refused():
    start = b"report_id,commitment_id,completion\r\n"

    found = refusals_of(sheet_of, start + b"results,UK0096\r\n,,\r\nresults,UK0097,limited,more")

    assert [(row, sentence[:45]) for row, _column, sentence in found] == [
        (2, "This row has 2 cells, but there are 3 columns"),
        (4, "This row has 4 cells, but there are 3 columns"),
    ]
    for wrong in (b'results,UK0096,"limited\r\n', b'results,"UK"0096,limited\r\n'):
        ((row, _column, sentence),) = refusals_of(sheet_of, start + wrong)
        assert (row, "quotation marks" in sentence) == (2, True)


def test_apostrophe_before_a_formula_is_taken_away_from_csv_only():
    rows = [["report_id", "analysis"], ["results", "'=1+1"]]

    assert cells_of(b"report_id,analysis\r\nresults,'=1+1")[1][1] == "=1+1"
    assert cells_of(saved(book_of(*rows)))[1][1] == "'=1+1"


def test_escapes_that_other_programs_left_in_csv_become_what_they_were():
    grid = grid_of(
        b'report_id,analysis\nresults,"One_x000D_\ntwo_x000d_three_x0007_ _x0041_"\n'
        b'results,"_x000D_\r\n_x0009_"\n'
    )

    assert [row.cells[1] for row in grid.rows[1:]] == ["One\ntwo\nthree _x0041_", "\r\n\t"]
    assert [note[-19:] for note in grid.notes] == ["(first in cell B2)."] * 2


# Texts


def test_texts_stay_but_for_spaces_at_their_ends_and_breaks_that_are_no_character():
    text = "\ufeff\xa0 “Smart” a\xa0b\r\nc\rd\u2028e\x0bf \u200b"
    head = "Commitment\xa0ID,\ufeffanalysis\xa0\n"

    sheet = sheet_of(f'{head}UK0096,"{text}"\n'.encode())

    assert sheet.names == ["commitment_id", "analysis"]
    assert sheet.rows[0].cells["analysis"] == "   “Smart” a\xa0b\r\nc\rd\ne\nf  "


def test_control_characters_are_refused_by_their_cell():
    ((row, column, sentence),) = refusals_of(
        sheet_of, b"report_id,commitment_id,analysis\nresults,UK0096,Some \x02 words\n"
    )

    assert (row, column) == (2, "analysis")
    assert "(U+0002) after “Some”" in sentence


def test_escapes_in_a_workbook_are_decoded_as_the_standard_says():
    content = changed(
        saved(book_of(["report_id", "analysis"], ["r", "HERE"])),
        SHEET,
        lambda part: part.replace(b"HERE", b"a_x000D_\nb_x0009_c_x005F_x000D_ _x0041__x0001_"),
    )

    grid = grid_of(content)

    assert grid.rows[1].cells[1] == "a\nb\tc_x000D_ A"
    assert grid.notes == ["Control characters are left out of the texts (first in cell B2)."]


# Workbooks


def test_all_visible_sheets_are_read_and_the_hidden_ones_named():
    book = book_of(["About this workbook"], name="Cover")
    book.create_sheet("Codes").append(["commitment_id", "completion"])
    book["Codes"].append(["UK0057", "Substantial"])
    for state in ("hidden", "veryHidden"):
        book.create_sheet(state).sheet_state = state
    cover, codes = read_file(saved(book), "cover-page.xlsx")

    assert sheet_in(cover, NAMES) is None
    assert codes.notes == ["The hidden sheets “hidden” and “veryHidden” are not read."]
    sheet = sheet_in(codes, NAMES)
    assert (sheet.name, sheet.table) == ("Codes", "assessments")
    assert sheet.rows[0].cells == {"commitment_id": "UK0057", "completion": "Substantial"}


def test_title_rows_and_merged_heads_are_skipped_and_named():
    book = book_of(
        ["UK NAP: IRM codes (draft)"],
        ["Commitment", "Findings"],
        ["commitment_id", "completion", "analysis"],
        ["UK0057", "Substantial", "Example."],
    )
    book.active.merge_cells("A1:C1")
    book.active.merge_cells("B2:C2")

    sheet = sheet_of(saved(book))

    assert sheet.notes == [
        "The names of the columns were found in row 3; rows 1 and 2 were not read."
    ]
    assert [(row.number, row.cells["analysis"]) for row in sheet.rows] == [(4, "Example.")]


def test_hidden_rows_and_columns_are_read_and_merged_cells_fill_down():
    head = ["commitment_id", "label", "text"]
    book = book_of(head, ["UK0001", 1.5, "a"], [None, None, "b"], [], ["", "", ""])
    page = book.active
    page.merge_cells("A2:A5")
    page.merge_cells("B2:B3")
    page.row_dimensions[2].hidden = page.row_dimensions[3].hidden = True
    page.column_dimensions["B"].hidden = True

    sheet = sheet_in(grid_of(saved(book)), NAMES)

    assert [(row.cells, row.rounded) for row in sheet.rows] == [
        ({"commitment_id": "UK0001", "label": "1.5", "text": "a"}, {"label"}),
        ({"commitment_id": "UK0001", "label": "1.5", "text": "b"}, {"label"}),
    ]
    assert sheet.notes == [
        "Hidden in the spreadsheet, but read too: rows 2 and 3.",
        "Hidden in the spreadsheet, but read too: column B.",
        "The merged cells A2:A5 and B2:B3 are read in each of their rows.",
    ]


def test_workbook_that_the_library_does_not_know_is_to_be_saved_again():
    strict = changed(
        saved(book_of(["report_id"])),
        "xl/workbook.xml",
        lambda part: part.replace(b"schemas.openxmlformats.org", b"purl.oclc.org/ooxml"),
    )

    assert "Save it once more as “Excel Workbook (.xlsx)”" in sentence_of(strict)


BOLD = TextBlock(InlineFont(b=True), "bold")
SHOWN = [
    (7, "General", "7"),
    (7.0, "General", "7"),
    (1.1, "0.00", "1.10"),
    (1234.5, '"£"#,##0.00_);[Red]-0.00', "1234.50"),
    (0.1 + 0.2, "General", "0.3"),
    (0.45, "0%", "45%"),
    (True, "General", "true"),
    (datetime(2026, 1, 31), "yyyy-mm-dd", "2026-01-31"),  # noqa: DTZ001
    (date(2021, 5, 1), "[$-809]d mmmm yyyy;@", "2021-05-01"),
    (date(2021, 5, 1), "mmm\\-yy", "May 2021"),
    (date(2021, 5, 1), "[$-809]mmmm yyyy;@", "May 2021"),
    (date(2021, 5, 1), "yyyy", "2021"),
    (datetime(2026, 1, 31, 14, 5), "yyyy-mm-dd h:mm", "2026-01-31 14:05:00"),  # noqa: DTZ001
    (CellRichText("Some ", BOLD, " words"), "General", "Some bold words"),
]


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_numbers_and_dates_are_read_as_they_are_shown(epoch):
    book = book_of([value for value, _format, _text in SHOWN])
    if epoch:
        book.epoch = epoch
    for cell, (_value, number_format, _text) in zip(book.active[1], SHOWN, strict=True):
        cell.number_format = number_format

    (row,) = grid_of(saved(book)).rows

    assert row.cells == [text for _value, _format, text in SHOWN]
    assert row.rounded == {4}


def test_formulas_errors_and_cut_texts_are_refused_only_where_they_are_read():
    head = ["commitment_id", "completion", "analysis", "my sum"]
    book = book_of(["=TODAY()"], head, ["UK1", "=A1", "#N/A", "=1+1"], ["UK2", "", "x" * 40_000])

    found = refusals_of(sheet_of, saved(book))

    assert [one[:2] for one in found] == [(3, "completion"), (3, "analysis"), (4, "analysis")]
    assert "There is a formula here." in found[0][2]
    assert "shows the error #N/A here" in found[1][2]


def test_workbook_of_the_site_comes_in_as_it_went_out(tmp_path):
    texts = [one for one in TEXTS if len(one) <= LONGEST_CELL]
    columns = (text_column("text", ""), number_column("order", ""), yes_no_column("starred", ""))
    rows = [(text.encode(), b"10", b"true") for text in texts]
    write_xlsx("commitments", columns, [rows], tmp_path / "a.xlsx")

    names, *read = cells_of((tmp_path / "a.xlsx").read_bytes())

    assert names == ["text", "order", "starred"]
    assert read == [[as_in_a_workbook(text), "10", "true"] for text in texts]


@pytest.mark.parametrize(
    ("media_type", "said"),
    [
        ("application/vnd.oasis.opendocument.spreadsheet", "This workbook cannot be read."),
        ("application/vnd.oasis.opendocument.text", "This is a document and not a workbook."),
        ("", "This is an archive and no document."),
    ],
)
def test_other_archives_are_no_workbooks(media_type, said):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("mimetype" if media_type else "a.csv", media_type)

    assert said in sentence_of(archive.getvalue())


OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
FAR = b'<row r="%d"><c r="GS%d"><v>1</v></c></row>'
TEXT = b'<row><c t="inlineStr"><is><t>' + b"x" * 30_000 + b"</t></is></c></row>"


@pytest.mark.parametrize(
    ("member", "content", "sentence"),
    [
        ("xl/sharedStrings.xml", b"<si/>" * 2_000_000, "Copy the rows that you need"),
        ("xl/styles.xml", b"<xf/>" * 300_000, "Copy the rows that you need"),
        (SHEET, b"<row>" + b"<c/>" * 2_000_000, "Copy the rows that you need"),
        (SHEET, ("<row>" + "<c/>" * 900_000).encode("utf-16"), "Copy the rows that you need"),
        (SHEET, b"".join(FAR % (n, n) for n in range(1, 10**6, 4_000)), "Divide it into several"),
        (SHEET, b'<mergeCell ref="A1:XFD1048576"/>' * 50_000, "Copy the rows that you need"),
        (SHEET, TEXT * 900, "more than 5 MB of text"),
        ("xl/theme/theme1.xml", b"<!--%b--><!DOCTYPE a>" % (b"x" * 1024**2), "It is not opened"),
    ],
    ids=[
        "strings",
        "styles",
        "cells",
        "cells in UTF-16",
        "far apart",
        "merged",
        "texts",
        "entities",
    ],
)
def test_workbook_without_end_is_refused_in_seconds(member, content, sentence):
    end = b"</sheetData></worksheet>"
    content = changed(
        xlsx_of({"report_id": "r", "commitment_id": "UK0096"}),
        member,
        lambda _part: content if b"DOCTYPE" in content else OPEN + content + end,
    )
    started = time.process_time()

    with pytest.raises(SheetRefused, match=sentence):
        raise SheetRefused(*grid_of(content).refusals)

    assert time.process_time() - started < 5


def test_sizes_are_bounded(settings, monkeypatch):
    many = b"report_id,commitment_id\n" + b"r,UK0096\n" * 5_001
    assert [one[0] for one in refusals_of(sheet_of, many)] == [5_002]
    wide = book_of(["report_id", *(f"c{number}" for number in range(201))])
    assert "200 columns" in refusals_of(sheet_of, saved(wide))[0][2]
    book = book_of(["x"])
    for _number in range(20):
        book.create_sheet()
    assert "20 sheets" in sentence_of(saved(book))
    monkeypatch.setattr("ogp_tracker.importing.archives.MOST_UNPACKED", 1_000)
    assert "unpacks to far more" in sentence_of(saved(book))
    settings.IMPORT_MAX_MEGABYTES = 1
    assert "larger than 1 MB" in sentence_of(b"x" * (1024**2 + 1))


# Names of columns


def test_names_are_known_in_any_spelling_and_others_are_shown():
    sheet = sheet_of(
        b"Commitment ID,OGP-ID,REPORT_ID*,Complection,IRM cluster,Coder,\n"
        b"UK0096,UK0096,results,limited,4,me,\n"
    )

    assert sheet.names == ["commitment_id", "ogp_id", "report_id"]
    assert sheet.notes == [
        "Column “Complection” is not read. Did you mean “completion”?",
        "These columns are not part of the table and are not read: IRM cluster, Coder.",
    ]


def test_columns_without_a_name_or_with_one_name_twice_are_refused():
    head = ["report_id", "commitment_id", None, "Commitment ID", None]
    rows = [["r", "UK1", "x", "UK1"], ["r", "UK2", "y", "UK2", "z"]]
    nameless = (
        "This column has no name, but there is something in %s. Give it a name, or delete it."
    )

    assert refusals_of(sheet_of, saved(book_of(head, *rows))) == [
        (1, "commitment_id", "Two columns have this name. Delete one of them."),
        (1, "C", nameless % "rows 2 and 3"),
        (1, "E", nameless % "row 3"),
    ]


@pytest.mark.parametrize(
    ("name", "head", "table"),
    [
        ("plan", "Plan ID,title,member", "plans"),
        ("Progress", "commitment_id,level,nation_codes", "updates"),
        ("commitments", "commitment_id", "commitments"),
        ("Sheet1", "commitment_id,milestone_number,text,due_on", "milestones"),
        ("Sheet1", "report_id,commitment_id,milestone_number,found", "findings"),
        ("Sheet1", "plan_id,title,objective", "commitments"),
        ("plan", "Commitment,Milestone reference,Milestone,30/4/2014", None),
        ("Sheet1", "title,something else", None),
    ],
)
def test_table_is_that_of_the_sheets_name_or_of_most_columns(name, head, table):
    sheet = sheet_of(head.encode(), f"{name}.csv")

    assert (sheet and sheet.table) == table
