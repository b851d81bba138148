"""Two officers act at once: one after the other, and the page is right afterwards."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from milestones import services
from milestones.facts import expected_cells
from milestones.models import Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from tests.factories import MilestoneFactory, make_correction, make_update, officer_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def at_once(*actions):
    """Do all actions at the same time, each on its own connection; return what came of each.

    The SQLite of the tests lives in memory and is one connection's: there, one after the other,
    as SQLite's single writer has it anyway.
    """
    if connection.vendor == "sqlite":
        return [_outcome(action) for action in actions]
    barrier = Barrier(len(actions))

    def do(action):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return _outcome(action)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(do, actions))


def _outcome(action):
    try:
        return action()
    except UpdateRefused as refusal:
        return refusal


def publishing(update):
    services.submit_update(update, by=update.recorded_by)
    signer = officer_of(update.institution, "lead")
    return lambda: services.publish_update(update, by=signer)


def is_right(milestone):
    fresh = Milestone.objects.for_cells().get(pk=milestone.pk)
    stored = {row.nation_id: row.update for row in fresh.nation_progress.all()}
    return stored == expected_cells(fresh)


def test_two_officers_who_publish_at_once_leave_the_latest_on_the_page():
    milestone = MilestoneFactory()
    drafts = [make_update(milestone, level, publish=False) for level in ("limited", "completed")]

    at_once(*map(publishing, drafts))

    assert ProgressUpdate.objects.published().count() == 2
    assert is_right(milestone)
    assert milestone.roll_up().overall == "completed"


def test_two_officers_who_publish_the_same_draft_publish_it_once():
    draft = make_update(publish=False)

    first, second = at_once(publishing(draft), publishing(draft))

    assert first.published_at == second.published_at
    assert first.signed_off_by == second.signed_off_by


def test_of_two_officers_who_correct_the_same_update_one_is_refused():
    wrong = make_update()
    corrections = [
        make_correction(wrong, level, publish=False) for level in ("not_started", "limited")
    ]

    results = at_once(*map(publishing, corrections))

    refusals = [result for result in results if isinstance(result, UpdateRefused)]
    assert [list(refusal.message_dict) for refusal in refusals] == [["corrects"]]
    assert wrong.corrections.published().count() == 1
    assert is_right(wrong.milestone)
