"""Rows of progress: each is what a document says, and comes in once."""

from datetime import date
from uuid import uuid4

import pytest

from milestones import services
from milestones.models import ProgressUpdate
from ogp_tracker.importing.progress import UpdateTable
from ogp_tracker.importing.run import Run, SourceDocument
from ogp_tracker.importing.sheet import ImportSheet, SheetRow
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    contact_for,
    lead_of,
    make_update,
    today,
)
from tests.pages import queries_in

pytestmark = pytest.mark.django_db

DOCUMENT = SourceDocument("Progress to May 2021", "https://www.gov.uk/progress")


@pytest.fixture
def milestone():
    plan = PlanFactory(start_date=date(2021, 1, 1))
    commitment = CommitmentFactory(ogp_id="UK0101", nations=["sct"], plan=plan)
    return MilestoneFactory(commitment=commitment, label="2.1a", due_on=None)


@pytest.fixture
def contact(milestone):
    return contact_for(milestone.commitment)


def sheet_of(*rows, sheet="progress"):
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [{name: row.get(name, "") for name in names} for row in rows]
    return ImportSheet(
        sheet, "updates", names, [SheetRow(number, one) for number, one in enumerate(cells, 2)]
    )


def take(by, *rows, document=DOCUMENT):
    run = Run(by=by, file_name="plan.xlsx", document=document)
    UpdateTable().take(run, sheet_of(*rows))
    return run


def refused(run):
    return {(one.row, one.column): one.sentence for one in run.refusals}


def row(**cells):
    return {
        "commitment_id": "uk 0101",
        "milestone_label": "2.1A",
        "words_as_published": "Complete",
        "as_of": "May 2021",
    } | cells


def test_contact_brings_in_what_a_document_says_and_a_colleague_signs_it(milestone, contact):
    run = take(
        contact,
        row(),
        row(milestone_label="", words_as_published="Closed", as_of="44408"),
        row(level="Substantial", words_as_published="Nearly there", as_of="31/7/2021"),
        row(words_as_published="Completed", level="left open", as_of="1.8.2021"),
    )

    assert refused(run) == {}
    waits = "It waits for another point of contact to sign it off."
    document = "from “Progress to May 2021”"
    assert [one.sentences for one in run.effects] == [
        [f"Scotland: Completed (“Complete”), as at May 2021, {document}", waits],
        [f"Scotland: “Closed”, as at 31 July 2021, {document}", waits],
        [
            f"Scotland: Substantial (our reading) (“Nearly there”), as at 31 July 2021, {document}",
            waits,
        ],
        [f"Scotland: “Completed”, as at 1 August 2021, {document}", waits],
    ]
    notes = [one.notes for one in run.effects]
    assert notes[0][1] == "“Complete” is taken as Completed."
    assert "44408 is a spreadsheet's number for 31 July 2021" in notes[1][0]
    assert notes[1][1] == "“Closed” gives no level: it is kept as published."
    assert notes[3][-1] == "“Completed” is kept as published; its level is left open."
    assert run.milestones_touched == {milestone.pk}
    update = ProgressUpdate.objects.order_by("pk")[0]
    assert (update.state, str(update.as_of), update.as_of_as_published) == (
        "submitted",
        "2021-05-31",
        "May 2021",
    )
    assert (update.source_title, update.source_url) == (DOCUMENT.title, DOCUMENT.url)
    assert (update.recorded_by, update.provenance) == (contact, "published_elsewhere")


def test_once_a_colleague_has_signed_the_document_off_its_rows_are_published(milestone, contact):
    lead = lead_of(milestone.commitment)
    run = take(contact, row(institution_id=lead.slug.upper()))
    waits = f"It waits for another point of contact, or a lead of {lead}, to sign it off."
    assert run.effects[0].sentences[1] == waits
    services.publish_update(ProgressUpdate.objects.get(), by=contact_for(milestone.commitment))

    run = take(contact, row(milestone_label=""))

    assert run.effects[0].sentences[1] == "It is published at once."
    assert milestone.commitment.nation_progress.get(milestone=None).level == "completed"


