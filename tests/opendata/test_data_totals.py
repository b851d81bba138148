"""Every figure on a page can be worked out from the tables, and is the same there."""

import json
from collections import Counter
from dataclasses import asdict

import pytest
from django.test import Client
from django.utils import timezone

from commitments.models import ActionPlan, Commitment, Institution, Nation
from irm.models import Report
from milestones.days import Timing
from milestones.levels import Overall
from milestones.models import Milestone
from ogp_tracker.opendata.tables import TABLES
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def tables(rows_of_every_kind, django_db_blocker):
    with django_db_blocker.unblock():
        return {
            table.name: json.loads(Client().get(f"/data/{table.name}.json").getvalue())
            for table in TABLES
        }


def test_keys_name_each_row_once_and_columns_have_names_for_ever(tables):
    for table in TABLES:
        keys = Counter(tuple(row[name] for name in table.key) for row in tables[table.name])
        assert [key for key, number in keys.items() if number > 1] == [], table.name
        assert all(name == name.lower() and name.isidentifier() for name in table.names)
        assert len(set(table.names)) == len(table.names)


def test_rows_are_as_many_as_the_pages_count(client, tables):
    for name, address, word in (
        ("commitments", "/commitments/", "commitments"),
        ("assessments", "/assessments/", "assessments"),
    ):
        said = read(client, address).first(css="result-line").text()
        for_comment = sum(
            report.assessments.public().count()
            for report in Report.objects.public().filter(stage="public_comment")
        )
        hidden = for_comment if name == "assessments" else 0
        covered = sum(not row.get("is_recorded", True) for row in tables[name])
        assert said.startswith(f"{len(tables[name]) + hidden - covered} {word}")
        assert (f". {covered} more" in said) == bool(covered)
    assert len(tables["institutions"]) == Institution.objects.count()
    assert len(tables["plans"]) == ActionPlan.objects.count()


def test_parts_per_level_are_those_of_the_nations_pages(tables):
    counted = Milestone.objects.public().level_counts(by="nation")
    for nation in Nation.objects.all():
        parts = Counter(
            row["level"] or ("level_not_given" if row["words_as_published"] else "not_reported")
            for row in tables["nation_progress"]
            if row["nation_code"] == nation.code and row["applies"] and row["unit"] == "milestone"
        )
        said = asdict(counted[nation.pk])
        assert parts == {overall: said[overall] for overall in Overall if said[overall]}


def test_milestones_stand_and_are_late_as_their_pages_say(tables):
    today = timezone.localdate()
    rows = {(row["commitment_id"], row["milestone_number"]): row for row in tables["milestones"]}
    for milestone in Milestone.objects.public().for_page():
        row, together = rows[milestone.commitment.slug, milestone.number], milestone.roll_up()
        assert (row["overall"], row["overall_is_read"]) == (together.overall, together.is_read)
        assert row["is_completed"] == together.is_completed
        assert (row["nations_heard"], row["nations_in_scope"]) == (
            together.heard,
            together.in_scope,
        )
        said = {str(timing) for timing in milestone.timings(today)}
        assert said == {timing.value for timing in Timing if row[timing.value]}


def test_assessments_carry_the_counts_of_the_milestones_of_their_commitment(tables):
    counted = Milestone.objects.public().level_counts(by="commitment")
    keys = dict(Commitment.objects.values_list("slug", "pk"))
    checked = 0
    for row in tables["assessments"]:
        counts = counted.get(keys[row["commitment_id"]])
        said = {
            name.removeprefix("milestones_"): number
            for name, number in row.items()
            if name.startswith("milestones_")
        }
        assert said == (asdict(counts) if counts else dict.fromkeys(said, 0))
        checked += counts is not None
    assert checked


def test_due_date_keeps_its_first_date(tables):
    moved = [row for row in tables["milestones"] if row["due_date_moves"]]

    assert moved
    for row in moved:
        first = next(
            change
            for change in tables["due_date_changes"]
            if (change["commitment_id"], change["milestone_number"])
            == (row["commitment_id"], row["milestone_number"])
        )
        assert row["first_due_on"] == first["moved_from"]


def test_replies_and_assessments_for_public_comment_are_in_no_table(tables):
    for name in ("reports", "assessments", "findings", "replies"):
        assert "example-report" not in json.dumps(tables[name])
