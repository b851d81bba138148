"""CSV that every program reads the same, and that no spreadsheet runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogp_tracker.opendata.as_csv import as_written, harmless, to_csv

# What a database can hold: any text without surrogates and, on PostgreSQL, without NUL.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ROWS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6)
SIGNS = "=+-@\t\r\n＝＋－＠"


def read(content):
    names, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    return names, rows


def written(rows):
    cells = [tuple(cell.encode() for cell in row) for row in rows]
    return b"".join(to_csv(["a", "b", "c"], [cells]))


@given(ROWS)
def test_every_text_is_read_back_as_it_was_written(rows):
    names, found = read(written(rows))

    assert names == ["a", "b", "c"]
    assert [tuple(as_written(cell) for cell in row) for row in found] == rows


@pytest.mark.parametrize(
    "row",
    [("\x1f", "a", "b"), ("a\x1e\x1f", "", "="), ("\x1e", "=1", "\x1f=1"), ('"', '","', "\r\n")],
)
def test_signs_that_the_writer_itself_uses_are_only_text(row):
    found = read(written([row, row]))[1]

    assert [tuple(as_written(cell) for cell in row) for row in found] == [row, row]


@pytest.mark.core
@given(TEXTS)
def test_no_cell_can_be_a_formula(text):
    for row in read(written([(text, f"={text}", f"'{text}")]))[1]:
        assert [cell for cell in row if cell.startswith(tuple(SIGNS))] == []


@pytest.mark.core
@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("-3", "'-3"),
        ("'=1", "''=1"),
        ("''@x", "'''@x"),
        ("＝1", "'＝1"),
        ("\t=1", "'\t=1"),
        ("'quoted'", "'quoted'"),
        ("1=1", "1=1"),
        ("", ""),
    ],
)
def test_apostrophe_stands_only_where_it_has_to_and_can_be_taken_away(cell, safe):
    assert harmless(cell) == safe
    assert as_written(safe) == cell


def test_lines_end_as_rfc_4180_has_it():
    assert written([("a", 'b"c', "d\ne")]) == (b'"a","b","c"\r\n"a","b""c","d\ne"\r\n')
