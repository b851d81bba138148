"""The form of a report offers an account what it may choose, and nothing else."""

import re

import pytest

from commitments.models import Commitment
from milestones import services
from milestones.conditions import timing_is
from milestones.days import Timing
from milestones.models import Milestone, ProgressUpdate
from tests.admin_pages import address, errors_of, sent_from
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    administrator,
    contact_for,
    lead_of,
    make_correction,
    make_document,
    make_update,
    nation,
    officer_of,
    researcher,
    today,
)
from tests.report_pages import form_for, form_on, offered, report, send, send_off
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

SOURCE = {"source_title", "source_url", "source_locator", "words_as_published"}


@pytest.fixture
def milestone():
    lead = InstitutionFactory(name="Cabinet Office", nation=nation("eng"))
    return MilestoneFactory(commitment=CommitmentFactory(nations=["eng", "sct", "wls"], lead=lead))


@pytest.fixture
def scottish():
    return InstitutionFactory(
        name="Scottish Government", kind="devolved_government", nation=nation("sct")
    )


def ticked(page):
    return {
        row.code
        for row in form_on(page)
        .fields["nations"]
        .queryset.filter(pk__in=form_on(page).initial["nations"])
    }


def test_officer_of_the_lead_reads_who_reports_and_is_offered_all_nations_in_scope(
    officer, milestone
):
    page = officer.get(form_for(milestone))

    assert "institution" not in form_on(page).fields
    assert re.search(r'<div class="readonly">\s*Cabinet Office\s*</div>', page.text)
    assert offered(page, "nations") == ["England (UK Government)", "Scotland", "Wales"]
    assert ticked(page) == {"eng"}


def test_officer_of_a_devolved_government_is_offered_its_own_nation_ticked(
    client, milestone, scottish
):
    sign_in(client, officer_of(scottish))

    page = client.get(form_for(milestone))

    assert offered(page, "nations") == ["Scotland"]
    assert ticked(page) == {"sct"}
    assert "due_on_proposed" not in form_on(page).fields


def test_nation_in_which_it_does_not_apply_is_not_offered(officer, milestone):
    services.set_applicability(milestone, nation("wls"), applies=False, reason="Not devolved")

    page = officer.get(form_for(milestone))

    assert offered(page, "nations") == ["England (UK Government)", "Scotland"]
    assert "Does not apply (Not devolved)" in page.text


def test_officer_of_two_institutions_chooses_on_whose_behalf(client, milestone, scottish):
    account = officer_of(scottish)
    MembershipFactory(account=account, institution=lead_of(milestone.commitment))
    MembershipFactory(account=account)
    sign_in(client, account)
    page = client.get(form_for(milestone))
    assert offered(page, "institution") == ["Cabinet Office", "Scottish Government"]

    undecided = send(client, milestone, page, institution="", _draft="1")
    assert "Choose the institution that reports" in errors_of(undecided)["institution"][0]
    wrong = send(
        client, milestone, page, institution=scottish.pk, nations=[nation("wls").pk], _submit="1"
    )
    assert "own nation only" in errors_of(wrong)["nations"][0]
    send(client, milestone, page, institution=scottish.pk, _submit="1")

    assert ProgressUpdate.objects.get().institution == scottish


def test_only_a_point_of_contact_is_offered_the_words_of_a_document(client, milestone):
    sign_in(client, officer_of(lead_of(milestone.commitment), "lead"))
    page = client.get(form_for(milestone))
    assert SOURCE.isdisjoint(form_on(page).fields)

    sign_in(client, contact_for(milestone.commitment))
    page = client.get(form_for(milestone))
    assert set(form_on(page).fields) >= SOURCE
    assert "due_on_proposed" not in form_on(page).fields


def test_reporter_who_sends_what_is_not_offered_reports_in_her_own_name(
    officer, milestone, scottish
):
    not_offered = {"institution": scottish.pk, "source_title": "A report"}

    send(officer, milestone, **not_offered, _submit="1")

    update = ProgressUpdate.objects.get()
    assert (update.institution, update.source_title) == (lead_of(milestone.commitment), "")


def test_point_of_contact_enters_the_words_of_a_document_and_a_colleague_signs(contact, milestone):
    page = contact.get(form_for(milestone))
    assert "Cabinet Office" in offered(page, "institution")

    send(
        contact,
        milestone,
        page,
        level="",
        schedule="behind_schedule",
        institution="",
        obstacles="",
        source_title="Self-assessment report",
        words_as_published="In progress, behind schedule",
        _submit="1",
    )

    update = ProgressUpdate.objects.get()
    assert (update.state, update.institution) == ("submitted", None)
    assert (update.provenance, update.level_basis) == ("published_elsewhere", "")
    services.publish_update(update, by=contact_for(milestone.commitment))
    cell = milestone.nation_progress.get(nation__code="sct")
    assert (cell.words_as_published, cell.schedule) == (update.words_as_published, update.schedule)
    assert milestone.roll_up().overall == "partly_reported"


