"""A tracker with something of everything, for tests that look at whole pages.

A third of the real rows of fixtures/, and beside them made-up ones for what these do not show:
plans that run, overdue and silent milestones, moved due dates, corrections, replies, nations in
which a milestone does not apply, long texts.
"""

import csv
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from milestones import services
from ogp_tracker.importing.imports import write
from ogp_tracker.importing.reading import read_file
from ogp_tracker.importing.real_data import TABLES, VOCABULARIES, load_real_data
from ogp_tracker.importing.run import Run
from ogp_tracker.opendata.columns import LIST_SEPARATOR
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    ReplyFactory,
    ReportFactory,
    days_ago,
    lead_of,
    make_correction,
    make_document,
    make_update,
    move_due_date,
    nation,
)

LONG = "Supercalifragilisticexpialidocious-" * 6


def load_real_rows():
    load_real_data()


def load_rows_of_the_first_list(but=lambda row: False):
    """Only the commitments of the first list, UK0096 and what belongs to them.

    As many as a walk over all pages can take, so that institutions are left out of which no other
    row speaks. `but`: which rows are left out, as dictionaries.
    """
    call_command("loaddata", VOCABULARIES, verbosity=0)
    with (Path(__file__).parent / "data" / "uk_commitments.csv").open(encoding="utf-8") as file:
        wanted = {"UK0096", *(row["ogp_id"] for row in csv.DictReader(file))}
    files = sorted(TABLES.glob("*.csv"))
    grids = [grid for file in files for grid in read_file(file.read_bytes(), file.name)]
    for grid in grids:
        head, *rows = grid.rows
        grid.rows = [head]
        for row in rows:
            cells = dict(zip(head.cells, row.cells, strict=True))
            if cells.get("commitment_id", "UK0096") in wanted and not but(cells):
                grid.rows.append(row)
    rows_of = {grid.name: grid.rows for grid in grids}
    institutions = rows_of.pop("institutions")
    said = (cell for rows in rows_of.values() for row in rows for cell in row.cells)
    named = {name for cell in said for name in cell.split(LIST_SEPARATOR)}
    institutions[1:] = [row for row in institutions[1:] if row.cells[0] in named]
    write(grids, Run(publish=True))


def make_everything():
    load_rows_of_the_first_list()
    commitment = CommitmentFactory(
        ogp_id="UK9001",
        title=f"Example data: a commitment that shows everything {LONG}",
        objective="An objective with\n\n- a list\n- of two\n\nand <b>raw</b> words.",
        problem="A problem.",
        contribution="A contribution.",
        plan=PlanFactory(slug="example-plan", title="Example data: a plan that runs"),
        timeline_as_published="Quarterly",
        start_date=days_ago(300),
        end_date=days_ago(-200),
    )
    overdue = MilestoneFactory(commitment=commitment, due_on=days_ago(20), text=LONG)
    silent = MilestoneFactory(commitment=commitment)
    MilestoneFactory(commitment=commitment)
    move_due_date(overdue, to=days_ago(10), reason="The regulator asked for more time.")
    services.set_applicability(overdue, nation("nir"), applies=False, reason="Not devolved")
    first = make_update(overdue, "limited", nations=["eng"], narrative=f"Begun. {LONG}")
    make_correction(first, "substantial")
    make_update(overdue, "substantial", nations=["sct"], source=make_document())
    make_update(silent, "not_started", now=timezone.now() - timedelta(days=250))
    _assess(commitment, overdue)
    return commitment


def _assess(commitment, milestone):
    report = ReportFactory(
        slug="example-report",
        title="Example data: a report for comment",
        stage="public_comment",
        kind="results_report",
        evidence_cut_off=days_ago(60),
        released_on=days_ago(40),
    )
    assessment = AssessmentFactory(
        commitment=commitment,
        report=report,
        completion="no_evidence_available",
        early_results="pending_irm_review",
        analysis="Found little. [1] And less. [2]",
        footnotes="[1] An interview, https://www.example.org/interview",
    )
    finding = FindingFactory(assessment=assessment, milestone=milestone, completion="limited")
    ReplyFactory(assessment=assessment)
    ReplyFactory(assessment=assessment, finding=finding)
    InstitutionFactory(
        slug="example-institution",
        name="Example data: a renamed body",
        succeeded_by=lead_of(commitment),
    )
