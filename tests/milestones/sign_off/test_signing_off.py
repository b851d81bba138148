"""A lead signs a report off or gives it back, and civil society agrees."""

import re

import pytest
from django.urls import reverse

from milestones import services
from milestones.facts import UpdateContent
from milestones.models import ProgressUpdate, UpdateStep
from tests.admin_pages import address
from tests.factories import (
    CommitmentFactory,
    MilestoneFactory,
    PlanFactory,
    civil_society_for,
    lead_of,
    make_update,
    nation,
    officer_of,
)
from tests.milestones.sign_off.pages import buttons, heard, page_of, press, submitted
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_lead_signs_off_and_readers_see_it(signer, lead, update, milestone):
    page = press(signer, update, "publish")

    update.refresh_from_db()
    assert (update.state, update.signed_off_by) == ("published", lead)
    assert f"Published: {update}" in heard(page)
    for place in (
        update.get_absolute_url(),
        milestone.commitment.get_absolute_url(),
        nation("sct").get_absolute_url(),
        nation("wls").get_absolute_url(),
        "/",
    ):
        assert f'<a href="{place}">' in page.text
    assert update.narrative in signer.get(milestone.get_absolute_url()).text


def test_message_leads_nowhere_while_the_commitment_is_a_draft(signer, rhona, milestone):
    commitment = milestone.commitment
    commitment.published_on = None
    commitment.save()
    update = submitted(milestone, by=rhona)

    assert "Readers see it once the commitment is public." in heard(
        press(signer, update, "publish")
    )


def test_lead_returns_it_with_a_comment_and_its_author_reads_it(client, lead, rhona, update):
    press(sign_in(client, lead), update, "return", comment="Name the second workshop.")

    update.refresh_from_db()
    assert update.state == "returned"
    step = update.steps.last()
    assert (step.kind, step.by, step.comment) == ("returned", lead, "Name the second workshop.")
    for opened in (page_of(update), address(ProgressUpdate, "change", update.pk)):
        words = heard(sign_in(client, rhona).get(opened))
        assert "Returned to its author" in words
        assert "Lena Law" in words
        assert "Name the second workshop." in words


def test_lead_who_returns_it_without_a_comment_is_told_so_beside_the_box(signer, update):
    page = press(signer, update, "return", comment="  \n ")

    sentence = "Say what has to change, so that your colleague knows what to do."
    assert page.context["form"].errors == {"comment": [sentence]}
    assert re.search(rf'id="id_comment_error">\s*{sentence}\s*</p>\s*<textarea', page.text)
    assert 'aria-invalid="true"' in page.text
    update.refresh_from_db()
    assert update.state == "submitted"


def test_reporter_cannot_sign_off_and_reads_who_could(client, rhona, lead, update):
    page = sign_in(client, rhona).get(page_of(update))

    assert buttons(page) == []
    assert "You wrote this, so somebody else has to sign it off: Lena Law." in heard(page)


def test_lead_who_wrote_it_herself_is_not_offered_to_sign_it_off(
    client, lead, institution, milestone
):
    other = officer_of(institution, "lead", first_name="Otto", last_name="Orr")
    update = submitted(milestone, by=lead)

    page = sign_in(client, lead).get(page_of(update))
    assert buttons(page) == ["return"]
    assert "somebody else has to sign it off: Otto Orr." in heard(page)
    refused = press(client, update, "publish")

    assert "This needs a second person to sign off." in heard(refused)
    update.refresh_from_db()
    assert update.state == "submitted"
    assert buttons(sign_in(client, other).get(page_of(update))) == ["publish", "return"]


def test_page_says_when_nobody_could_sign_it_off(client, rhona, update):
    words = heard(sign_in(client, rhona).get(page_of(update)))

    assert "Ask an administrator to give somebody the role “Lead” for" in words


def test_report_that_the_rules_no_longer_allow_is_not_offered_for_publication(
    signer, lead, update, milestone
):
    services.publish_update(
        submitted(
            milestone,
            by=officer_of(update.institution),
            narrative=update.narrative,
            obstacles=update.obstacles,
        ),
        by=lead,
    )

    page = signer.get(page_of(update))

    assert buttons(page) == ["return"]
    assert "It cannot be published as it is. Nothing new: this is already published." in heard(page)
    assert "Nothing new" in heard(press(signer, update, "publish"))