def test_administrator_enters_what_an_assessors_report_tells(client, milestone):
    sign_in(client, administrator())
    told = {"level": "completed", "schedule": "", "source_title": "Results report"}
    send(client, milestone, **told, _publish="1")

    update = ProgressUpdate.objects.get()
    assert (update.provenance, update.level_basis) == ("assessor_report", "read")
    assert update.is_published
    assert Milestone.objects.get().last_reported_on is None
    assert Milestone.objects.filter(timing_is(Timing.STALE, today())).exists()


def test_lead_reports_on_the_commitment_as_a_whole(client, milestone):
    lead = lead_of(milestone.commitment)
    commitment = milestone.commitment
    sign_in(client, officer_of(lead))
    edit = client.get(address(Commitment, "change", commitment.pk))
    place = f"{address(ProgressUpdate, 'add')}?commitment={commitment.pk}"
    assert place in edit.text
    page = client.get(place)
    assert "The commitment as a whole" in page.text
    send_off(client, place, report(page, _submit="1"))
    update = ProgressUpdate.objects.get()
    assert update.target == commitment
    sign_in(client, officer_of(lead, "lead"))
    signing = client.get(address(ProgressUpdate, "publish", update.pk))
    assert "The commitment as a whole" in signing.text
    client.post(address(ProgressUpdate, "publish", update.pk), sent_from(signing, do="publish"))

    whole = commitment.nation_progress.get(milestone=None)
    assert (whole.nation.code, whole.level, whole.schedule) == ("sct", "limited", "on_schedule")
    assert Milestone.objects.get().overall == "not_reported"
    assert Milestone.objects.filter(timing_is(Timing.STALE, today())).exists()


def test_point_of_contact_cannot_report_without_naming_the_document(contact, milestone):
    page = contact.get(form_for(milestone))
    lead = lead_of(milestone.commitment)

    nameless = send(contact, milestone, page, institution="", _draft="1")
    assert "name the source document" in errors_of(nameless)["institution"][0]
    in_its_name = send(contact, milestone, page, institution=lead.pk, _draft="1")
    assert "cannot report for this institution" in errors_of(in_its_name)["institution"][0]
    half = send(contact, milestone, page, words_as_published="In progress", _draft="1")
    assert "Enter the title of the document" in errors_of(half)["source_title"][0]
    assert not ProgressUpdate.objects.exists()


def test_only_ones_own_published_uncorrected_reports_can_be_corrected(client, milestone, scottish):
    lead = lead_of(milestone.commitment)
    before = InstitutionFactory(name="The office before", succeeded_by=lead)
    InvolvementFactory(commitment=milestone.commitment, institution=before)
    inherited = make_update(milestone, nations=["eng"], institution=before)
    make_update(milestone, publish=False)
    corrected = make_update(milestone, "limited", nations=["wls"])
    current = make_correction(corrected, "not_started")
    foreign = make_update(milestone, nations=["sct"], institution=scottish)
    make_update(level="limited")
    sign_in(client, officer_of(lead))

    assert "corrects" not in form_on(client.get(form_for(milestone))).fields
    page = client.get(form_for(milestone, corrects=current.pk))

    choices = form_on(page).fields["corrects"].queryset
    assert set(choices) == {inherited, current}
    refused = send(
        client, milestone, page, corrects=str(foreign.pk), correction_reason="Wrong.", _submit="1"
    )
    assert "your institution made" in errors_of(refused)["corrects"][0]


def test_point_of_contact_may_correct_what_a_document_said(contact, milestone):
    said = make_update(milestone, nations=["sct"], source=make_document())

    page = contact.get(form_for(milestone, corrects=said.pk))

    assert list(form_on(page).fields["corrects"].queryset) == [said]


def test_who_has_no_part_in_it_does_not_report(client, milestone):
    other = CommitmentFactory()
    for stranger in (researcher(), contact_for(other), officer_of(lead_of(other))):
        sign_in(client, stranger)
        assert client.get(form_for(milestone)).status_code == 403
        assert client.post(form_for(milestone), {"_draft": "1"}).status_code == 403
    assert not ProgressUpdate.objects.exists()
