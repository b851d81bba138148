"""Loading a fixture leaves no stale page, whatever has been published before or since."""

import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from milestones.models import Milestone, NationProgress, ProgressUpdate
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    days_ago,
    make_correction,
    make_update,
    nation,
)
from tests.milestones.test_concurrency import is_right

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

UID = "0e4d2f6a-5b63-4a4e-9d0b-0d8c6f1f7a11"
OTHER = "1f7b2c1e-7d52-4d1c-8a55-6f3f0a4c2b22"


@pytest.fixture
def milestone():
    return MilestoneFactory(commitment=CommitmentFactory(slug="UK9001", ogp_id="UK9001"))


def about_the_milestone():
    milestone = Milestone.objects.get(commitment__slug="UK9001")
    return {"commitment": milestone.commitment_id, "milestone": milestone.pk}


def update_row(key=1, uid=UID, codes=("sct", "wls"), **fields):
    given = {
        "uid": uid,
        **about_the_milestone(),
        "nations": [nation(code).pk for code in codes],
        "level": "limited",
        "level_basis": "read",
        "provenance": "published_elsewhere",
        "as_of": str(days_ago(20)),
        "narrative": "A session was held.",
        "obstacles": "The pandemic.",
        "source_title": "Self-assessment",
        "recorded_at": f"{days_ago(10)}T12:00:00Z",
        "published_at": f"{days_ago(10)}T12:00:00Z",
        "state": "published",
    }
    return {"model": "milestones.progressupdate", "pk": key, "fields": given | fields}


def evidence_row():
    fields = {"uid": OTHER, "update": 1, "title": "Minutes", "url": "https://www.gov.uk/minutes"}
    return {"model": "milestones.evidence", "pk": 1, "fields": fields}


def cell_row(code, **fields):
    known = {"level_basis": "read", "provenance": "published_elsewhere"}
    stored = NationProgress.objects.get(milestone__commitment__slug="UK9001", nation__code=code)
    return {
        "model": "milestones.nationprogress",
        "pk": stored.pk,
        "fields": {
            **about_the_milestone(),
            "nation": nation(code).pk,
            **(known if fields.get("level") else {}),
            **fields,
        },
    }


@pytest.fixture
def load(tmp_path):
    def load(*rows):
        fixture = tmp_path / "some.json"
        fixture.write_text(json.dumps(rows))
        call_command("loaddata", str(fixture), verbosity=0)

    return load


def shown(milestone):
    rows = NationProgress.objects.filter(milestone=milestone).select_related("nation")
    return {row.nation.code: row.level for row in rows}


def test_fixture_with_updates_only_brings_the_progress_that_follows(milestone, load):
    load(update_row(), evidence_row())

    assert shown(milestone) == {"eng": "", "sct": "limited", "wls": "limited", "nir": ""}
    assert is_right(milestone)
    assert ProgressUpdate.objects.get().evidence.count() == 1


def test_fixture_loaded_twice_changes_nothing(milestone, load):
    rows = (
        update_row(),
        evidence_row(),
        cell_row("sct", level="limited", as_of=str(days_ago(20)), update=1),
    )
    load(*rows)
    before = list(ProgressUpdate.objects.values()), list(NationProgress.objects.values())

    load(*rows)

    assert (list(ProgressUpdate.objects.values()), list(NationProgress.objects.values())) == before
    assert ProgressUpdate.objects.get().evidence.count() == 1


def test_fixture_loaded_again_does_not_bring_back_what_officers_have_overtaken(milestone, load):
    rows = (update_row(), cell_row("sct", level="limited", as_of=str(days_ago(20)), update=1))
    load(*rows)
    newer = make_update(milestone, "completed", nations=["sct"])

    load(*rows)

    assert shown(milestone) == {"eng": "", "sct": "completed", "wls": "limited", "nir": ""}
    assert NationProgress.objects.get(nation__code="sct").update == newer


def test_fixture_loaded_again_does_not_bring_back_what_was_corrected(milestone, load):
    load(update_row())
    make_correction(ProgressUpdate.objects.get(), "not_started", nations=["sct"])

    load(update_row())

    assert shown(milestone) == {"eng": "", "sct": "not_started", "wls": "", "nir": ""}


def test_fixture_brings_a_correction_after_what_it_corrects(milestone, load):
    rows = (
        update_row(as_of=str(days_ago(1))),
        update_row(2, OTHER, level="not_started", corrects=1, correction_reason="Wrong."),
    )

    for _ in "12":
        load(*rows)

    assert shown(milestone) == {"eng": "", "sct": "not_started", "wls": "not_started", "nir": ""}


def test_fixture_of_a_commitment_brings_rows_for_its_nations(milestone, load):
    NationProgress.objects.all().delete()

    fields = {"commitment": milestone.commitment_id, "number": 1, "label": "1", "text": "Hold it"}
    load({"model": "milestones.milestone", "pk": milestone.pk, "fields": fields})

    assert shown(milestone) == dict.fromkeys(("eng", "sct", "wls", "nir"), "")


def test_fixture_keeps_where_a_milestone_does_not_apply(milestone, load):
    row = cell_row("nir", applies=False, not_applicable_reason="Not devolved")
    load(row, update_row())
    load(row)

    assert NationProgress.objects.get(nation__code="nir").not_applicable_reason == "Not devolved"


def test_fixture_of_a_draft_shows_nothing(milestone, load):
    load(update_row(state="draft", published_at=None))

    assert set(shown(milestone).values()) == {""}


@pytest.mark.parametrize(
    "change",
    [{"narrative": "Other words."}, {"codes": ["sct"]}, {"level": "completed"}],
    ids=["words", "nations", "level"],
)
def test_fixture_cannot_change_what_is_published(milestone, load, change):
    load(update_row())
    before = list(ProgressUpdate.objects.values())

    with pytest.raises(IntegrityError, match="record a correction"):
        load(update_row(**change))

    assert list(ProgressUpdate.objects.values()) == before
    assert set(ProgressUpdate.objects.get().nations.all()) == {nation("sct"), nation("wls")}


def test_fixture_that_fails_leaves_everything_as_it_was(milestone, load):
    with pytest.raises(IntegrityError):
        load(update_row(), update_row(2, OTHER, level="splendid"))

    assert not ProgressUpdate.objects.exists()
    assert set(shown(milestone).values()) == {""}
