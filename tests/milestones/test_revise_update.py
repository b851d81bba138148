"""Drafts are revised and discarded through the services; published updates are not."""

import pytest
from django.db.models import ProtectedError

from milestones import services
from milestones.models import Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    make_report,
    make_update,
    officer_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def revise(update, **report):
    return services.revise_update(
        update, make_report(**report), institution=update.institution, by=update.recorded_by
    )


def test_reporter_revises_a_draft_and_its_evidence():
    draft = make_update(level="completed", nations=["sct"], publish=False)
    old = draft.evidence.get()

    revised = revise(draft, level="substantial", nations=["wls"], narrative="Mended words.")

    assert revised.pk == draft.pk
    draft.refresh_from_db()
    assert (draft.level, draft.narrative) == ("substantial", "Mended words.")
    assert [row.code for row in draft.nations.all()] == ["wls"]
    assert draft.evidence.get().url != old.url
    assert not draft.is_published


def test_colleague_does_not_revise_what_is_not_hers():
    draft = make_update(publish=False, narrative="Her words.")

    for colleague in (officer_of(draft.institution), officer_of(draft.institution, "lead")):
        with pytest.raises(UpdateRefused, match="Only its author can write on it"):
            services.revise_update(
                draft, make_report(), institution=draft.institution, by=colleague
            )

    draft.refresh_from_db()
    assert draft.narrative == "Her words."


def test_revision_that_breaks_a_rule_changes_nothing():
    draft = make_update(level="completed", publish=False)
    before = (draft.narrative, list(draft.evidence.values()))

    with pytest.raises(UpdateRefused) as refused:
        revise(draft, level="completed", evidence=[], narrative="Not to be kept.")

    assert set(refused.value.error_dict) == {"evidence"}
    draft.refresh_from_db()
    assert (draft.narrative, list(draft.evidence.values())) == before


def test_published_update_is_neither_revised_nor_discarded():
    update = make_update()

    with pytest.raises(UpdateRefused, match="published meanwhile"):
        revise(update, narrative="Other words.")
    with pytest.raises(UpdateRefused, match="published meanwhile"):
        services.discard_update(update)

    assert ProgressUpdate.objects.get().narrative == update.narrative


def test_milestone_that_somebody_reported_on_or_that_is_public_is_not_deleted():
    reported = make_update(
        MilestoneFactory(commitment=CommitmentFactory(draft=True)), publish=False
    ).milestone

    with pytest.raises(ProtectedError):
        services.delete_milestone(reported)
    with pytest.raises(UpdateRefused):
        services.delete_milestone(MilestoneFactory())

    assert Milestone.objects.count() == 2
    assert reported.nation_progress.exists()
