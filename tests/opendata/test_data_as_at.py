"""The data as they were: at the end of a past day, and by the same rules as today."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from commitments.models import Commitment
from milestones import services
from milestones.models import Milestone, NationProgress, ProgressUpdate
from ogp_tracker.opendata.as_at import WriteWhileReadingPast, end_of, reading
from ogp_tracker.opendata.tables import TABLES
from ogp_tracker.opendata.tables.record import RECORDED, edits
from tests.factories import (
    CommitmentFactory,
    InvolvementFactory,
    MilestoneFactory,
    PlanFactory,
    contact_for,
    days_ago,
    lead_of,
    make_correction,
    make_update,
    move_due_date,
    nation,
)
from tests.world import make_everything

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def rows(client, name, day=None):
    query = f"?as_at={day}" if day else ""
    return json.loads(client.get(f"/data/{name}.json{query}").getvalue())


def happened(row, ago):
    version = row.history.first()
    version.history_date = timezone.now() - timedelta(days=ago)
    version.save()


@pytest.fixture
def commitment():
    """A commitment that was published thirty days ago, and renamed ten days ago."""
    row = CommitmentFactory(ogp_id="UK9001", title="First title", nations=["sct", "wls"])
    published = timezone.now() - timedelta(days=30)
    row.history.update(history_date=published)
    row.involvements.get().history.update(history_date=published)
    row.title = "Second title"
    row.save()
    row.nations.set([nation("sct")])
    renamed = row.history.filter(title="Second title")
    renamed.update(history_date=timezone.now() - timedelta(days=10))
    return row


def test_today_as_it_was_is_today_as_it_is(client):
    make_everything()

    for table in TABLES:
        assert rows(client, table.name, days_ago(0)) == rows(client, table.name), table.name


@pytest.mark.core
def test_text_and_list_are_what_they_were_on_the_day(client, commitment):
    said = {
        ago: [
            (row["title"], row["nation_codes"])
            for row in rows(client, "commitments", days_ago(ago))
        ]
        for ago in (20, 5)
    }

    assert said == {20: [("First title", ["sct", "wls"])], 5: [("Second title", ["sct"])]}


@pytest.mark.core
def test_progress_follows_from_what_was_published_until_then(client):
    milestone = MilestoneFactory(commitment=CommitmentFactory(nations=["sct", "wls"]))
    for row in (milestone, milestone.commitment):
        happened(row, 300)
    at = timezone.now()
    first = make_update(
        milestone, "limited", nations=["sct"], as_of=days_ago(100), now=at - timedelta(days=100)
    )
    make_correction(first, "substantial", now=at - timedelta(days=50), as_of=days_ago(60))

    said = {
        ago: {
            row["nation_code"]: row["level"]
            for row in rows(client, "nation_progress", days_ago(ago))
        }
        for ago in (200, 80, 20)
    }

    assert said == {
        200: {"sct": "", "wls": ""},
        80: {"sct": "limited", "wls": ""},
        20: {"sct": "substantial", "wls": ""},
    }
    assert len(rows(client, "updates", days_ago(80))) == 1
    (then,) = rows(client, "updates", days_ago(80))
    assert then["still_counts"] is True


def test_due_date_is_what_it_was_and_lateness_is_of_that_day(client):
    milestone = MilestoneFactory(due_on=days_ago(20))
    make_update(milestone, "limited", now=timezone.now() - timedelta(days=199))
    for row in (milestone, milestone.commitment, milestone.commitment.plan):
        happened(row, 200)
    move_due_date(milestone, to=days_ago(-30), reason="More time.")

    (then,) = rows(client, "milestones", days_ago(5))
    (now,) = rows(client, "milestones")

    assert (then["due_on"], then["overdue"], then["due_date_moves"]) == (str(days_ago(20)), True, 0)
    assert (now["due_on"], now["overdue"], now["due_date_moves"]) == (str(days_ago(-30)), False, 1)


def test_edit_of_a_published_text_is_told_with_both_versions(client, commitment):
    told = [row for row in rows(client, "history") if row["row"] == "UK9001"]

    # One edit of a form, though its list was saved on its own.
    assert [(row["field"], row["before"], row["after"]) for row in told] == [
        ("title", "First title", "Second title"),
        ("nations", "sct; wls", "sct"),
    ]
    assert len({row["edited_at"] for row in told}) == 1
    assert rows(client, "history", days_ago(20)) == []


def test_edit_is_signed_by_institution_and_role_as_they_were_and_by_no_name(client, commitment):
    contact = contact_for(commitment, username="jane.doe", first_name="Jane", last_name="Doe")
    office = contact.memberships.get().institution
    commitment.objective = "A new objective"
    commitment._history_user = contact
    commitment.save()
    contact.memberships.all().delete()

    answer = client.get("/data/history.json")
    (edit,) = [row for row in json.loads(answer.getvalue()) if row["field"] == "objective"]
    assert (edit["institution_id"], edit["role"]) == (office.slug, "point_of_contact")
    assert "jane" not in answer.getvalue().decode().lower()


def test_lead_that_changes_is_an_edit_and_the_past_keeps_the_old_one(client, commitment):
    was = lead_of(commitment)
    happened(was, 30)
    commitment.involvements.all().delete()
    has = InvolvementFactory(commitment=commitment, role="lead").institution

    told = [row for row in rows(client, "history") if row["table"] == "involvements"]
    assert {(row["row"], row["field"], row["before"], row["after"]) for row in told} == {
        (f"UK9001/{was.slug}/lead", "role", "lead", ""),
        (f"UK9001/{was.slug}/lead", "institution", was.slug, ""),
        (f"UK9001/{has.slug}/lead", "role", "", "lead"),
        (f"UK9001/{has.slug}/lead", "institution", "", has.slug),
    }
    (then,), (now,) = (rows(client, "involvements", days_ago(ago)) for ago in (5, 0))
    assert (then["institution_id"], now["institution_id"]) == (was.slug, has.slug)


def test_part_that_does_not_apply_any_more_did_before(client, commitment):
    milestone = MilestoneFactory(commitment=commitment)
    happened(milestone, 29)
    services.set_applicability(milestone, nation("sct"), applies=False, reason="Not devolved")

    (then,), (now,) = (rows(client, "nation_progress", days_ago(ago)) for ago in (5, 0))
    assert (then["applies"], now["applies"]) == (True, False)
    told = [row for row in rows(client, "history") if row["table"] == "nation_progress"]
    assert {(row["row"], row["field"], row["before"], row["after"]) for row in told} == {
        ("UK9001/1/sct", "applies", "true", "false"),
        ("UK9001/1/sct", "not_applicable_reason", "", "Not devolved"),
    }


@pytest.mark.core
@pytest.mark.parametrize("day", [date(2025, 1, 15), date(2025, 7, 15)], ids=["winter", "summer"])
def test_what_comes_at_the_midnight_that_ends_a_day_is_of_the_next_day(day):
    next_day = day + timedelta(days=1)
    midnight = datetime.combine(next_day, time.min, ZoneInfo("Europe/London"))
    plan = PlanFactory(start_date=date(2024, 1, 1), end_date=date(2025, 12, 31))
    row = CommitmentFactory(plan=plan, title="Before", nations=["sct", "wls"])
    milestone = MilestoneFactory(commitment=row, due_on=day)
    for recorded in RECORDED:
        recorded.history.objects.update(history_date=datetime(2024, 1, 1, tzinfo=UTC))
    row.title = "After"
    row.save()
    row.history.filter(title="After").update(history_date=midnight)
    services.set_applicability(milestone, nation("wls"), applies=False, reason="Not devolved")
    NationProgress.history.filter(applies=False).update(history_date=midnight)
    update = make_update(milestone, "substantial", nations=["sct"], now=midnight)
    update.evidence.update(last_checked_at=midnight, last_answer="200")
    moved_to = day + timedelta(days=30)
    move_due_date(milestone, to=moved_to, reason="Time.", now=midnight)

    told = []
    for moment in (end_of(day), midnight + timedelta(microseconds=1)):
        with reading(moment):
            told.append(
                (
                    Commitment.objects.get().title,
                    list(NationProgress.objects.order_by("nation").values_list("applies", "level")),
                    [update.evidence.get().last_answer for update in ProgressUpdate.objects.all()],
                    Milestone.objects.get().amendments.count(),
                )
            )
        told.append([edit[3] for edit in edits(moment)])
    before, no_edits, after, said = told

    assert (before, no_edits) == (("Before", [(True, ""), (True, "")], [], 0), [])
    assert after == ("After", [(True, "substantial"), (False, "")], ["200"], 1)
    assert said == ["title", "due_on", "applies", "not_applicable_reason"]


def test_nobody_writes_while_the_past_is_read(commitment):
    with reading(end_of(days_ago(20))):
        assert Commitment.objects.get().title == "First title"
        with pytest.raises(WriteWhileReadingPast), transaction.atomic():
            commitment.save()
    assert Commitment.objects.get().title == "Second title"
