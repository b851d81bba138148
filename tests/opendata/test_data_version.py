"""Every write moves the version of the public data, whatever its door."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from commitments.models import Commitment
from milestones.models import Evidence
from ogp_tracker.opendata import version
from tests.factories import (
    AccountFactory,
    AssessmentFactory,
    CommitmentFactory,
    MilestoneFactory,
    ReminderFactory,
    contact_for,
    make_update,
)
from tests.sheets import imported

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def milestone():
    return MilestoneFactory(commitment=CommitmentFactory(nations=["sct"]))


def update_with_sql(milestone):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE commitments_commitment SET title = 'Another title'")


def truncate(table):
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


DOORS = {
    "save": lambda one: one.save(),
    "bulk update": lambda one: Commitment.objects.update(title="Another title"),
    "bulk creation": lambda one: Commitment.objects.bulk_create([Commitment(slug="x", title="x")]),
    "list of a row": lambda one: one.commitment.nations.clear(),
    "service": lambda one: make_update(one),
    "link check": lambda one: Evidence.objects.update(last_answer="200"),
    "assessment": lambda one: AssessmentFactory(commitment=one.commitment),
    "deletion": lambda one: one.history.all().delete(),
    "SQL": update_with_sql,
    "loaddata": lambda one: call_command("loaddata", "vocabularies", verbosity=0),
    "import": lambda one: imported({"institution_id": "x", "name": "x"}, table="institutions"),
    "migrate": lambda one: call_command("migrate", verbosity=0),
}
if connection.vendor == "postgresql":
    DOORS["TRUNCATE"] = lambda one: truncate("irm_reply")


@pytest.mark.parametrize("door", DOORS)
def test_version_moves_with_a_write_through_every_door(milestone, door):
    if door == "link check":
        make_update(milestone, "completed")
    before = version.current()

    DOORS[door](milestone)

    after = version.current()
    assert after.version != before.version
    assert after.moved_at >= before.moved_at


def test_version_stays_while_nothing_public_is_written(milestone):
    contact_for(milestone.commitment)
    before = version.current()

    AccountFactory()
    ReminderFactory()
    list(Commitment.objects.all())

    assert version.current() == before


def test_version_of_a_write_that_was_taken_back_is_the_one_before(milestone):
    before = version.current()

    with transaction.atomic():
        milestone.save()
        transaction.set_rollback(True)

    assert version.current() == before


def test_version_never_comes_back_after_the_database_was_emptied(milestone):
    before = version.current().version

    call_command("flush", interactive=False, verbosity=0)

    assert version.current().version != before