def test_everything_that_is_wrong_is_said_at_once_beside_its_cell(milestone, contact):
    CommitmentFactory(ogp_id="UK0102", plan=milestone.commitment.plan)
    run = take(
        contact,
        row(commitment_id="UK0999"),
        row(milestone_label="2.1b"),
        row(milestone_number="1", milestone_label="2.1"),
        row(level="nearly", schedule="late", as_of="32/1/2021", institution_id="nobody"),
        row(update_id=str(uuid4()), corrects_update_id="x"),
        row(update_id=str(uuid4())),
        row(as_of=(today().replace(year=today().year + 1)).isoformat()),
        row(level="limited"),
        row(as_of="June 2021"),
        row(as_of="June 2021"),
        row(commitment_id="UK0102", milestone_label=""),
        row(corrects_update_id=str(uuid4())),
    )

    assert set(refused(run)) == {
        (2, "commitment_id"),
        (3, "milestone_label"),
        (4, "milestone_label"),
        *((5, name) for name in ("level", "schedule", "as_of", "institution_id")),
        (6, "corrects_update_id"),
        (7, "update_id"),
        (8, "as_of"),
        (9, "level"),
        (11, ""),
        (12, "nation_codes"),
        *((13, name) for name in ("corrects_update_id", "correction_reason")),
    }
    said = refused(run)
    assert said[3, "milestone_label"].startswith("UK0101 has no milestone “2.1b”.")
    assert said[4, "milestone_label"] == "This milestone is called “2.1a”, not “2.1”."
    assert said[7, "update_id"] == "Leave this empty in a new row."
    assert said[11, ""] == "Row 10 says the same. Keep one of the two."
    assert "eng; sct; wls; nir" in said[12, "nation_codes"]


@pytest.mark.parametrize("cells", [{}, {"provenance": "reported_here"}])
def test_an_account_names_the_document(milestone, contact, cells):
    run = take(contact, row(**cells), document=SourceDocument())

    sentence = "Name the document that says this, in source_title."
    assert refused(run) == {(2, "source_title"): sentence}


def test_what_is_stored_is_not_written_again_and_what_is_published_is_never_changed(
    milestone, contact
):
    assert take(contact, row(), row(level="left open", as_of="June 2021")).refusals == []
    update = make_update(milestone, "limited", narrative="As it\nwas.", as_of=date(2021, 9, 1))
    exported = {
        "update_id": str(update.uid),
        "commitment_id": "UK0101",
        "milestone_number": "1",
        "milestone_label": "2.1a",
        "nation_codes": "sct",
        "level": "limited",
        "level_basis": "given",
        "provenance": "reported_here",
        "as_of": "2021-09-01",
        "narrative": "As it\r\nwas.",
        "institution_id": update.institution.slug,
        "recorded_at": "2020-01-01T00:00:00Z",
    }
    again = (row(), row(level="left open", as_of="June 2021"), exported)

    run = take(contact, *again)
    assert (run.refusals, run.does_anything) == ([], False)
    assert [one.sentences for one in run.effects] == [["nothing changes"]] * 3
    run = take(
        contact,
        exported | {"narrative": "Otherwise.", "level": "completed", "milestone_number": ""},
        exported | {"milestone_number": "", "milestone_label": ""},
        row(obstacles="Something."),
    )
    assert set(refused(run)) == {
        *((2, name) for name in ("narrative", "level")),
        (3, "milestone_number"),
        (4, "obstacles"),
    }
    assert refused(run)[2, "level"].startswith("A published update is never changed. Leave this")
    assert refused(run)[4, "obstacles"].startswith("This update waits for sign-off.")
    assert ProgressUpdate.objects.count() == 3


def test_what_goes_out_comes_in_by_a_command_with_its_ids_and_dates(milestone):
    first, later = str(uuid4()), str(uuid4())
    moments = {"recorded_at": "2022-01-02T03:04:05Z", "published_at": "2022-01-03T03:04:05Z"}
    reported = {"provenance": "reported_here", "level": "limited", "narrative": "Begun."}
    rows = (
        row(update_id=first, source_title="A report", **moments),
        row(
            update_id=later,
            corrects_update_id=first,
            correction_reason="Misread.",
            level="",
            source_title="A report",
            **moments,
        ),
        row(
            update_id=str(uuid4()),
            institution_id=lead_of(milestone.commitment).slug,
            words_as_published="",
            **reported,
            **moments,
        ),
    )

    run = take(None, *rows, document=SourceDocument())

    assert refused(run) == {}
    assert not take(None, *rows, document=SourceDocument()).does_anything
    corrected, correction, here = ProgressUpdate.objects.order_by("pk")
    assert [str(corrected.uid), str(correction.uid)] == [first, later]
    # A row with an id is as it was exported: its empty level was left open.
    assert (correction.corrects, correction.level) == (corrected, "")
    assert (here.provenance, here.source_title) == ("reported_here", "")
    assert correction.recorded_at.isoformat() == "2022-01-02T03:04:05+00:00"
    assert correction.published_at.isoformat() == "2022-01-03T03:04:05+00:00"


def test_the_queries_do_not_grow_with_the_rows(milestone, contact):
    milestones = MilestoneFactory.create_batch(20, commitment=milestone.commitment)
    rows = [row(milestone_label=one.label) for one in milestones]

    few = queries_in(lambda: take(contact, row(as_of="June 2021")))
    many = queries_in(lambda: take(contact, *rows))

    assert many <= few + 1
