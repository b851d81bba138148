"""The plan itself changes: a due date moves, something is withdrawn, put on hold, merged."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from milestones import services
from milestones.amendment_rules import AmendmentContent
from milestones.conditions import timing_is
from milestones.days import Timing
from milestones.models import Amendment, Milestone
from milestones.progress_rules import UpdateRefused
from tests.factories import (
    MilestoneFactory,
    contact_for,
    days_ago,
    lead_of,
    make_amendment,
    make_update,
    nation,
    officer_of,
)
from tests.refusals import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

FIRST, SECOND, THIRD = date(2020, 5, 31), date(2021, 5, 31), date(2021, 3, 1)
WHY = "The pandemic."


@pytest.fixture
def milestone():
    return MilestoneFactory(due_on=FIRST)


def content(kind, **given):
    return AmendmentContent(kind, **({"effective_on": days_ago(1), "reason": WHY} | given))


def amend(target, kind, **given):
    """By a command, for which nobody signs."""
    return make_amendment(target, content(kind, **given), institution=None, by=None)


def draft(milestone, by, kind="withdrawn", **given):
    institution = lead_of(milestone.commitment)
    return services.save_amendment(
        milestone, content(kind, **given), institution=institution, by=by
    )


def test_point_of_contact_proposes_and_a_lead_signs_off(milestone, lead):
    contact = contact_for(milestone.commitment)
    sent = services.submit_update(
        draft(milestone, contact, "due_date_moved", due_to=SECOND), by=contact
    )
    assert refusal_of(services.publish_update, sent, by=contact) == ["signed_off_by"]

    change = services.publish_update(sent, by=lead)

    milestone.refresh_from_db()
    assert milestone.due_on == SECOND
    assert (change.due_from, change.due_to) == (FIRST, SECOND)
    assert (change.recorded_by, change.signed_off_by) == (contact, lead)
    assert [step.kind for step in change.steps.all()] == ["submitted", "published"]


def test_officer_of_the_lead_proposes_and_the_point_of_contact_returns_it(milestone):
    officer = officer_of(lead_of(milestone.commitment))
    sent = services.submit_update(draft(milestone, officer), by=officer)

    back = services.return_update(sent, by=contact_for(milestone.commitment), comment="Since when?")

    assert (back.state, milestone.amendments.get().pk) == ("returned", back.pk)
    milestone.refresh_from_db()
    assert milestone.amendment_state == ""


def test_institution_that_does_not_lead_changes_no_plan(milestone):
    partner = officer_of(
        milestone.commitment.involvements.create(
            institution=lead_of(MilestoneFactory().commitment), role="partner"
        ).institution
    )

    with pytest.raises(UpdateRefused, match="the institution that leads"):
        services.save_amendment(
            milestone,
            content("withdrawn"),
            institution=partner.memberships.get().institution,
            by=partner,
        )


def test_document_may_give_neither_date_nor_reason(milestone):
    given = {"effective_on": None, "reason": ""}
    assert refusal_of(amend, milestone, "withdrawn", **given) == ["effective_on", "reason"]

    amend(milestone, "withdrawn", source_title="Final report", **given)

    assert Milestone.objects.get().amendment_state == "withdrawn"


def test_text_is_revised_and_the_one_before_is_kept(milestone):
    was = milestone.text

    change = amend(milestone, "text_revised", text_to="Publish twice a year.")

    milestone.refresh_from_db()
    assert (change.text_from, milestone.text) == (was, "Publish twice a year.")


@pytest.mark.parametrize("whole", [False, True], ids=["milestone", "commitment"])
@pytest.mark.parametrize("kind", ["withdrawn", "put_on_hold", "merged"])
def test_what_is_amended_is_neither_late_nor_lost(milestone, kind, whole):
    milestone = MilestoneFactory(due_on=days_ago(30))
    other = MilestoneFactory(commitment=milestone.commitment, number=2, due_on=days_ago(30))
    for row in (milestone, other):
        make_update(row, "limited", nations=["eng"])
    on = timezone.localdate()
    target = milestone.commitment if whole else milestone
    into = [(MilestoneFactory().commitment if whole else other).pk] if kind == "merged" else []
    before = Milestone.objects.filter(pk=milestone.pk).level_counts()[None].total

    amend(target, kind, merged_into=into)

    rows = Milestone.objects.filter(pk=milestone.pk)
    overdue = timing_is(Timing.OVERDUE, on)
    assert not rows.filter(overdue | timing_is(Timing.STALE, on)).exists()
    assert Milestone.objects.for_page().get(pk=milestone.pk).timings(on) == frozenset()
    assert (other in Milestone.objects.filter(overdue)) is not whole
    counts = rows.level_counts()[None]
    state = {"put_on_hold": "on_hold"}.get(kind, kind)
    assert (counts.total, getattr(counts, state)) == (before, before)
    by_nation = rows.level_counts(by="nation", nation=nation("eng"))
    assert getattr(by_nation[nation("eng").pk], state) == 1

    amend(target, "resumed")
    assert rows.filter(overdue).exists()


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("due_date_moved", {"due_to": FIRST}, "due_to"),
        ("due_date_moved", {}, "due_to"),
        ("withdrawn", {"due_to": SECOND}, "due_to"),
        ("text_revised", {"text_to": " "}, "text_to"),
        ("resumed", {}, "kind"),
        ("merged", {}, "merged_into"),
        ("withdrawn", {"effective_on": days_ago(-1)}, "effective_on"),
        ("withdrawn", {"reason": " \n"}, "reason"),
        ("abandoned", {}, "kind"),
    ],
)
def test_amendment_that_breaks_a_rule_is_refused_beside_its_field(milestone, kind, given, field):
    assert refusal_of(amend, milestone, kind, **given) == [field]
    assert not Amendment.objects.exists()


def test_milestone_is_not_merged_into_itself(milestone):
    with pytest.raises(UpdateRefused, match="into itself"):
        amend(milestone, "merged", merged_into=[milestone.pk])


def test_stale_copy_of_a_milestone_overwrites_no_amendment(milestone):
    stale = Milestone.objects.get(pk=milestone.pk)
    amend(milestone, "withdrawn")

    stale.save()

    assert Milestone.objects.get(pk=milestone.pk).amendment_state == "withdrawn"


def test_published_amendment_is_never_changed_or_deleted(milestone):
    change = amend(milestone, "merged", merged_into=[MilestoneFactory().pk])
    rows = Amendment.objects.filter(pk=change.pk)

    for attempt in (
        lambda: rows.update(reason="Another."),
        lambda: change.merged_into.clear(),
        lambda: change.merged_into.add(MilestoneFactory()),
        lambda: rows._raw_delete("default"),
        lambda: change.steps.create(kind="agreed", at=timezone.now()),
        lambda: Amendment.objects.create(
            commitment=MilestoneFactory().commitment,
            milestone=milestone,
            kind="withdrawn",
            recorded_at=timezone.now(),
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_update_on_what_was_withdrawn_leaves_it_withdrawn(milestone):
    amend(milestone, "withdrawn")

    make_update(milestone, level="limited")

    assert Milestone.objects.get().amendment_state == "withdrawn"
