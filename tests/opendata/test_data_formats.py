"""Every format says the same, and programs that researchers use get back every value."""

import io
import json
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas
import pytest
from frictionless import Package

from ogp_tracker.opendata.as_csv import as_written
from ogp_tracker.opendata.as_xlsx import CUT, LONGEST_CELL, write_xlsx
from ogp_tracker.opendata.tables import BY_NAME, TABLES
from tests.factories import days_ago
from tests.hostile import TEXTS, as_pandas_reads, make_hostile_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def everything(rows_of_every_kind, django_db_blocker):
    with django_db_blocker.unblock():
        make_hostile_rows()


def taken(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.getvalue()


def from_csv(content):
    table = pandas.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    return table.map(as_written)


def test_pandas_gets_every_value_of_csv_that_json_has(client, everything):
    for table in TABLES:
        found = from_csv(taken(client, f"/data/{table.name}.csv"))
        objects = json.loads(taken(client, f"/data/{table.name}.json"))

        assert list(found.columns) == table.names
        read = [
            {column.name: column.value_of(row[column.name]) for column in table.columns}
            for row in found.to_dict("records")
        ]
        assert read == objects, table.name
        lines = taken(client, f"/data/{table.name}.jsonl").splitlines()
        assert [json.loads(line) for line in lines] == objects, table.name


def test_hostile_texts_come_back_as_they_were_written(client, everything):
    for name, column in (("commitments", "objective"), ("assessments", "analysis")):
        found = from_csv(taken(client, f"/data/{name}.csv"))
        assert set(TEXTS) <= set(found[column])
        objects = json.loads(taken(client, f"/data/{name}.json"))
        assert set(TEXTS) <= {one[column] for one in objects}


def test_kinds_of_nothing_stay_apart(client, everything):
    found = from_csv(taken(client, "/data/assessments.csv"))

    assert {"", "pending_irm_review", "no_irm_data", "no_evidence_available"} <= set(
        found["completion"]
    )
    assert "Not Attached" in set(
        from_csv(taken(client, "/data/commitments.csv"))["plan_as_published"]
    )


def test_workbook_of_the_same_rows_is_the_same_to_the_byte(tmp_path):
    columns, rows = (
        BY_NAME["nations"].columns,
        [[("é".encode(),) * len(BY_NAME["nations"].columns)]],
    )
    for name in ("one", "other"):
        write_xlsx("nations", columns, rows, tmp_path / name)
        time.sleep(1.1 if name == "one" else 0)

    one, other = ((tmp_path / name).read_bytes() for name in ("one", "other"))
    assert one == other
    assert zipfile.ZipFile(io.BytesIO(one)).testzip() is None


def test_workbook_holds_the_same_and_no_formula(client, everything):
    for table in TABLES:
        content = taken(client, f"/data/{table.name}.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(content))
        names, *rows = book.worksheets[0].iter_rows()
        assert [cell.value for cell in names] == table.names
        assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "b"}
        csv = from_csv(taken(client, f"/data/{table.name}.csv")).to_dict("records")
        assert len(rows) == len(csv) or not csv
        for row, expected in zip(rows, csv, strict=False):
            for cell, column in zip(row, table.columns, strict=True):
                assert same(cell.value, column, expected[column.name]), (table.name, column.name)


def test_pandas_gets_every_text_of_a_workbook(client, everything):
    content = taken(client, "/data/assessments.xlsx")

    table = pandas.read_excel(io.BytesIO(content), dtype=object, keep_default_na=False)

    texts = {as_pandas_reads(text) for text in TEXTS if len(text) <= LONGEST_CELL}
    assert texts <= set(table["analysis"])
    assert {type(number) for number in table["milestones_completed"]} == {int}


def same(value, column, text):
    if column.kind in {"integer", "boolean"}:
        expected = column.value_of(text)
        return value == expected and type(value) is type(expected)
    said = value or ""
    text = as_pandas_reads(text)
    if len(text) > LONGEST_CELL:
        return said.endswith(CUT) and text.startswith(said.removesuffix(CUT))
    return said == text


def test_frictionless_finds_nothing_wrong_with_the_package(client, everything, tmp_path):
    content = taken(client, "/data/tracker.zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)

    report = Package(tmp_path / "datapackage.json").validate()

    assert report.flatten(["type", "title", "fieldName", "message"]) == []
    described = json.loads((tmp_path / "datapackage.json").read_text())
    assert {one["name"] for one in described["resources"]} == {
        table.name.replace("_", "-") for table in TABLES
    }
    for one in described["resources"]:
        assert one["rows"] == len(from_csv((tmp_path / one["path"]).read_bytes()))


def test_package_explains_itself(client, everything, tmp_path):
    with zipfile.ZipFile(io.BytesIO(taken(client, "/data/tracker.zip"))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    book = files["codebook.md"].decode()
    for table in TABLES:
        for column in table.columns:
            assert f"| {column.name} | {column.kind_label} | {column.explained} |" in book
    assert " One of: " in book
    assert " In OGP’s own table: “Theme”. |" in book
    codes = from_csv(files["codebook.csv"])
    coded = {column.name for column in BY_NAME["assessments"].columns if column.codes}
    assert coded - {"report_kind"} <= set(codes["variable"])
    assert "Open Government Licence v3.0" in files["LICENCES.md"].decode()
    assert "Creative Commons Attribution" in files["LICENCES.md"].decode()
    assert f"date-released: {days_ago(0)}" in files["CITATION.cff"].decode()
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(files) - {"SHA256SUMS"}
    assert Path("datapackage.json").name in sums
