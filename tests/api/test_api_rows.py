"""A row of the API says the same as the row of the exports, to the letter."""

import json

import pytest
from django.test import TestCase

from irm.codebook import VARIABLES
from ogp_tracker.api.resources import RESOURCES
from ogp_tracker.opendata.as_json import to_json
from ogp_tracker.opendata.tables import TABLES
from tests.api_pages import LISTS, REAL_ROWS, ask, every
from tests.factories import FindingFactory, ReplyFactory, ReportFactory, today
from tests.fill import fill_in
from tests.world import make_everything

# Tables that are no list of their own, and where their rows stand.
INSIDE = {
    "involvements": [("commitments", "involvements")],
    "amendments": [("commitments", "amendments")],
    "due_date_changes": [("milestones", "due_date_changes")],
    "nation_progress": [("commitments", "nations"), ("milestones", "nations")],
    "evidence": [("updates", "evidence")],
    "replies": [("assessments", "replies")],
}


def exported(table):
    return json.loads(b"".join(to_json(table.columns, table.blocks(today()))))


def by_key(table, rows):
    return sorted(rows, key=lambda row: [str(row[part]) for part in table.key])


@pytest.mark.slow
class TestRows(TestCase):
    @classmethod
    def setUpTestData(cls):
        commitment = make_everything()
        # Final, so that the API has it, with a reply of each kind.
        report = commitment.assessments.get().report
        type(report).objects.filter(pk=report.pk).update(stage="final")
        given = dict.fromkeys(
            ("plan_as_published", "member_as_published", "cycle_as_published"), ""
        )
        given |= {"slug": "UK9001", "ogp_id": "UK9001"}
        fill_in(commitment, "Ünïcode “words” \n=1+1", "https://example.org/", **given)

    def test_every_list_has_the_rows_of_its_export_in_the_same_order(self):
        for resource in RESOURCES:
            inside = [each.name for each in resource.nested]
            rows = every(self.client, f"{resource.name}/?page_size=7")
            plain = [{name: row[name] for name in row if name not in inside} for row in rows]
            assert plain == exported(resource.table), resource.name
            assert rows, resource.name
            assert list(rows[0]) == [*resource.table.names, *inside]

    def test_rows_inside_are_those_of_their_export(self):
        for table in TABLES:
            if table.name in INSIDE:
                rows = [
                    row
                    for outer, name in INSIDE[table.name]
                    for one in every(self.client, f"{outer}/")
                    for row in one[name]
                ]
                assert by_key(table, rows) == by_key(table, exported(table)), table.name
                assert rows, table.name

    def test_no_table_is_left_out_but_what_is_made_of_the_others(self):
        names = {resource.name for resource in RESOURCES}

        assert {table.name for table in TABLES} == names | set(INSIDE) | {
            "history",
            "disagreements",
        }

    def test_every_row_is_found_by_its_key(self):
        for resource in RESOURCES:
            for row in every(self.client, f"{resource.name}/"):
                key = "/".join(str(row[name]) for name in resource.table.key)
                assert ask(self.client, f"{resource.name}/{key}/") == row

    def test_program_finds_every_list_from_the_first_address(self):
        root = ask(self.client, "")

        lists = [address.removeprefix("http://localhost/api/v1/") for address in root.values()]
        assert [*LISTS, "schema/", "docs/"] == [*lists[:8], "nations/", "codebook/", *lists[-2:]]
        for address in LISTS:
            assert ask(self.client, address)["results"]

    def test_rows_inside_come_in_the_order_of_the_nations(self):
        milestone = ask(self.client, REAL_ROWS["milestones"])

        assert [part["nation_code"] for part in milestone["nations"]] == [
            "eng",
            "sct",
            "wls",
            "nir",
        ]


def test_codebook_has_every_variable_with_its_values(client, db):
    entries = ask(client, "codebook/")["results"]

    assert [entry["variable"] for entry in entries] == [variable.name for variable in VARIABLES]
    for entry, variable in zip(entries, VARIABLES, strict=True):
        assert ["", *(value["code"] for value in entry["values"])] == variable.codes()
        assert ask(client, f"codebook/{variable.name}/") == entry
    assert ask(client, "codebook/colour/", status=404)["detail"] == (
        "The codebook has no variable “colour”."
    )


@pytest.mark.django_db
def test_reply_to_a_finding_stands_with_the_assessment_and_names_the_milestone(client):
    finding = FindingFactory(assessment__report=ReportFactory())
    ReplyFactory(assessment=finding.assessment, finding=finding)
    ReplyFactory(assessment=finding.assessment)

    (row,) = ask(client, "assessments/")["results"]

    assert [reply["milestone_number"] for reply in row["replies"]] == [
        finding.milestone.number,
        None,
    ]
