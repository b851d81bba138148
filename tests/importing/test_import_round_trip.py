"""What the tracker hands out it takes back: exported, imported and exported to the same bytes."""

import pytest
from django.core.management import call_command

from commitments.rights import rights_of
from irm.models import Assessment, MilestoneFinding, Reply
from ogp_tracker.importing.known import Known
from ogp_tracker.importing.pages import read
from ogp_tracker.importing.preview import judged
from ogp_tracker.importing.writing import write_sheet
from ogp_tracker.opendata.as_csv import to_csv
from ogp_tracker.opendata.tables.found import ASSESSMENTS, FINDINGS
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    MilestoneFactory,
    OGPValueFactory,
    PlanFactory,
    ReportFactory,
    days_ago,
    researcher,
    today,
)

pytestmark = pytest.mark.django_db

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
    "\x1f\x1e signs between",
    "long " * 20_000,
    "",
)


def exported(table):
    return b"".join(to_csv(table.names, table.blocks(today())))


def imported(content, name):
    rights = rights_of(researcher())
    target, sheet = read(content, "")
    shown = judged(Known(target, sheet.rows, rights), sheet)
    assert shown.refusals == []
    target, sheet = read(content, "")
    return write_sheet(target, sheet, rights, shown=shown.fingerprint, file_name=name)


def check_round_trip():
    assessments, findings = exported(ASSESSMENTS), exported(FINDINGS)
    Assessment.objects.update(shares_text_with=None)
    MilestoneFinding.objects.all().delete()
    Assessment.objects.all().delete()
    assert exported(ASSESSMENTS).count(b"\r\n") == 1

    imported(assessments, "assessments.csv")
    imported(findings, "findings.csv")

    assert exported(ASSESSMENTS) == assessments
    assert exported(FINDINGS) == findings
    # A second time there is nothing to do.
    versions = Assessment.history.count(), MilestoneFinding.history.count()
    for content in (assessments, findings):
        assert not imported(content, "again.csv").does_anything
    assert (Assessment.history.count(), MilestoneFinding.history.count()) == versions


def test_hostile_texts_codes_and_nothings_come_back_to_the_last_byte():
    plan = PlanFactory()
    report = ReportFactory(plan=plan, kind="transitional_results_report")
    design = ReportFactory(plan=plan, kind="design_report")
    values = [
        OGPValueFactory(name=name) for name in ("Access to Information", "Civic Participation")
    ]
    codes = ("", "pending_irm_review", "no_irm_data", "no_evidence_available", "complete")
    for number, text in enumerate(HOSTILE):
        commitment = CommitmentFactory(plan=plan)
        one = AssessmentFactory(
            report=report,
            commitment=commitment,
            analysis=text,
            commitment_as_reported=text[:50],
            title_in_report=text[:100],
            footnotes="[1] See there.\n[2] And there." if number % 2 else "",
            completion=codes[number % len(codes)],
            published_on=days_ago(number),
        )
        MilestoneFactory(commitment=commitment)
        FindingFactory(
            assessment=one,
            milestone=MilestoneFactory(commitment=commitment),
            found=text or "It was held.",
            completion=codes[number % len(codes)],
        )
        if number % 3 == 0:
            shared = CommitmentFactory(plan=plan)
            AssessmentFactory(report=report, commitment=shared, analysis="", shares_text_with=one)
        second = AssessmentFactory(report=design, commitment=commitment, relevance="yes")
        second.relevant_values.set(values[: number % 3])
    older = ReportFactory(plan=plan, kind="end_of_term_report")
    for held in (
        {"completion": "withdrawn", "specificity_as_published": "Low"},
        {"is_recorded": True},
        {"is_recorded": False},
    ):
        AssessmentFactory(report=older, analysis="", **held)

    check_round_trip()


def test_what_the_fixtures_hold_comes_back_to_the_last_byte():
    from ogp_tracker.fixtures_order import FIXTURES

    call_command("loaddata", *FIXTURES, publish=True, verbosity=0)
    Reply.objects.all().delete()
    assert exported(ASSESSMENTS).count(b"\r\n") > 30

    check_round_trip()
