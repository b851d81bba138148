"""Drafts are revised and discarded through the services; published updates are not."""

import pytest
from django.db.models import ProtectedError

from milestones import services
from milestones.models import Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    make_update,
    revise,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


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
