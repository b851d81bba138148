"""JSON from which every program reads what was written."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ogp_tracker.opendata.as_json import to_json, to_json_lines
from ogp_tracker.opendata.columns import (
    date_column,
    list_column,
    number_column,
    text_column,
    yes_no_column,
)

COLUMNS = (
    text_column("title", ""),
    number_column("milestones", ""),
    yes_no_column("applies", ""),
    list_column("nations", "", "nations"),
    date_column("due_on", ""),
)
# What a database can hold: any text without surrogates and, on PostgreSQL, without NUL.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ROWS = st.lists(
    st.tuples(
        TEXTS,
        st.sampled_from(["", "0", "12"]),
        st.sampled_from(["true", "false"]),
        TEXTS,
        st.sampled_from(["", "2019-03-01"]),
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS)
def test_every_value_is_read_back(rows):
    cells = [tuple(cell.encode() for cell in row) for row in rows]
    values = [
        {column.name: column.value_of(cell) for column, cell in zip(COLUMNS, row, strict=True)}
        for row in rows
    ]

    assert json.loads(b"".join(to_json(COLUMNS, [cells, cells]))) == values * 2
    lines = b"".join(to_json_lines(COLUMNS, [cells, cells])).splitlines()
    assert [json.loads(line) for line in lines] == values * 2
