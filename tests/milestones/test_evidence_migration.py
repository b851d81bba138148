"""Evidence that was there before files and permanent ids migrates, on either database."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from milestones.models import Evidence
from ogp_tracker.common import triggers
from tests.factories import MilestoneFactory, make_update

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BEFORE, AFTER = ("milestones", "0001_initial"), ("milestones", "0002_evidence_files")


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return executor.loader.project_state(list(targets)).apps


@pytest.fixture
def old_rows():
    """Go back to the tables of before, with published and unpublished evidence in them."""
    published = make_update(MilestoneFactory(), "completed")
    make_update(MilestoneFactory(), "completed", publish=False)
    Evidence.objects.filter(update=published).update(
        last_checked_at=timezone.now(), last_answer="200 OK"
    )
    before = dict(Evidence.objects.values_list("pk", "url"))
    triggers.drop()
    migrate(BEFORE)
    yield before
    # Whatever became of the test, the next one finds the tables of today.
    call_command("migrate", verbosity=0)


def test_each_row_gets_an_id_of_its_own_loses_nothing_and_is_guarded_again(old_rows):
    rows = migrate(AFTER).get_model("milestones", "Evidence").objects

    assert dict(rows.values_list("pk", "url")) == old_rows
    assert len(set(rows.values_list("uid", flat=True))) == len(old_rows) == 2
    assert None not in rows.values_list("uid", flat=True)
    assert set(rows.values_list("file", "sha256", "size")) == {("", "", None)}
    assert rows.filter(last_answer="200 OK", last_alive_at=None).count() == 1

    call_command("migrate", verbosity=0)
    assert triggers.missing() == []
    assert Evidence.objects.count() == 2