@pytest.fixture
def scottish():
    plan = PlanFactory(needs_sign_off=True, needs_civil_society_sign_off=True)
    return MilestoneFactory(commitment=CommitmentFactory(plan=plan, nations=["sct"]))


def test_plan_with_civil_society_waits_for_its_agreement(client, scottish):
    institution = lead_of(scottish.commitment)
    lead = officer_of(institution, "lead", first_name="Lena", last_name="Law")
    agrees = civil_society_for(scottish.commitment, first_name="Cora", last_name="Cane")
    update = submitted(scottish, by=officer_of(institution))

    page = sign_in(client, lead).get(page_of(update))
    assert buttons(page) == ["return"]
    assert "Waiting for the agreement of a civil-society lead: Cora Cane." in heard(page)
    assert "This plan needs the agreement" in heard(press(client, update, "publish"))

    page = sign_in(client, agrees).get(page_of(update))
    assert buttons(page) == ["agree", "return"]
    assert "Waiting for sign-off by: Lena Law." in heard(page)
    unread = client.post(page_of(update), {"do": "agree", "read": "other words"})
    assert "Its author has changed this" in heard(unread)
    page = heard(press(client, update, "agree"))
    assert f"You have agreed for civil society: {update}" in page
    assert "Waits for Lena Law at" in page
    assert buttons(client.get(page_of(update))) == ["return"]

    page = sign_in(client, lead).get(page_of(update))
    assert buttons(page) == ["publish", "return"]
    assert "Agreed for civil society: Cora Cane." in heard(page)
    press(client, update, "publish")
    update.refresh_from_db()
    assert (update.co_signed_by, update.signed_off_by) == (agrees, lead)
    assert [step.kind for step in update.steps.all()] == ["submitted", "agreed", "published"]


def test_civil_society_lead_returns_a_report_and_no_longer_sees_it(client, scottish):
    agrees = civil_society_for(scottish.commitment)
    update = submitted(scottish, by=officer_of(lead_of(scottish.commitment)))

    page = press(sign_in(client, agrees), update, "return", comment="We were not there.")

    assert f"Returned to its author: {update}" in heard(page)
    assert "can change it and send it again" in heard(page)
    assert page_of(update) not in page.text
    update.refresh_from_db()
    assert update.state == "returned"
    assert update.steps.last().institution == agrees.memberships.get().institution
    assert client.get(page_of(update)).status_code == 404
    done = reverse("admin:milestones_progressupdate_done", args=[update.pk])
    assert client.get(done).status_code == 200
    stranger = civil_society_for(CommitmentFactory())
    assert sign_in(client, stranger).get(done).status_code == 404


def test_lead_takes_over_the_draft_of_a_colleague(signer, lead, rhona, milestone):
    draft = make_update(milestone, by=rhona, publish=False)

    page = signer.get(page_of(draft))
    assert buttons(page) == ["take_over"]
    assert "Its author is still writing it: Rhona Reid." in heard(page)
    page = press(signer, draft, "take_over")

    draft.refresh_from_db()
    assert draft.recorded_by == lead
    assert page.redirect_chain[-1][0] == address(ProgressUpdate, "change", draft.pk)
    assert draft.steps.get().kind == UpdateStep.Kind.TAKEN_OVER


def test_author_of_a_draft_finds_the_way_back_to_it(client, rhona, milestone):
    draft = make_update(milestone, by=rhona, publish=False)

    page = sign_in(client, rhona).get(page_of(draft))

    assert buttons(page) == []
    assert "You are still writing this:" in heard(page)
    assert f'href="{address(ProgressUpdate, "change", draft.pk)}"' in page.text


def test_incomplete_draft_can_be_looked_at(signer, rhona, milestone, institution):
    report = UpdateContent(nations=[nation("sct")], level="", as_of=None, narrative="")
    draft = services.save_draft(milestone, report, institution=institution, by=rhona)

    assert signer.get(page_of(draft)).status_code == 200
