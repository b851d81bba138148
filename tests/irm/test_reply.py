"""The lead institution answers what an assessor found: once, signed, in public."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from commitments.models import Institution
from commitments.rights import rights_of
from irm import replies
from irm.models import Assessment, MilestoneFinding, Reply
from irm.replies import ReplyFacts, check_reply
from milestones import services
from milestones.progress_rules import UpdateRefused
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
    publish_reply,
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
    with pytest.raises(UpdateRefused) as refusal:
        check_reply(replace(SOUND, **broken))

    (said,) = refusal.value.message_dict.pop(field)
    assert said.startswith(sentence)


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


def sent(reply):
    return services.submit_update(reply, by=reply.recorded_by)


def kinds(reply):
    return [step.kind for step in reply.steps.all()]


def refused(action, *args, **given):
    with pytest.raises(UpdateRefused) as refusal:
        action(*args, **given)
    return refusal.value.by_field()


def test_reporter_drafts_and_the_lead_signs_and_publishes(finding, lead):
    reporter, signer = officer_of(lead), officer_of(lead, "lead")

    reply = sent(draft(finding, reporter))
    assert not Reply.objects.public().exists()
    reply = services.publish_update(reply, by=signer)

    assert (reply.recorded_by, reply.signed_off_by) == (reporter, signer)
    assert Reply.objects.public().get() == reply
    assert reply.history.latest().history_user == signer
    assert kinds(reply) == ["submitted", "published"]


def test_reply_is_returned_with_a_comment_changed_and_sent_again(finding, lead):
    reporter, signer = officer_of(lead), officer_of(lead, "lead")
    reply = sent(draft(finding, reporter))

    assert list(refused(services.return_update, reply, by=signer, comment=" ")) == ["comment"]
    reply = services.return_update(reply, by=signer, comment="Say why.")
    assert (reply.state, reply.steps.last().comment) == ("returned", "Say why.")
    reply = sent(draft(finding, reporter, text="Because.", reply=reply))
    read = services.fingerprint(reply)
    reply = draft(finding, reporter, text="Because of this.", reply=reply)
    assert (reply.state, kinds(reply)[-1]) == ("draft", "taken_back")
    reply = sent(reply)

    refused(services.publish_update, reply, by=signer, expected=read)
    assert services.publish_update(reply, by=signer).text == "Because of this."


def test_draft_is_its_authors_until_a_lead_takes_it_over(finding, lead):
    signer = officer_of(lead, "lead")
    reply = draft(finding, officer_of(lead))

    for account in (officer_of(lead), signer):
        refused(draft, finding, account, text="Mine.", reply=reply)
        refused(services.submit_update, reply, by=account)
        refused(services.discard_update, reply, by=account)
    refused(services.take_over, reply, by=officer_of(lead))
    reply = draft(finding, signer, text="Mine.", reply=services.take_over(reply, by=signer))

    assert list(refused(services.publish_update, sent(reply), by=signer)) == ["signed_off_by"]


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
    author = officer_of(heir)
    reply = draft(finding, author, heir)
    reply = draft(finding, author, lead, "Better words.", reply=reply)
    reply = services.publish_update(sent(reply), by=officer_of(heir, "lead"))

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
    said = refused(services.submit_update, reply, by=reporter)

    assert list(said) == ["assessment"]
    assert Reply.objects.get().text == "Better words."


def test_reporter_does_not_sign(finding, lead):
    reply = sent(draft(finding, officer_of(lead)))

    for account in (officer_of(lead), officer_of(InstitutionFactory(), "lead"), None):
        with pytest.raises(UpdateRefused, match="Only a lead of the institution can publish it"):
            services.publish_update(reply, by=account)


def test_saving_and_publishing_what_is_already_so_writes_nothing(finding, lead):
    reporter, signer = officer_of(lead), officer_of(lead, "lead")
    reply = draft(finding, reporter)

    draft(finding, reporter, reply=reply)
    assert reply.history.count() == 1
    first = services.publish_update(sent(sent(reply)), by=signer)
    second = services.publish_update(reply, by=officer_of(lead, "lead"))

    assert (second.signed_off_by, second.published_at) == (signer, first.published_at)
    assert reply.history.count() == 3


def test_published_reply_is_closed(finding, lead):
    reporter = officer_of(lead)
    reply = publish_reply(draft(finding, reporter))

    with pytest.raises(UpdateRefused, match="been published meanwhile"):
        draft(finding, reporter, text="Other words.", reply=reply)
    with pytest.raises(UpdateRefused):
        services.discard_update(reply, by=reporter)
    for write in (
        lambda: reply.steps.update(comment="Changed."),
        lambda: reply.steps.all().delete(),
        lambda: reply.steps.create(kind="returned", comment="Late.", at=reply.published_at),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            write()
    assert Reply.objects.get().text == "We disagree."


def test_draft_that_was_discarded_meanwhile_says_so(finding, lead):
    reporter = officer_of(lead)
    reply = sent(draft(finding, reporter))
    gone = Reply.objects.get()
    services.discard_update(reply, by=reporter)

    with pytest.raises(UpdateRefused, match="been discarded meanwhile"):
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
