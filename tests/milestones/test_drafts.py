"""Drafts are kept as they are, belong to one officer, and are asked about when they are sent."""

from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from commitments.models import Institution, Involvement, Membership
from commitments.rights import rights_of
from milestones import services
from milestones.facts import EvidenceFacts, UpdateContent
from milestones.models import Evidence, Milestone, ProgressUpdate, UpdateStep
from milestones.progress_rules import UpdateRefused
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    contact_for,
    days_ago,
    make_document,
    make_report,
    make_update,
    officer_of,
)
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db

EMPTY = UpdateContent(nations=[], level="", as_of=None, narrative="")


def may_write_on(update, account):
    return services.writes_on(rights_of(account), update)


@pytest.fixture
def milestone():
    return MilestoneFactory()


@pytest.fixture
def keep(milestone, institution, rhona):
    def keep(report=EMPTY, *, by=rhona, institution=institution, update=None, **given):
        return services.save_draft(
            milestone, report, institution=institution, by=by, update=update, **given
        )

    return keep


def successor_of(institution):
    successor = InstitutionFactory()
    Institution.objects.filter(pk=institution.pk).update(succeeded_by=successor)
    return successor


# Kept


def test_reporter_keeps_a_draft_in_which_nothing_is_written_yet(keep, rhona, institution):
    now = timezone.now()

    draft = keep(now=now)

    draft.refresh_from_db()
    assert (draft.state, draft.level, draft.as_of, draft.narrative) == ("draft", "", None, "")
    assert (draft.recorded_by, draft.institution, draft.recorded_at) == (rhona, institution, now)
    assert not draft.nations.exists()
    assert not draft.steps.exists()
    assert str(draft).endswith("no level yet (no date yet)")


def test_reporter_writes_on_and_what_she_takes_out_is_gone(keep):
    draft = keep(make_report("completed", nations=["sct"], narrative="It is done."))

    again = keep(make_report("limited", nations=["wls"], narrative="Not quite."), update=draft)

    assert again.pk == draft.pk
    assert ProgressUpdate.objects.count() == 1
    assert (again.level, again.narrative) == ("limited", "Not quite.")
    assert [nation.code for nation in again.nations.all()] == ["wls"]
    assert not again.evidence.exists()


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ({"level": "nearly"}, "level"),
        ({"source": make_document(source_locator="x" * 201)}, "source_locator"),
        ({"narrative": "x" * 20_001}, "narrative"),
        ({"evidence": [EvidenceFacts("Nothing")]}, "evidence"),
    ],
)
def test_what_does_not_fit_into_its_field_is_refused_and_the_draft_stays(
    keep, milestone, report, field
):
    by = {"by": contact_for(milestone.commitment)} if "source" in report else {}
    source = {"source": make_document()} if "source" in report else {}
    draft = keep(make_report(narrative="Her words.", **source), **by)

    assert refusal_of(keep, make_report(**report), update=draft, **by) == [field]
    draft.refresh_from_db()
    assert draft.narrative == "Her words."


@pytest.mark.parametrize(
    ("role", "own"),
    [
        *(("reporter", False), ("point_of_contact", False), ("civil_society_lead", False)),
        *(("irm_researcher", True), ("administrator", True)),
    ],
)
def test_nobody_keeps_a_draft_in_a_name_that_is_not_hers(keep, institution, role, own):
    by = officer_of(institution if own else InstitutionFactory(), role)

    assert refusal_of(keep, by=by) == ["institution"]
    assert not ProgressUpdate.objects.exists()


def test_nobody_keeps_a_draft_for_an_institution_that_takes_no_part(keep):
    stranger = InstitutionFactory()

    with pytest.raises(UpdateRefused, match="takes no part"):
        keep(by=officer_of(stranger), institution=stranger)


def test_draft_is_about_the_milestone_it_was_begun_for(keep):
    elsewhere = make_update(MilestoneFactory(), publish=False)

    with pytest.raises(ValueError, match="something else"):
        keep(update=elsewhere)


