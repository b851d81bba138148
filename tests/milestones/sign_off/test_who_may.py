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
    nation,
    officer_of,
)
from tests.milestones.sign_off.pages import buttons, heard, page_of, press
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_account_that_sees_it_without_the_right_is_refused_in_words(client, rhona, update):
    sign_in(client, rhona)
    for button, sentence in {
        "publish": "Only a lead of the institution can publish it.",
        "return": "Only people who can sign this off can return it.",
        "agree": "Only a civil-society lead of the plan or nation can agree to this.",
        "take_over": "Only a lead of the institution can take over a colleague",
        "": "Choose one of the buttons of this page.",
        "delete": "Choose one of the buttons of this page.",
    }.items():
        assert sentence in heard(press(client, update, button, comment="No.")), button
    update.refresh_from_db()
    assert (update.state, update.steps.count()) == ("submitted", 1)


def test_address_of_nothing_is_not_found(signer):
    for key in ("0", "999999", "words", "1'--"):
        page = reverse("admin:milestones_progressupdate_publish", args=[key])
        assert signer.get(page).status_code == 404


def test_successor_signs_off_what_the_closed_body_left(client, update, rhona):
    heir = InstitutionFactory(name="Successor")
    update.institution.succeeded_by = heir
    update.institution.save()
    lead = officer_of(heir, "lead", first_name="Sela", last_name="Syme")

    assert "Sela Syme" in heard(sign_in(client, rhona).get(page_of(update)))
    assert "publish" in buttons(sign_in(client, lead).get(page_of(update)))


def correct_it(update):
    return (
        f"{address(ProgressUpdate, 'add')}?milestone={update.milestone_id}&amp;corrects={update.pk}"
    )


def test_published_report_is_offered_for_correction_to_who_made_it(client, milestone, institution):
    update = make_update(milestone)
    said = make_update(milestone, institution=None, source=make_document())
    corrected = make_update(milestone)
    make_update(milestone, "not_started", corrects=corrected)
    partner = InstitutionFactory(nation=nation("wls"))
    milestone.commitment.involvements.create(institution=partner, role="partner")
    heir = InstitutionFactory()
    institution.succeeded_by = heir
    institution.save()
    milestone.commitment.involvements.create(institution=heir, role="support_government")

    for row, account, offered in (
        (update, officer_of(institution), True),
        (update, officer_of(heir), True),
        (update, officer_of(partner), False),
        (update, contact_for(milestone.commitment), False),
        (update, civil_society_for(milestone.commitment), False),
        (said, contact_for(milestone.commitment), True),
        (corrected, officer_of(institution), False),
    ):
        page = sign_in(client, account).get(address(ProgressUpdate, "change", row.pk))
        assert (correct_it(row) in page.text) is offered, account.memberships.get()
