"""A sheet that cannot be right is refused: all of it at once, by row and column, in plain words."""

import io
import time
import zipfile

import pytest
from openpyxl import load_workbook

from irm.models import Assessment
from ogp_tracker.importing.sheet import SheetRefused
from ogp_tracker.importing.xlsx_sheet import read_xlsx
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
)
from tests.sheets import choose, csv_of, effects_of, refusals_of, saved, xlsx_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    plan = PlanFactory()
    CommitmentFactory(ogp_id="UK0096", plan=plan)
    CommitmentFactory(ogp_id="UK0097", plan=plan)
    return ReportFactory(slug="results", kind="results_report", plan=plan)


def row(**cells):
    return {"report_id": "results", "commitment_id": "UK0096", "completion": "limited"} | cells


def test_everything_that_is_wrong_is_said_at_once_with_row_and_column(researcher, report):
    AssessmentFactory(report=report, commitment__ogp_id="UK0001", commitment__plan=report.plan)
    page = choose(
        researcher,
        csv_of(
            row(completion="limted", verifiable="", published_on=""),
            row(commitment_id="UK0097", verifiable="yes", published_on="Q1 2026"),
            row(commitment_id="UK0404", verifiable="", published_on="2026-02-30"),
            row(report_id="", verifiable="", published_on=""),
            row(report_id="nowhere", verifiable="", published_on=""),
            row(commitment_id="UK0001", verifiable="", published_on="2026-02-30"),
            row(commitment_id="UK0001", verifiable="", published_on=""),
        ),
    )

    said = refusals_of(page)
    assert [one[:2] for one in said] == [
        (2, "completion"),
        (3, "published_on"),
        (3, "verifiable"),
        (4, "commitment_id"),
        (5, "report_id"),
        (6, "report_id"),
        (7, "published_on"),
        (8, "commitment_id"),
    ]
    assert (
        "“limted” is no value of it. Write one of: no_evidence_available, not_started" in said[0][2]
    )
    assert said[1][2].startswith("“Q1 2026” is not a single day.")
    assert said[2][2] == "A report of this kind does not give this code. Leave it empty."
    assert said[3][2] == "There is no commitment “UK0404” that readers can see."
    assert said[7][2] == "The same stands in row 7 already. Keep one of the two."
    assert Assessment.objects.count() == 1
    assert "Error:" in page.text


def test_labels_are_understood_as_their_codes_and_it_is_said(researcher, report):
    page = choose(researcher, csv_of(row(completion="Not  STARTED")))

    effect = page.context["preview"].effects[0]
    assert effect.notes == ["“Not  STARTED” is understood as not_started (completion)."]
    assert "Completion: Not Started" in effect.sentences


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n", "The file is empty."),
        (b"report_id,commitment_id,completion\r\n", "There is no row below the names"),
        (b"%PDF-1.7 ...", "This is a PDF file."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an older Excel file (.xls)"),
        (b"<!DOCTYPE html><p>", "This is a web page."),
        (b'[{"report_id": "results"}]', "This is a JSON file."),
        (
            "report_id,analysis\r\nresults,Citizens’ café".encode("cp1252"),
            "Windows-1252, which Excel calls “CSV”: see “results,Citizens’ café” in line 2 of it",
        ),
        ("report_id,analysis\r\nresults,x".encode("utf-16"), "The file is in UTF-16"),
        ("report_id,analysis\r\nresults,x".encode("utf-16-le"), "The file is in UTF-16"),
        (b"report_id,analysis\r\nresults,\x81\x8d", "The file is not in UTF-8 (see line 2"),
        (b"PK\x03\x04 and no more", "This workbook is damaged or cut off."),
    ],
)
def test_file_of_another_kind_is_refused_by_what_it_is(researcher, content, said):
    found = refusals_of(choose(researcher, content))

    assert len(found) == 1
    assert said in found[0][2]


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        ("report_id,completion", [(1, "commitment_id")]),
        ("commitment_id,completion", [(1, "report_id")]),
        ("report_id,commitment_id", [(1, "")]),
        ("report_id,commitment_id,compltion", [(1, "compltion"), (1, "")]),
        ("report_id,commitment_id,completion,note", [(1, "note")]),
        ("report_id,commitment_id,completion,completion", [(1, "completion")]),
        ("report_id,commitment_id,,completion", [(1, "")]),
        ("report_id,commitment_id,found", [(1, "milestone_number")]),
    ],
)
def test_columns_that_are_missing_unknown_or_there_twice_are_refused(researcher, names, refused):
    cells = ",".join("x" for _name in names.split(","))
    page = choose(researcher, f"{names}\r\n{cells}\r\n".encode())

    assert [one[:2] for one in refusals_of(page)] == refused
    if "compltion" in names:
        assert "Is “completion” meant?" in refusals_of(page)[0][2]


