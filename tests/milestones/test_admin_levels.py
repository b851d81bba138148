"""Levels are read in the Admin section; only whether a milestone applies is said there."""

import pytest

from milestones.models import NationProgress
from tests.admin_pages import address, sent_from
from tests.factories import make_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def update(milestone):
    return make_update(milestone, "completed")


def test_levels_are_read_only(contact, update):
    cell = NationProgress.objects.get(update=update, nation__code="sct")
    page = contact.get(address(NationProgress, "change", cell.pk))
    assert {"level", "as_of", "update", "milestone", "nation"}.isdisjoint(sent_from(page))

    before = NationProgress.objects.filter(pk=cell.pk).values().get()
    assert (before["level"], before["update_id"]) == ("completed", update.pk)

    contact.post(
        address(NationProgress, "change", cell.pk),
        sent_from(page, level="limited", as_of="2020-01-01", update="", nation="1"),
    )

    assert NationProgress.objects.filter(pk=cell.pk).values().get() == before


def test_levels_are_neither_added_nor_deleted(contact, update):
    cell = NationProgress.objects.filter(update=update).first()

    assert contact.get(address(NationProgress, "add")).status_code == 403
    deleted = contact.post(address(NationProgress, "delete", cell.pk), {"post": "yes"})
    assert deleted.status_code == 403
    assert NationProgress.objects.filter(pk=cell.pk).exists()


def test_contact_says_that_a_milestone_does_not_apply_in_a_nation(contact, milestone):
    cell = milestone.nation_progress.get(nation__code="wls")
    page = contact.get(address(NationProgress, "change", cell.pk))

    refused = contact.post(
        address(NationProgress, "change", cell.pk), sent_from(page, applies=None)
    )
    assert "reason" in refused.context["adminform"].form.errors["not_applicable_reason"][0]
    contact.post(
        address(NationProgress, "change", cell.pk),
        sent_from(page, applies=None, not_applicable_reason="Not devolved"),
    )

    cell.refresh_from_db()
    assert (cell.applies, cell.not_applicable_reason) == (False, "Not devolved")
