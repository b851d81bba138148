"""The lead institution answers what an assessor found: once, signed, in public."""

from dataclasses import replace

import pytest

from commitments.models import Institution
from commitments.rights import rights_of
from irm import replies
from irm.models import Assessment, MilestoneFinding, Reply
from irm.replies import ReplyFacts, ReplyRefused, check_reply, check_signature
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    InvolvementFactory,
    ReplyFactory,
    ReportFactory,
    administrator,
    contact_for,
    lead_of,
    officer_of,
    researcher,
)

SOUND = ReplyFacts(text="We disagree.", leads=True, is_public=True)

# The rule


@pytest.mark.parametrize(
    ("broken", "field", "sentence"),
    [
        ({"text": " \n"}, "text", "Write the reply."),
        ({"leads": False}, "institution", "Only an institution that leads the commitment replies."),
        ({"is_of_assessment": False}, "finding", "Choose a finding of the assessment, or none."),
        ({"is_answered": True}, "finding", "This has already been answered."),
        ({"is_public": False}, "assessment", "Readers cannot see this assessment."),
    ],
)
def test_each_rule_speaks_beside_its_field(broken, field, sentence):
    with pytest.raises(ReplyRefused) as refusal:
        check_reply(replace(SOUND, **broken))

    (said,) = refusal.value.message_dict.pop(field)
    assert said.startswith(sentence)


@pytest.mark.core
@pytest.mark.parametrize(
    ("written_by", "signed_by", "needs_sign_off", "passes"),
    [
        (1, 2, True, True),
        (1, 1, True, False),
        (1, 1, False, True),
        (None, 2, True, True),
        (1, None, False, False),
        (None, None, True, False),
    ],
)
def test_who_may_sign_follows_from_the_plan(written_by, signed_by, needs_sign_off, passes):
    def ask():
        check_signature(written_by=written_by, signed_by=signed_by, needs_sign_off=needs_sign_off)

    if passes:
        ask()
    else:
        with pytest.raises(ReplyRefused, match="signed_by"):
            ask()


# The services


@pytest.fixture
def finding(db):
    return FindingFactory()


@pytest.fixture
def lead(finding):
    return lead_of(finding.assessment.commitment)


def draft(finding, by, institution=None, text="We disagree.", **given):
    commitment = finding.assessment.commitment
    return replies.save_reply(
        assessment=finding.assessment,
        finding=finding,
        institution=institution or lead_of(commitment),
        text=text,
        by=by,
        **given,
    )


def refused(action, *args, **given):
    with pytest.raises(ReplyRefused) as refusal:
        action(*args, **given)
    return refusal.value.message_dict


def test_reporter_drafts_and_the_lead_signs_and_publishes(finding, lead):
    reporter, signer = officer_of(lead), officer_of(lead, "lead")

    reply = draft(finding, reporter)
    assert not Reply.objects.public().exists()
    reply = replies.publish_reply(reply, by=signer)

    assert (reply.recorded_by, reply.signed_by) == (reporter, signer)
    assert Reply.objects.public().get() == reply
    assert reply.history.latest().history_user == signer


def test_assessment_as_a_whole_is_answered_beside_its_findings(finding, lead):
    reporter = officer_of(lead)
    draft(finding, reporter)

    whole = replies.save_reply(
        assessment=finding.assessment, institution=lead, text="To all of it.", by=reporter
    )

    assert whole.finding is None
    assert Reply.objects.count() == 2


def test_successor_of_the_lead_answers_in_its_place(finding, lead):
    heir = InstitutionFactory()
    lead.succeeded_by = heir
    lead.save()

    assert MilestoneFinding.objects.awaiting_reply(rights_of(officer_of(heir))).get() == finding
    reply = draft(finding, officer_of(heir), heir)
    reply = draft(finding, officer_of(heir), lead, "Better words.", reply=reply)
    reply = replies.publish_reply(reply, by=officer_of(heir, "lead"))

    assert reply.institution == lead


@pytest.mark.parametrize("role", ["partner", "support_government", "support_others"])
def test_institution_that_only_takes_part_does_not_answer(finding, role):
    part = InvolvementFactory(
        commitment=finding.assessment.commitment,
        role=role,
        institution__kind=Institution.Kind.DEPARTMENT,
    )

    said = refused(draft, finding, officer_of(part.institution), part.institution)

    assert list(said) == ["institution"]


