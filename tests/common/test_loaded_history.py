"""Loading fixtures leaves a true history: one entry for a new row, none for what did not change."""

import pytest

from commitments.models import Commitment, Institution
from irm.models import Assessment
from milestones.models import Milestone
from tests.world import load_real_rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.both_databases]


def test_loading_gives_every_new_row_one_entry_with_its_lists():
    load_real_rows()

    for model in (Commitment, Institution, Milestone, Assessment):
        kinds = model.history.values_list("history_type", flat=True)
        assert list(kinds) == ["+"] * model.objects.count()
    entry = Commitment.objects.get(slug="UK0096").history.get()
    assert entry.nations.count() == 4
    assert entry.title == "Sustainable Open Government"


def test_loading_twice_adds_no_entry():
    load_real_rows()
    before = Commitment.history.count(), Assessment.history.count()

    load_real_rows()

    assert (Commitment.history.count(), Assessment.history.count()) == before


def test_loading_over_an_edit_keeps_the_edit_in_the_history():
    load_real_rows()
    commitment = Commitment.objects.get(slug="UK0096")
    commitment.title = "Edited"
    commitment.save()
    commitment.nations.remove(commitment.nations.first())

    load_real_rows()

    titles = [entry.title for entry in commitment.history.all()]
    assert titles[0] == "Sustainable Open Government"
    assert "Edited" in titles
    assert commitment.history.first().nations.count() == 4
