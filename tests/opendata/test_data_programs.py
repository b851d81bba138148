"""R and LibreOffice get back every value, from tables with texts that break what is careless."""

import csv
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ogp_tracker.opendata.as_xlsx import LONGEST_CELL
from ogp_tracker.opendata.formats import BY_ENDING
from ogp_tracker.opendata.tables import TABLES
from tests.factories import today
from tests.hostile import as_in_a_workbook, make_hostile_rows
from tests.process import PATIENCE

R_READS_XLSX = Path("/usr/lib/R/site-library/readxl").exists()

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What R makes of a table, written down cell by cell, a line for each.
READ_IN_R = """
for (file in commandArgs(trailingOnly = TRUE)) {
  read <- read.csv(file, colClasses = "character", na.strings = character(0),
                   encoding = "UTF-8", check.names = FALSE)
  write.table(read, sub("csv$", "r", file), sep = ",", row.names = FALSE, qmethod = "double",
              fileEncoding = "UTF-8")
}
"""
READ_XLSX_IN_R = """
for (file in commandArgs(trailingOnly = TRUE)) {
  read <- readxl::read_excel(file, col_types = "text", na = character(0), trim_ws = FALSE,
                             .name_repair = "minimal")
  write.table(read, sub("xlsx$", "rx", file), sep = ",", row.names = FALSE, qmethod = "double",
              na = "", fileEncoding = "UTF-8")
}
"""
# Commas between, quotation marks around every text, UTF-8, every cell as it is stored, all sheets.
CSV_OF_LIBREOFFICE = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def folder(rows_of_every_kind, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    with django_db_blocker.unblock():
        make_hostile_rows()
        for table in TABLES:
            for ending in ("csv", "xlsx", "json"):
                content = b"".join(BY_ENDING[ending].content(table, today()))
                (folder / f"{table.name}.{ending}").write_bytes(content)
    return folder


def run(*command, folder):
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr


def cells_of(path):
    csv.field_size_limit(2**31 - 1)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed (r-base-core)")
def test_r_gets_every_cell_of_csv(folder):
    files = [f"{table.name}.csv" for table in TABLES]
    run("Rscript", "-e", READ_IN_R, *files, folder=folder)

    for table in TABLES:
        read, written = (cells_of(folder / f"{table.name}.{end}") for end in ("r", "csv"))
        # R knows one kind of line break only.
        breaks = [
            [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in written
        ]
        assert read == breaks, table.name


@pytest.mark.skipif(not R_READS_XLSX, reason="R's readxl is not installed (r-cran-readxl)")
def test_r_gets_every_cell_of_xlsx(folder):
    run("Rscript", "-e", READ_XLSX_IN_R, *(f"{one.name}.xlsx" for one in TABLES), folder=folder)

    for table in TABLES:
        check_cells(table, cells_of(folder / f"{table.name}.rx"), folder)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_gets_every_cell_of_xlsx(folder):
    files = [f"{table.name}.xlsx" for table in TABLES]
    to = ("--convert-to", CSV_OF_LIBREOFFICE, "--outdir", "read")
    run("soffice", "--headless", *to, *files, folder=folder)

    for table in TABLES:
        read = cells_of(folder / "read" / f"{table.name}-{table.name}.csv")
        check_cells(table, read, folder)


def check_cells(table, read, folder):
    names, *rows = read
    objects = json.loads((folder / f"{table.name}.json").read_text(encoding="utf-8"))
    assert names == table.names
    for row, whole in zip(rows, objects, strict=True):
        expected = [as_shown(whole[name]) for name in names]
        for cell, value in zip(row, expected, strict=True):
            # A cell holds no more, and says so at its end.
            fits = len(value) <= LONGEST_CELL
            assert cell == value if fits else value.startswith(cell[:30_000]), table.name


def as_shown(value):
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else as_in_a_workbook(str(value))