def test_milestone_that_was_deleted_meanwhile_is_named(rhona, institution):
    milestone = MilestoneFactory(commitment=CommitmentFactory(draft=True, lead=institution))
    contact = contact_for(milestone.commitment)
    stale = type(milestone).objects.get(pk=milestone.pk)
    services.delete_milestone(milestone, by=contact)

    with pytest.raises(UpdateRefused, match="deleted meanwhile"):
        services.save_draft(stale, EMPTY, institution=institution, by=rhona)


def test_only_the_point_of_contact_deletes_a_milestone(rhona, institution):
    milestone = MilestoneFactory(commitment=CommitmentFactory(draft=True, lead=institution))

    with pytest.raises(UpdateRefused, match="Only the point of contact"):
        services.delete_milestone(milestone, by=rhona)

    assert type(milestone).objects.filter(pk=milestone.pk).exists()


# Hers


def test_colleague_neither_writes_on_nor_sends_nor_discards_it(keep, rhona, lead, institution):
    draft = keep(make_report(narrative="Her words."))

    for colleague in (officer_of(institution), lead):
        assert not may_write_on(draft, colleague)
        for act in (
            lambda by: keep(update=draft, by=by),
            lambda by: services.submit_update(draft, by=by),
            lambda by: services.discard_update(draft, by=by),
        ):
            with pytest.raises(UpdateRefused, match="colleague"):
                act(colleague)

    draft.refresh_from_db()
    assert (draft.narrative, draft.recorded_by, draft.state) == ("Her words.", rhona, "draft")


def test_author_discards_it_with_its_evidence_and_steps(keep, rhona):
    draft = keep(make_report("completed"))
    services.submit_update(draft, by=rhona)

    services.discard_update(draft, by=rhona)

    assert not ProgressUpdate.objects.exists()
    assert not Evidence.objects.exists()
    assert not UpdateStep.objects.exists()


def test_author_of_a_discarded_draft_is_told_to_write_a_new_one(keep, rhona):
    draft = keep()
    services.discard_update(draft, by=rhona)

    with pytest.raises(UpdateRefused, match="discarded meanwhile"):
        keep(update=draft)
    with pytest.raises(UpdateRefused, match="discarded meanwhile"):
        services.submit_update(draft, by=rhona)


@pytest.mark.parametrize("left", ["switched off", "moved", "other role"])
def test_author_who_left_loses_her_drafts_and_the_lead_takes_them_over(keep, rhona, lead, left):
    draft = keep(make_report(narrative="Her words."))
    if left == "switched off":
        type(rhona).objects.filter(pk=rhona.pk).update(is_active=False)
    elif left == "moved":
        rhona.memberships.update(institution=InstitutionFactory())
    else:
        rhona.memberships.update(role="point_of_contact")

    assert not may_write_on(draft, rhona)
    with pytest.raises(UpdateRefused):
        services.submit_update(draft, by=rhona)
    with pytest.raises(UpdateRefused):
        services.discard_update(draft, by=rhona)

    taken = services.take_over(draft, by=lead)

    assert (taken.recorded_by, taken.narrative) == (lead, "Her words.")
    assert may_write_on(taken, lead)
    step = taken.steps.get()
    assert (step.kind, step.by) == ("taken_over", lead)


def test_lead_who_takes_over_twice_or_her_own_draft_writes_nothing(keep, lead):
    own = keep(by=lead)

    services.take_over(services.take_over(own, by=lead), by=lead)

    assert not UpdateStep.objects.exists()


def test_what_was_sent_is_returned_and_not_taken_over(keep, rhona, lead):
    draft = keep(make_report())
    services.submit_update(draft, by=rhona)

    with pytest.raises(UpdateRefused):
        services.take_over(draft, by=lead)


def test_successor_of_the_institution_carries_on_its_drafts(keep, rhona, institution):
    """The body was renamed between draft and sending: the words are kept, the name is hers."""
    draft = keep(make_report(narrative="Her words."))
    successor = successor_of(institution)
    rhona.memberships.update(institution=successor)

    assert draft in ProgressUpdate.objects.seen_by(rights_of(rhona))
    assert refusal_of(services.submit_update, draft, by=rhona) == ["institution"]

    report = make_report(narrative="Her words.")
    keep(report, update=draft, institution=successor)
    sent = services.submit_update(draft, by=rhona)

    assert (sent.state, sent.institution) == ("submitted", successor)


