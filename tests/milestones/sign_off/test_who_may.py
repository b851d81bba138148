"""Who is let onto the page of a sign-off, and who may correct what is published."""

import pytest
from django.urls import reverse

from milestones.models import ProgressUpdate
from tests.admin_pages import address
from tests.factories import (
    InstitutionFactory,
    civil_society_for,
    contact_for,
    make_document,
    make_update,
    officer_of,
)
from tests.milestones.sign_off.pages import as_account, buttons, heard, page_of, partner_of, press

pytestmark = pytest.mark.django_db


def test_visitor_is_asked_to_sign_in(client, update):
    assert client.get(page_of(update)).status_code == 302


def test_account_that_sees_it_without_the_right_is_refused_in_words(client, reporter, update):
    as_account(client, reporter)
    for button, sentence in {
        "publish": "Only a lead of the institution that reports can publish it.",
        "return": "Only people who can sign this off can return it.",
        "agree": "Only a civil-society lead of the plan or nation can agree to this.",
        "take_over": "Only a lead of the institution can take over a colleague",
        "": "Choose one of the buttons of this page.",
        "delete": "Choose one of the buttons of this page.",
    }.items():
        assert sentence in heard(press(client, update, button, comment="No.")), button
    update.refresh_from_db()
    assert (update.state, update.steps.count()) == ("submitted", 1)


def test_address_of_nothing_is_not_found(client, lead):
    for key in ("0", "999999", "words", "1'--"):
        page = reverse("admin:milestones_progressupdate_publish", args=[key])
        assert as_account(client, lead).get(page).status_code == 404


def test_successor_signs_off_what_the_closed_body_left(client, update, reporter):
    heir = InstitutionFactory(name="Successor")
    update.institution.succeeded_by = heir
    update.institution.save()
    lead = officer_of(heir, "lead", first_name="Sela", last_name="Syme")

    assert "Sela Syme" in heard(as_account(client, reporter).get(page_of(update)))
    assert "publish" in buttons(as_account(client, lead).get(page_of(update)))


def correct_it(update):
    return (
        f"{address(ProgressUpdate, 'add')}?milestone={update.milestone_id}&amp;corrects={update.pk}"
    )


def test_published_report_is_offered_for_correction_to_who_made_it(client, milestone, institution):
    update = make_update(milestone)
    partner = partner_of(milestone.commitment)
    heir = InstitutionFactory()
    institution.succeeded_by = heir
    institution.save()
    milestone.commitment.involvements.create(institution=heir, role="support_government")

    for account, offered in (
        (officer_of(institution), True),
        (officer_of(heir), True),
        (officer_of(partner), False),
        (contact_for(milestone.commitment), False),
        (civil_society_for(milestone.commitment), False),
    ):
        page = as_account(client, account).get(address(ProgressUpdate, "change", update.pk))
        assert (correct_it(update) in page.text) is offered, account.memberships.get()


def test_point_of_contact_corrects_the_words_of_a_document(client, milestone):
    update = make_update(milestone, institution=None, source=make_document())
    contact = contact_for(milestone.commitment)

    page = as_account(client, contact).get(address(ProgressUpdate, "change", update.pk))

    assert correct_it(update) in page.text


def test_corrected_report_is_not_offered_for_correction_again(client, milestone, institution):
    update = make_update(milestone)
    make_update(milestone, "not_started", corrects=update)

    page = as_account(client, officer_of(institution)).get(
        address(ProgressUpdate, "change", update.pk)
    )

    assert correct_it(update) not in page.text