def test_columns_of_the_export_that_are_not_the_assessor_s_are_named_and_not_written(
    researcher, report
):
    page = choose(
        researcher,
        csv_of(row(commitment_title="Another title", milestones_completed="9", url="x")),
    )

    notes = " ".join(page.context["preview"].sheet.notes)
    assert "not written" in notes
    assert "commitment_title, milestones_completed, url" in notes
    assert effects_of(page)["UK0096"] == ["new assessment, kept as a draft", "Completion: Limited"]


def test_row_with_too_many_or_too_few_cells_is_refused(researcher, report):
    start = b"report_id,commitment_id,completion\r\n"

    (short,) = refusals_of(choose(researcher, start + b"results,UK0096\r\n"))
    (long,) = refusals_of(choose(researcher, start + b"results,UK0096,limited,more\r\n"))
    (open_,) = refusals_of(choose(researcher, start + b'results,UK0096,"limited\r\n'))

    assert "2 cells, but there are 3 columns" in short[2]
    assert "4 cells, but there are 3 columns" in long[2]
    assert (open_[0], "quotation marks" in open_[2]) == (2, True)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_sheets_as_spreadsheets_of_other_countries_save_them_are_read(
    researcher, report, separator, encoding, end
):
    content = csv_of(
        row(analysis="One\ntwo; three, “four”\tfive"),
        row(commitment_id="UK0097", analysis=""),
        separator=separator,
        encoding=encoding,
        end=end,
    )

    assert set(effects_of(choose(researcher, content))) == {"UK0096", "UK0097"}


def test_apostrophe_that_the_export_put_before_a_formula_is_taken_away_from_csv_only(
    researcher, report
):
    cells = row(analysis="'=1+1")

    from_csv = effects_of(choose(researcher, csv_of(cells)))["UK0096"]
    from_xlsx = effects_of(choose(researcher, xlsx_of(cells), "a.xlsx"))["UK0096"]

    assert "Analysis: “=1+1” (4 characters)" in from_csv
    assert "Analysis: “'=1+1” (5 characters)" in from_xlsx


def test_long_texts_are_taken_and_long_titles_are_not(researcher, report):
    long = csv_of(row(analysis="x" * 100_000))
    title = csv_of(row(title_in_report="x" * 100_000, number_in_report="y" * 21))

    assert effects_of(choose(researcher, long))
    assert [one[1] for one in refusals_of(choose(researcher, title))] == [
        "number_in_report",
        "title_in_report",
    ]


def test_file_above_the_limit_is_refused_before_it_is_read(researcher, report, settings):
    settings.IMPORT_MAX_MEGABYTES = 1

    (found,) = refusals_of(choose(researcher, csv_of(row(analysis="x" * 1024**2))))

    assert found[2] == "The file is larger than 1 MB. Divide the sheet into several."


# Workbooks


def test_formulas_and_errors_of_a_workbook_are_refused_by_their_cell(researcher, report):
    page = choose(researcher, xlsx_of(row(completion="=A1"), row(completion="#N/A")), "a.xlsx")

    assert [one[:2] for one in refusals_of(page)] == [(2, "completion"), (3, "completion")]
    assert "There is a formula here." in refusals_of(page)[0][2]


def test_numbers_and_days_of_a_workbook_are_read_as_the_export_writes_them(researcher, report):
    from datetime import datetime

    page = choose(
        researcher,
        xlsx_of(row(number_in_report=7.0, published_on=datetime(2026, 1, 31))),  # noqa: DTZ001
        "a.xlsx",
    )

    assert effects_of(page)["UK0096"] == [
        "new assessment, which readers see at once",
        "Number in the report: “7”",
        "Completion: Limited",
        "Published here on: 31 Jan 2026",
    ]


def test_number_shown_with_decimals_keeps_them(researcher, report):
    book = load_workbook(io.BytesIO(xlsx_of(row(number_in_report=1.1))))
    place = list(row(number_in_report=1.1)).index("number_in_report") + 1
    book.active.cell(2, place).number_format = "0.00"

    assert (
        "Number in the report: “1.10”"
        in effects_of(choose(researcher, saved(book), "a.xlsx"))["UK0096"]
    )


