"""An officer records progress: all of it, or nothing and the reasons beside the fields."""

import pytest

from milestones import services
from milestones.facts import EvidenceFacts
from milestones.models import Evidence, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    contact_for,
    days_ago,
    lead_of,
    make_document,
    make_report,
    make_update,
    officer_of,
)
from tests.refusals import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def milestone():
    return MilestoneFactory()


@pytest.fixture
def officer(milestone):
    return officer_of(lead_of(milestone.commitment))


def record(milestone, level="limited", *, institution=None, **report):
    institution = institution or lead_of(milestone.commitment)
    of_document = report.get("source")
    return services.record_update(
        milestone,
        make_report(level, **report),
        institution=institution,
        by=contact_for(milestone.commitment) if of_document else officer_of(institution),
    )


def test_words_of_a_document_are_kept_with_their_source(milestone):
    source = make_document(
        source_locator="page 12",
        words_as_published="All but done, behind schedule",
        as_of_as_published="May 2021",
    )

    update = services.record_update(
        milestone, make_report("completed", evidence=[], source=source), institution=None, by=None
    )

    update.refresh_from_db()
    assert update.is_from_document
    assert (update.institution, update.recorded_by) == (None, None)
    assert [update.source_title, update.source_url] == list(source.values())[:2]
    assert update.source_locator == "page 12"
    assert (update.words_as_published, update.level_basis) == (
        "All but done, behind schedule",
        "read",
    )
    assert update.as_of_as_published == "May 2021"


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ({"level": "completed", "evidence": []}, "evidence"),
        ({"schedule": "at_risk", "obstacles": ""}, "obstacles"),
        ({"as_of": days_ago(5000)}, "as_of"),
        ({"evidence": [EvidenceFacts("Nothing")]}, "evidence"),
        ({"evidence": [EvidenceFacts("", "https://www.gov.uk/")]}, "evidence"),
        ({"evidence": [EvidenceFacts("Script", "javascript:alert(1)")]}, "evidence"),
        ({"evidence": [EvidenceFacts("Twice", "https://www.gov.uk/")] * 2}, "evidence"),
        ({"source": make_document(source_locator="x" * 201)}, "source_locator"),
    ],
)
def test_officer_whose_report_is_refused_has_written_nothing(milestone, report, field):
    assert refusal_of(record, milestone, **report) == [field]
    assert not ProgressUpdate.objects.exists()
    assert not Evidence.objects.exists()


@pytest.mark.core
def test_nobody_records_for_an_institution_that_is_not_theirs(milestone):
    given = {"institution": lead_of(milestone.commitment), "by": officer_of(InstitutionFactory())}

    assert refusal_of(services.record_update, milestone, make_report(), **given) == ["institution"]
    assert not ProgressUpdate.objects.exists()


@pytest.mark.parametrize("source", [None, {"source_url": "https://www.gov.uk/"}])
def test_report_without_institution_and_name_of_a_document_is_refused(milestone, source):
    report = make_report(source=source)

    fields = refusal_of(services.record_update, milestone, report, institution=None, by=None)

    assert "institution" in fields


def test_officer_reports_on_a_commitment_without_a_plan():
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=None))

    assert record(milestone, as_of=days_ago(5000)).pk


def test_officer_who_repeats_what_is_published_writes_nothing(milestone):
    first = make_update(milestone, "completed", nations=["sct"], narrative="It is done.")
    same = {
        "nations": ["sct"],
        "narrative": "It is done.",
        "as_of": first.as_of,
        "evidence": [EvidenceFacts(row.title, row.url) for row in first.evidence.all()],
    }

    with pytest.raises(UpdateRefused, match="Nothing new"):
        record(milestone, "completed", **same)
    assert ProgressUpdate.objects.get() == first
    assert record(milestone, "completed", **same | {"nations": ["wls"]}).pk


def test_officer_corrects_only_a_current_update_of_the_same_milestone(milestone):
    draft = make_update(milestone, publish=False)
    elsewhere = make_update(MilestoneFactory(commitment=milestone.commitment))
    corrected = make_update(milestone)
    latest = make_update(milestone, corrects=corrected)

    for wrong in (draft, elsewhere, corrected):
        assert refusal_of(record, milestone, corrects=wrong) == ["corrects"]
    assert record(milestone, corrects=latest).pk