def test_lead_of_the_successor_takes_over_the_drafts_of_the_predecessor(keep, institution):
    draft = keep()
    lead = officer_of(successor_of(institution), "lead")

    assert services.take_over(draft, by=lead).recorded_by == lead


# Words of documents


def test_only_the_point_of_contact_enters_words_of_a_document(keep, milestone, rhona, lead):
    document = make_report(source=make_document())

    for account in (rhona, lead, contact_for(CommitmentFactory())):
        assert refusal_of(keep, document, by=account) == ["source_title"]

    contact = contact_for(milestone.commitment)
    assert keep(document, by=contact, institution=None).is_from_document


def test_point_of_contact_takes_over_the_documents_of_who_was_it_before(keep, milestone, lead):
    before, after = (contact_for(milestone.commitment) for _ in "12")
    draft = keep(make_report(source=make_document()), by=before, institution=None)
    Membership.objects.filter(account=before).delete()

    assert not may_write_on(draft, before)
    with pytest.raises(UpdateRefused):
        services.take_over(draft, by=lead)
    assert services.take_over(draft, by=after).recorded_by == after


def test_document_that_a_command_entered_is_the_point_of_contacts(milestone, rhona):
    draft = make_update(milestone, source=make_document(), publish=False)

    assert draft.recorded_by is None
    assert may_write_on(draft, contact_for(milestone.commitment))
    assert not may_write_on(draft, rhona)
    assert not may_write_on(draft, None)


# Sent


def test_rules_are_asked_when_it_is_sent_and_each_problem_stands_beside_its_field(keep, rhona):
    draft = keep(UpdateContent(nations=[], level="", as_of=None, narrative=" "))

    fields = refusal_of(services.submit_update, draft, by=rhona)

    assert set(fields) == {"level", "as_of", "narrative", "nations"}
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert not draft.steps.exists()


def test_draft_counts_as_recorded_when_it_is_sent(keep, rhona):
    """Begun before its as-of day, or before what it corrects: on the day it is said it is true."""
    then, now = timezone.now() - timedelta(days=9), timezone.now()
    draft = keep(make_report(as_of=days_ago(2)), now=then)
    assert draft.recorded_at == then

    sent = services.submit_update(draft, by=rhona, now=now)

    sent.refresh_from_db()
    step = sent.steps.get()
    assert sent.recorded_at == now
    assert (step.kind, step.by, step.at) == ("submitted", rhona, now)
    assert step.institution == draft.institution


def test_sending_twice_writes_nothing(keep, rhona):
    draft = keep(make_report())
    services.submit_update(draft, by=rhona)

    services.submit_update(draft, by=rhona)

    assert UpdateStep.objects.count() == 1


def test_institution_that_left_the_commitment_meanwhile_cannot_send(keep, rhona, institution):
    draft = keep(make_report())
    Involvement.objects.filter(institution=institution).update(institution=InstitutionFactory())

    assert refusal_of(services.submit_update, draft, by=rhona) == ["institution"]


def test_reporter_of_two_institutions_writes_in_either_name(keep, rhona, milestone):
    other = InstitutionFactory()
    MembershipFactory(account=rhona, institution=other)
    Involvement.objects.create(
        commitment=milestone.commitment, institution=other, role=Involvement.Role.LEAD
    )
    draft = keep()

    assert keep(update=draft, institution=other).institution == other
    assert may_write_on(draft, rhona)


def test_milestone_that_somebody_reported_on_or_that_is_public_is_not_deleted():
    hidden = MilestoneFactory(commitment=CommitmentFactory(draft=True))
    reported = make_update(hidden, publish=False).milestone

    with pytest.raises(ProtectedError):
        services.delete_milestone(reported)
    with pytest.raises(UpdateRefused):
        services.delete_milestone(MilestoneFactory())

    assert Milestone.objects.count() == 2
    assert reported.nation_progress.exists()