def test_text_that_a_spreadsheet_may_have_cut_off_is_refused(researcher, report):
    page = choose(researcher, xlsx_of(row(analysis="x" * 40_000)), "a.xlsx")

    assert [one[:2] for one in refusals_of(page)] == [(2, "analysis")]


def test_page_with_the_table_s_name_is_read_wherever_it_stands(researcher, report):
    book = load_workbook(io.BytesIO(xlsx_of(row())))
    book.create_sheet("notes", 0).append(["anything"])

    page = choose(researcher, saved(book), "a.xlsx")

    assert "UK0096" in effects_of(page)
    assert "Of the workbook only “assessments” is read." in page.context["preview"].sheet.notes


def test_workbook_that_unpacks_to_too_much_is_not_opened(researcher, monkeypatch):
    monkeypatch.setattr("ogp_tracker.importing.xlsx_sheet.MOST_UNPACKED", 10_000)
    bomb = io.BytesIO(xlsx_of(row()))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"0" * 20_000)

    (found,) = refusals_of(choose(researcher, bomb.getvalue(), "a.xlsx"))

    assert "unpacks to far more than a sheet needs" in found[2]


SHEET = "xl/worksheets/sheet1.xml"
OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
FAR = b'<row r="%d"><c r="GS%d"><v>1</v></c></row>'
TEXT = b'<row><c t="inlineStr"><is><t>' + b"x" * 30_000 + b"</t></is></c></row>"


@pytest.mark.parametrize(
    ("member", "content", "sentence"),
    [
        ("xl/sharedStrings.xml", b"<si/>" * 2_000_000, "Copy the rows that you need"),
        ("xl/styles.xml", b"<xf/>" * 200_000, "Copy the rows that you need"),
        (SHEET, b"<row>" + b"<c/>" * 2_000_000, "Copy the rows that you need"),
        (SHEET, ("<row>" + "<c/>" * 500_000).encode("utf-16"), "Copy the rows that you need"),
        (SHEET, b"".join(FAR % (n, n) for n in range(1, 10**6, 4_000)), "Divide it into several"),
        (SHEET, TEXT * 900, "more than 5 MB of text"),
    ],
    ids=["strings", "styles", "cells", "cells in UTF-16", "rows far apart", "texts"],
)
def test_workbook_without_end_is_refused_in_seconds(member, content, sentence):
    book = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of(row()))) as old,
        zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {*old.namelist()} - {member}:
            new.writestr(name, old.read(name))
        new.writestr(member, OPEN + content + b"</sheetData></worksheet>")
    started = time.process_time()

    with pytest.raises(SheetRefused, match=sentence):
        read_xlsx(book.getvalue())

    assert time.process_time() - started < 5


def test_workbook_with_texts_that_multiply_is_not_opened(researcher):
    book = io.BytesIO(xlsx_of(row()))
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/comments.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>')

    (found,) = refusals_of(choose(researcher, book.getvalue(), "a.xlsx"))

    assert "It is not opened." in found[2]


def test_other_archives_are_no_workbooks(researcher):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("assessments.csv", "report_id")

    (found,) = refusals_of(choose(researcher, archive.getvalue(), "a.zip"))

    assert "This is an archive and no document." in found[2]


# Findings


def test_findings_need_their_assessment_and_a_milestone_of_its_commitment(researcher, report):
    own = AssessmentFactory(
        report=report, commitment__ogp_id="UK0001", commitment__plan=report.plan
    )
    for _number in (1, 2):
        MilestoneFactory(commitment=own.commitment)
    cells = {"report_id": "results", "commitment_id": "UK0001", "found": "It was held."}

    page = choose(
        researcher,
        csv_of(
            cells | {"milestone_number": "1"},
            cells | {"milestone_number": "9"},
            cells | {"milestone_number": "1", "commitment_id": "UK0096"},
            cells | {"milestone_number": "01"},
            cells | {"milestone_number": "2", "found": ""},
        ),
    )

    said = refusals_of(page)
    assert [one[:2] for one in said] == [
        (3, "milestone_number"),
        (4, "milestone_number"),
        (4, "commitment_id"),
        (5, "milestone_number"),
        (6, "found"),
    ]
    assert said[4][2] == "Choose a code, or write what was found."
    assert said[2][2].startswith("The report has no assessment of UK0096 yet.")
