"""Every step of a report is listed; several are signed off at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from milestones import services
from milestones.facts import EvidenceFacts
from milestones.models import ProgressUpdate
from tests.admin_pages import address, messages_of
from tests.factories import (
    CommitmentFactory,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    lead_of,
    make_update,
    officer_of,
    today,
)
from tests.milestones.sign_off.pages import buttons, heard, page_of, submitted
from tests.pages import queries_of
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]


def test_page_lists_who_did_what_and_when(signer, lead, rhona, update, institution):
    services.return_update(update, by=lead, comment="Name the place.")
    services.submit_update(update, by=rhona)

    for opened in (page_of(update), address(ProgressUpdate, "change", update.pk)):
        page = signer.get(opened)
        words = heard(page)
        assert [step.kind for step in page.context["steps"]] == [
            "submitted",
            "returned",
            "submitted",
        ]
        returned = words[words.index("Returned to its author") :]
        assert "Lena Law" in returned
        assert str(institution) in returned
        assert "Name the place." in returned


def test_author_of_a_returned_report_first_reads_what_has_to_change(client, lead, rhona, update):
    own = address(ProgressUpdate, "change", update.pk)
    assert "you take it back" in heard(sign_in(client, rhona).get(own))
    services.return_update(update, by=lead, comment="Name the place.")

    words = heard(sign_in(client, rhona).get(own))

    before_the_form = words[: words.index("Progress now")]
    assert "What has to change Name the place. Returned by Lena Law on" in before_the_form
    services.submit_update(update, by=rhona)
    assert "What has to change" not in heard(client.get(own))


def test_way_to_the_sign_off_says_what_the_account_can_do_there(client, lead, rhona, update):
    def way(account):
        return sign_in(client, account).get(own).context["way_to_sign_off"]

    own = address(ProgressUpdate, "change", update.pk)
    assert way(lead) == "Look at it and sign off"
    assert way(rhona) == "See what it changes"
    services.return_update(update, by=lead, comment="Name the place.")
    assert way(lead) == "Look at it or take it over"
    hers = submitted(update.milestone, by=lead)
    own = address(ProgressUpdate, "change", hers.pk)
    assert way(lead) == "See what it changes"


def test_published_report_shows_who_signed_it_off_and_nothing_to_decide(signer, lead, update):
    services.publish_update(update, by=lead)

    page = signer.get(page_of(update))

    assert buttons(page) == []
    assert "signed off by Lena Law" in heard(page)
    assert "comparisons" not in page.context


def publish_all(client, *updates):
    chosen = {"action": "publish_selected", "_selected_action": [row.pk for row in updates]}
    return client.post(address(ProgressUpdate, "changelist"), chosen, follow=True)


def test_lead_signs_several_off_and_reads_what_happened_to_each(
    client, lead, rhona, milestone, update
):
    own = submitted(MilestoneFactory(commitment=milestone.commitment), by=lead)
    draft = make_update(MilestoneFactory(commitment=milestone.commitment), by=rhona, publish=False)
    public = make_update(MilestoneFactory(commitment=milestone.commitment))

    said = messages_of(publish_all(sign_in(client, lead), update, own, draft, public))

    reporters = sign_in(client, rhona).get(address(ProgressUpdate, "changelist"))
    assert "publish_selected" not in reporters.text
    assert len(said) == 4
    assert any(words.startswith(f"Signed off and published: {update}.") for words in said)
    assert any(
        words.startswith(f"Not published: {own}. This needs a second person") for words in said
    )
    assert any(words.startswith(f"Not published: {draft}. This does not wait") for words in said)
    assert f"It had already been published: {public}." in said
    states = ProgressUpdate.objects.values_list("pk", "state")
    assert dict(states) == {
        update.pk: "published",
        own.pk: "submitted",
        draft.pk: "draft",
        public.pk: "published",
    }


def test_number_of_queries_does_not_grow_with_evidence_nations_or_steps(client):
    def world(many):
        codes = ["eng", "sct", "wls", "nir"] if many else ["sct"]
        plan = PlanFactory(needs_sign_off=True)
        milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan, nations=codes))
        institution = lead_of(milestone.commitment)
        rhona, lead = officer_of(institution), officer_of(institution, "lead")
        pieces = [
            EvidenceFacts(title=f"Piece {number}", url=f"https://www.gov.uk/{number}")
            for number in range(20 if many else 1)
        ]
        for number, code in enumerate(codes):
            for past in range(3 if many else 1):
                make_update(
                    milestone,
                    "completed",
                    nations=[code],
                    evidence=pieces,
                    as_of=days_ago(30 + number + past),
                )
        update = submitted(
            milestone, "completed", by=rhona, nations=codes, evidence=pieces, as_of=today()
        )
        for number in range(5 if many else 1):
            services.return_update(update, by=lead, comment=f"Not yet {number}.")
            services.submit_update(update, by=rhona, now=timezone.now() + timedelta(seconds=number))
            if many:
                MembershipFactory(institution=institution, role="lead")
        return lead, update

    def queries(many):
        lead, update = world(many)
        page = sign_in(client, lead).get(page_of(update))
        assert buttons(page) == ["publish", "return"]
        return queries_of(client, page_of(update))

    assert queries(many=True) <= queries(many=False)


def test_author_reads_who_signs_off_next_and_what_else_is_due(client, milestone, rhona):
    office = lead_of(milestone.commitment)
    due = MilestoneFactory(commitment=milestone.commitment, due_on=today() + timedelta(7))
    alone = submitted(milestone, by=rhona)
    done = reverse("admin:milestones_progressupdate_done", args=[alone.pk])

    page = heard(sign_in(client, rhona).get(done))
    ask = f"Ask an administrator to give somebody the role “Lead” for {office}."
    assert f"Nobody can sign this off. {ask}" in page

    officer_of(office, "lead", first_name="Lena", last_name="Law")
    officer_of(office, "lead", first_name="Ada", last_name="Arm")
    page = heard(client.get(done))
    assert f"Waits for one of 2 people (Ada Arm, Lena Law) at {office} to sign it off." in page
    assert f"Due in 30 days: Report progress : {due}" in page


def test_page_of_what_was_done_leads_back_to_a_draft(client, rhona, milestone):
    draft = make_update(milestone, by=rhona, publish=False)
    page = reverse("admin:milestones_progressupdate_done", args=[draft.pk])

    assert sign_in(client, rhona).get(page).url == address(ProgressUpdate, "change", draft.pk)