@pytest.mark.parametrize("who", ["stranger", "contact", "researcher", "administrator", "nobody"])
def test_nobody_else_writes_a_reply(finding, who):
    account = {
        "stranger": lambda: officer_of(InstitutionFactory(), "lead"),
        "contact": lambda: contact_for(finding.assessment.commitment),
        "researcher": researcher,
        "administrator": lambda: administrator(is_superuser=True),
        "nobody": lambda: None,
    }[who]()

    assert list(refused(draft, finding, account)) == ["institution"]
    assert not Reply.objects.exists()


@pytest.mark.parametrize(
    "hidden",
    [
        {"assessment": {"draft": True}},
        {"assessment": {"is_recorded": False, "analysis": ""}},
        {"assessment": {"report": {"draft": True}}},
        {"assessment": {"commitment": {"draft": True}}},
    ],
)
@pytest.mark.django_db
def test_what_readers_cannot_see_is_not_answered(hidden):
    given = dict(hidden["assessment"])
    if "report" in given:
        given["report"] = ReportFactory(**given["report"])
    if "commitment" in given:
        given["commitment"] = CommitmentFactory(**given["commitment"])
    finding = FindingFactory(assessment=AssessmentFactory(**given))
    lead = lead_of(finding.assessment.commitment)

    assert list(refused(draft, finding, officer_of(lead))) == ["assessment"]


def test_reply_to_what_was_withdrawn_meanwhile_is_kept_and_not_published(finding, lead):
    reporter = officer_of(lead)
    reply = draft(finding, reporter)
    Assessment.objects.update(published_on=None)

    reply = draft(finding, reporter, text="Better words.", reply=reply)
    said = refused(replies.publish_reply, reply, by=officer_of(lead, "lead"))

    assert list(said) == ["assessment"]
    assert Reply.objects.get().text == "Better words."


def test_reporter_does_not_sign(finding, lead):
    reply = draft(finding, officer_of(lead))

    for account in (officer_of(lead), officer_of(InstitutionFactory(), "lead"), None):
        said = refused(replies.publish_reply, reply, by=account)
        assert said == {"signed_by": ["Only a lead of the institution signs its reply."]}


def test_lead_who_rewrote_it_is_its_author(finding, lead):
    signer = officer_of(lead, "lead")
    reply = draft(finding, officer_of(lead))

    reply = draft(finding, signer, text="My own words.", reply=reply)

    assert list(refused(replies.publish_reply, reply, by=signer)) == ["signed_by"]


def test_saving_and_publishing_what_is_already_so_writes_nothing(finding, lead):
    reporter, signer = officer_of(lead), officer_of(lead, "lead")
    reply = draft(finding, reporter)

    draft(finding, signer, reply=reply)
    first = replies.publish_reply(reply, by=signer)
    second = replies.publish_reply(reply, by=officer_of(lead, "lead"))

    assert first.recorded_by == reporter
    assert (second.signed_by, second.published_at) == (signer, first.published_at)
    assert reply.history.count() == 2


def test_published_reply_is_closed(finding, lead):
    reporter = officer_of(lead)
    reply = draft(finding, reporter)
    replies.publish_reply(reply, by=officer_of(lead, "lead"))

    with pytest.raises(ReplyRefused, match="been published meanwhile"):
        draft(finding, reporter, text="Other words.", reply=reply)
    with pytest.raises(ReplyRefused):
        replies.discard_reply(reply, by=reporter)
    assert Reply.objects.get().text == "We disagree."


def test_draft_that_a_colleague_deleted_says_so(finding, lead):
    reporter = officer_of(lead)
    reply = draft(finding, reporter)
    stranger = officer_of(InstitutionFactory())
    with pytest.raises(ReplyRefused):
        replies.discard_reply(reply, by=stranger)
    gone = Reply.objects.get()
    replies.discard_reply(reply, by=officer_of(lead))

    with pytest.raises(ReplyRefused, match="been deleted meanwhile"):
        draft(finding, reporter, text="More.", reply=gone)


# What waits for a reply


def test_what_an_institution_leads_and_nobody_has_answered_awaits_its_reply(finding, lead):
    rights = rights_of(officer_of(lead))
    FindingFactory()
    FindingFactory(assessment=AssessmentFactory(draft=True, commitment__lead=lead))

    assert list(MilestoneFinding.objects.awaiting_reply(rights)) == [finding]
    assert list(Assessment.objects.awaiting_reply(rights)) == [finding.assessment]
    draft(finding, officer_of(lead))

    assert not MilestoneFinding.objects.awaiting_reply(rights).exists()
    assert list(Assessment.objects.awaiting_reply(rights)) == [finding.assessment]
    ReplyFactory(assessment=finding.assessment)
    assert not Assessment.objects.awaiting_reply(rights).exists()
