"""Loading a fixture leaves no stale page, whatever has been published before or since."""

import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from milestones.models import NationProgress, ProgressUpdate
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


@pytest.fixture
def milestone():
    return MilestoneFactory(commitment=CommitmentFactory(slug="UK9001", ogp_id="UK9001"))


def update_row(uid=UID, codes=("sct", "wls"), **fields):
    given = {
        "uid": uid,
        "commitment": ["UK9001"],
        "milestone": ["UK9001", 1],
        "nations": [[code] for code in codes],
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
    return {"model": "milestones.progressupdate", "fields": given | fields}


def evidence_row(uid=UID, title="Minutes"):
    return {
        "model": "milestones.evidence",
        "fields": {"update": [uid], "title": title, "url": "https://www.gov.uk/minutes"},
    }


def cell_row(code, **fields):
    known = {"level_basis": "read", "provenance": "published_elsewhere"}
    return {
        "model": "milestones.nationprogress",
        "fields": {
            "commitment": ["UK9001"],
            "milestone": ["UK9001", 1],
            "nation": [code],
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
        cell_row("sct", level="limited", as_of=str(days_ago(20)), update=[UID]),
    )
    load(*rows)
    before = list(ProgressUpdate.objects.values()), list(NationProgress.objects.values())

    load(*rows)

    assert (list(ProgressUpdate.objects.values()), list(NationProgress.objects.values())) == before
    assert ProgressUpdate.objects.get().evidence.count() == 1


def test_fixture_loaded_again_does_not_bring_back_what_officers_have_overtaken(milestone, load):
    rows = (update_row(), cell_row("sct", level="limited", as_of=str(days_ago(20)), update=[UID]))
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
    right = "1f7b2c1e-7d52-4d1c-8a55-6f3f0a4c2b22"
    rows = (
        update_row(as_of=str(days_ago(1))),
        update_row(right, level="not_started", corrects=[UID], correction_reason="Wrong."),
    )

    for _ in "12":
        load(*rows)

    assert shown(milestone) == {"eng": "", "sct": "not_started", "wls": "not_started", "nir": ""}


def test_fixture_of_a_commitment_brings_rows_for_its_nations(milestone, load):
    NationProgress.objects.all().delete()

    load({"model": "milestones.milestone", "fields": {
        "commitment": ["UK9001"], "number": 1, "label": "1", "text": "Hold a session"
    }})  # fmt: skip

    assert shown(milestone) == dict.fromkeys(("eng", "sct", "wls", "nir"), "")


def test_fixture_keeps_where_a_milestone_does_not_apply(milestone, load):
    row = cell_row("nir", applies=False, not_applicable_reason="Not devolved")
    load(row, update_row())
    load(row)

    assert NationProgress.objects.get(nation__code="nir").not_applicable_reason == "Not devolved"


def test_fixture_leaves_other_milestones_alone(milestone, load):
    other = make_update(level="completed").milestone
    NationProgress.objects.filter(milestone=other, nation__code="sct").delete()

    load(update_row())

    assert not NationProgress.objects.filter(milestone=other, nation__code="sct").exists()


def test_fixture_of_a_draft_shows_nothing(milestone, load):
    load(update_row(state="draft", published_at=None))

    assert set(shown(milestone).values()) == {""}


@pytest.mark.parametrize(
    "rows",
    [
        [update_row(narrative="Other words.")],
        [update_row(codes=["sct"])],
        [update_row(level="completed")],
    ],
    ids=["words", "nations", "level"],
)
def test_fixture_cannot_change_what_is_published(milestone, load, rows):
    load(update_row())
    before = list(ProgressUpdate.objects.values())

    with pytest.raises(IntegrityError, match="record a correction"):
        load(*rows)

    assert list(ProgressUpdate.objects.values()) == before
    assert set(ProgressUpdate.objects.get().nations.all()) == {nation("sct"), nation("wls")}


def test_fixture_that_fails_leaves_everything_as_it_was(milestone, load):
    with pytest.raises(IntegrityError):
        load(update_row(), update_row("2a000000-0000-4000-8000-000000000000", level="splendid"))

    assert not ProgressUpdate.objects.exists()
    assert set(shown(milestone).values()) == {""}
