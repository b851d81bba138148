"""`fixtures/uk/`: every fact of the first list is there, and what is ours or in doubt says so."""

import csv
import re
from collections import Counter

import pytest
from django.conf import settings

from irm.codebook import VARIABLES
from milestones.published_words import basis_of, reading_of
from ogp_tracker.common.web_addresses import clean_address
from ogp_tracker.opendata.as_csv import as_written, to_csv
from ogp_tracker.opendata.rows import in_blocks
from ogp_tracker.opendata.tables import BY_NAME

FOLDER = settings.BASE_DIR / "fixtures" / "uk"
NAMES = [path.stem for path in sorted(FOLDER.glob("*.csv"))]

# Column of the list, and the variable of the codebook that holds it.
CODES = {
    "early_results": "early_results",
    "verifiable": "verifiable",
    "relevant_to_ogp_values": "relevance",
    "ambition": "ambition",
    "completion": "completion",
}
LABELS = {
    (one.name, str(label)): code
    for one in VARIABLES
    if one.name in CODES.values()
    for code, label in one.choices()
}
# Where OGP's page names the values instead of a yes, the tracker names them too.
NAMED_VALUES = {
    "UK0077": "Access to Information; Civic Participation; Technology and Innovation",
    "UK0092": "Civic Participation",
}
LEADS = ("lead_ids", "partner_ids")


def lines_of(name):
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(map(as_written, line)) for line in csv.reader(file)]


def rows_of(name):
    names, *lines = lines_of(name)
    return [dict(zip(names, line, strict=True)) for line in lines]


def listed(cell, separator="; "):
    return sorted(part.strip() for part in cell.split(separator) if part.strip())


def rows_of_list():
    path = settings.BASE_DIR / "tests" / "data" / "uk_commitments.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["ogp_id"]: row for row in csv.DictReader(file)}


def test_operator_finds_every_file_and_its_number_of_rows_in_the_readme():
    table = (FOLDER.parent / "README.md").read_text("utf-8").split("\n## ")[0]
    said = dict(re.findall(r"^\| `uk/(\w+)\.csv` \| (.*) \|$", table, re.M))

    assert sorted(said) == NAMES
    for name in ("institutions", "plans", "commitments", "milestones"):
        assert re.search(r"\d+", said[name])[0] == str(len(rows_of(name)))


@pytest.fixture(scope="module")
def commitments():
    return {row["commitment_id"]: row for row in rows_of("commitments")}


@pytest.mark.parametrize("name", NAMES)
def test_file_is_written_as_the_export_is_and_names_each_row_once(name):
    names, *lines = lines_of(name)
    keys = Counter(tuple(row[one] for one in BY_NAME[name].key) for row in rows_of(name))

    written = b"".join(to_csv(list(names), in_blocks(lines)))
    assert written == (FOLDER / f"{name}.csv").read_bytes()
    assert [key for key, times in keys.items() if times > 1] == []
    assert [cell for line in lines for cell in line if cell != cell.strip()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_address_is_one_that_a_form_takes(name):
    for row in rows_of(name):
        for column, address in row.items():
            if column.endswith("url") and address:
                assert clean_address(address) == address


def test_reader_finds_every_fact_of_the_first_list(commitments):
    """What the list leaves empty may be known since; what it says stays."""
    plans = {row["plan_id"]: row for row in rows_of("plans")}
    names = {row["institution_id"]: row["name"] for row in rows_of("institutions")}

    facts = rows_of_list()
    assert len(facts) == 32
    for ogp_id, fact in facts.items():
        row = commitments[ogp_id]
        plan = plans.get(row["plan_id"], {})
        leads = sorted(names[one] for column in LEADS for one in listed(row[column]))
        assert row["title"] == fact["title"]
        assert plan.get("title", row["plan_as_published"]) == fact["action_plan"]
        assert plan.get("member", row["member_as_published"]) == fact["member"]
        assert plan.get("cycle", row["cycle_as_published"]) == fact["cycle"]
        assert row["nation_codes"] == fact["lead_nation"]
        assert not fact["lead_institutions"] or leads == listed(fact["lead_institutions"], ";")
        assert listed(row["policy_areas"]) == listed(fact["policy_areas"], ";")
        support = fact["support_institutions_as_published"]
        assert not support or row["support_as_published"] == support
        assert row["source_url"] == fact["source"]


def test_reader_finds_every_code_of_the_first_list(commitments):
    pages, covered = {}, {}
    titles = {row["report_id"]: row["title"] for row in rows_of("reports")}
    for row in rows_of("assessments"):
        if row["report_id"] == "ogp-commitment-pages":
            pages[row["commitment_id"]] = row
        else:
            covered.setdefault(row["commitment_id"], []).append(titles[row["report_id"]])

    for ogp_id, fact in rows_of_list().items():
        assert not set(listed(fact["irm_reports"], ";")) - set(covered.get(ogp_id, []))
        for column, name in CODES.items():
            if ogp_id in NAMED_VALUES and name == "relevance":
                assert pages[ogp_id]["relevant_values"] == NAMED_VALUES[ogp_id]
            elif fact[column]:
                assert pages[ogp_id][name] == LABELS[name, fact[column]], (ogp_id, column)


def test_reader_is_told_where_the_nation_is_our_reading(commitments):
    ours = [
        row for row in commitments.values() if "The source names no nation" in row["tracker_note"]
    ]

    assert len(ours) == 33
    assert {row["nation_codes"] for row in ours} == {"eng"}
    assert not [row for row in commitments.values() if not row["nation_codes"]]


def test_reader_finds_milestones_and_statements_each_with_its_source(commitments):
    milestones, updates = rows_of("milestones"), rows_of("updates")
    worded = [row for row in updates if row["words_as_published"]]

    of = {row["commitment_id"] for row in milestones}
    assert len(milestones) >= 100
    assert len(of) >= 25
    assert len({commitments[one]["plan_id"] for one in of}) >= 8
    assert len(worded) >= 85
    assert all(row["source_url"] for row in (*milestones, *commitments.values()))
    assert all(row["source_url"] and row["source_title"] for row in updates)


def test_levels_and_schedules_are_those_that_the_words_give():
    for row in rows_of("updates"):
        if row["commitment_id"] == "UK0096":
            continue
        reading = reading_of(row["words_as_published"])
        assert (row["level"], row["schedule"]) == (reading.level, reading.schedule)
        assert row["level_basis"] == (
            basis_of(reading.level, row["words_as_published"]) if reading.level else ""
        )


def test_reader_finds_both_counts_of_the_plan_of_2013():
    report = next(row for row in rows_of("reports") if row["stage"] == "public_comment")
    whole = [row for row in rows_of("updates") if row["as_of"] == "2016-10-14"]

    assert report["completion_totals"] == "Complete: 6; Substantial: 11; Limited: 3; Withdrawn: 1"
    assert Counter(row["words_as_published"] for row in whole) == {
        "Completed": 12,
        "Substantial": 6,
        "Limited": 2,
        "Withdrawn": 1,
    }


def test_nobody_finds_a_forecast_or_an_invented_mailbox_or_successor():
    table = [row for row in rows_of("updates") if "progress summary" in row["source_title"]]

    assert max(row["as_of"] for row in table) == "2015-01-31"
    assert not {"website", "team_mailbox", "succeeded_by"} & set(lines_of("institutions")[0])
