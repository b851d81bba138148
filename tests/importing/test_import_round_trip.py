"""What the tracker hands out it takes back: exported, imported and exported to the same bytes."""

import pytest
from django.core.management import call_command
from django.db import connection

from commitments.models import Commitment, Institution, OGPValue
from irm.models import Assessment, MilestoneFinding
from milestones.models import Milestone
from ogp_tracker.importing.imports import write
from ogp_tracker.importing.reading import read_file
from ogp_tracker.importing.real_data import VOCABULARIES, load_real_data
from ogp_tracker.importing.run import Run
from ogp_tracker.importing.tables import TABLES as IMPORTED
from ogp_tracker.opendata.formats import BY_ENDING
from ogp_tracker.opendata.tables import TABLES
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    MilestoneFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    make_correction,
    make_document,
    make_update,
    today,
)
from tests.once import once

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HOSTILE = (
    "=1+1",
    "'=kept as it is",
    "-5",
    "@home\ttab",
    "＝wide",
    'Two "marks", a comma; and a semicolon',
    "One\r\ntwo\nthree\rfour",
    " spaces around ",
    "\u202eturned\u2066 and 𝕬stral 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "_x0041_ as it is",
    "long " * 20_000,
    "",
)
WITH_VERSIONS = (Institution, Commitment, Milestone, Assessment, MilestoneFinding)


def exported(tables=TABLES, ending="csv"):
    return {one.name: b"".join(BY_ENDING[ending].content(one, today())) for one in tables}


def files(ending="csv"):
    return exported([one.table for one in IMPORTED], ending)


def imported(contents, ending="csv"):
    grids = [one for name, file in contents.items() for one in read_file(file, f"{name}.{ending}")]
    return write(grids, Run())


def versions():
    return [model.history.count() for model in WITH_VERSIONS]


def empty():
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("flush", interactive=False, verbosity=0)
    call_command("loaddata", VOCABULARIES, verbosity=0)


@once
def demo():
    load_real_data()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_all_of_the_demo_comes_in_again_to_identical_files(demo, ending):
    # Every row has one version, so that `history`, which tells of edits, is the same, too.
    before, given, known = exported(), files(ending), versions()

    assert not imported(given, ending).does_anything
    assert versions() == known
    empty()
    assert exported()["commitments"].count(b"\r\n") == 1
    imported(given, ending)

    after = exported()
    assert [name for name in before if after[name] != before[name]] == []
    assert versions() == known
    assert not imported(given, ending).does_anything


def make_hostile_rows():
    plan = PlanFactory()
    report = ReportFactory(plan=plan, kind="transitional_results_report")
    design = ReportFactory(plan=plan, kind="design_report")
    values = list(OGPValue.objects.order_by("name")[:2])
    codes = ("", "pending_irm_review", "no_irm_data", "no_evidence_available", "complete")
    for number, text in enumerate(HOSTILE):
        commitment = CommitmentFactory(plan=plan, objective=text)
        commitment.values_claimed.set(values[: number % 3])
        one = AssessmentFactory(
            report=report,
            commitment=commitment,
            analysis=text,
            commitment_as_reported=text[:50],
            title_in_report=" ".join(text[:100].split()),
            footnotes="[1] See there.\n[2] And there." if number % 2 else "",
            completion=codes[number % len(codes)],
            published_on=days_ago(number),
        )
        milestone = MilestoneFactory(commitment=commitment, text=text or "A text", label="1.10")
        FindingFactory(
            assessment=one,
            milestone=milestone,
            found=text or "It was held.",
            completion=codes[number % len(codes)],
        )
        words = {"source": make_document(), "narrative": text[:20_000] or "-", "evidence": []}
        said = make_update(milestone, "limited", **words)
        if number % 3 == 0:
            shared = CommitmentFactory(plan=plan)
            AssessmentFactory(report=report, commitment=shared, analysis="", shares_text_with=one)
            make_correction(said, "not_started", **words)
        second = AssessmentFactory(report=design, commitment=commitment, relevance="yes")
        second.relevant_values.set(values[: number % 3])
    older = ReportFactory(plan=plan, kind="end_of_term_report")
    for held in (
        {"completion": "withdrawn", "specificity_as_published": "Low"},
        {"is_recorded": True},
        {"is_recorded": False},
    ):
        AssessmentFactory(report=older, analysis="", **held)
    # Who reported or corrected is no column: such a row is not brought in anew.
    make_update(MilestoneFactory(commitment__plan=plan), "limited")


def test_hostile_texts_codes_and_nothings_come_back_to_the_last_byte():
    empty()
    make_hostile_rows()
    before, given, known = exported(), files(), versions()

    assert not imported(given).does_anything
    assert versions() == known
    empty()
    imported(given)

    after = exported()
    assert [name for name in given if after[name] != before[name]] == []
