"""A report carries a new due date and why; the day moves when the report is public."""

import pytest
from django.utils import timezone

from milestones import services
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate
from tests.factories import (
    MilestoneFactory,
    days_ago,
    lead_of,
    make_document,
    make_report,
    make_update,
    move_due_date,
)
from tests.refusals import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

FIRST, SECOND, THIRD = days_ago(-200), days_ago(-300), days_ago(-250)
WHY = "The regulator asked for more time."


@pytest.fixture
def milestone():
    return MilestoneFactory(due_on=FIRST)


def report(milestone, *, to=SECOND, why=WHY, publish=False, **given):
    return make_update(milestone, due_on_proposed=to, due_reason=why, publish=publish, **given)


def sent(update):
    return services.submit_update(update, by=update.recorded_by)


def due_on(milestone):
    return Milestone.objects.get(pk=milestone.pk).due_on


def test_reader_sees_the_new_day_once_the_report_is_signed_off(milestone, lead):
    waiting = sent(report(milestone))
    assert due_on(milestone) == FIRST
    assert not Amendment.objects.exists()
    now = timezone.now()

    update = services.publish_update(waiting, by=lead, now=now)

    change = Amendment.objects.get()
    assert due_on(milestone) == SECOND
    assert (change.due_from, change.due_to, change.reason) == (FIRST, SECOND, WHY)
    assert (change.update, change.signed_off_by, change.published_at) == (update, lead, now)
    assert change.institution == lead_of(milestone.commitment)


def test_document_moves_no_due_date_unless_the_lead_wrote_it(milestone):
    said = make_report(source=make_document(), due_on_proposed=SECOND, due_reason=WHY)
    refusal = refusal_of(services.record_update, milestone, said, institution=None, by=None)
    assert refusal == ["due_on_proposed"]

    report(milestone, source=make_document(), publish=True)
    assert due_on(milestone) == SECOND


def test_institution_that_no_longer_leads_does_not_move_it(milestone, lead):
    waiting = sent(report(milestone, nations=["eng"]))
    milestone.commitment.involvements.update(role="partner")

    assert refusal_of(services.publish_update, waiting, by=lead) == ["due_on_proposed"]
    assert due_on(milestone) == FIRST


def test_day_that_was_moved_there_meanwhile_is_not_moved_twice(milestone, lead):
    waiting = sent(report(milestone))
    move_due_date(milestone, to=SECOND, reason="Agreed at the meeting.")

    update = services.publish_update(waiting, by=lead)

    assert update.is_published
    assert Amendment.objects.get().update is None
    assert due_on(milestone) == SECOND


def test_day_that_was_moved_elsewhere_meanwhile_moves_on_from_there(milestone, lead):
    waiting = sent(report(milestone))
    move_due_date(milestone, to=THIRD, reason="A guess.")

    services.publish_update(waiting, by=lead)

    days = [(row.due_from, row.due_to) for row in milestone.amendments.all()]
    assert days == [(FIRST, THIRD), (THIRD, SECOND)]


def test_report_that_fails_halfway_moves_nothing(milestone, lead, monkeypatch):
    waiting = sent(report(milestone))
    monkeypatch.setattr("milestones.services.sign_off.rebuild_progress", lambda _rows: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        services.publish_update(waiting, by=lead)

    assert due_on(milestone) == FIRST
    assert not Amendment.objects.exists()
    assert not ProgressUpdate.objects.published().exists()
    assert not NationProgress.objects.exclude(level="").exists()
    waiting.refresh_from_db()
    assert [step.kind for step in waiting.steps.all()] == ["submitted"]
