"""The form of a report offers an account what it may choose, and nothing else."""

import pytest

from milestones import services
from milestones.models import ProgressUpdate
from tests.admin_pages import errors_of
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    contact_for,
    lead_of,
    make_correction,
    make_document,
    make_update,
    nation,
    officer_of,
)
from tests.report_pages import form_for, form_on, offered, report
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
    client, milestone
):
    sign_in(client, officer_of(lead_of(milestone.commitment)))

    page = client.get(form_for(milestone))

    assert "institution" not in form_on(page).fields
    assert '<div class="readonly">Cabinet Office</div>' in page.text
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


def test_nation_in_which_it_does_not_apply_is_not_offered(client, milestone):
    services.set_applicability(milestone, nation("wls"), applies=False, reason="Not devolved")
    sign_in(client, officer_of(lead_of(milestone.commitment)))

    page = client.get(form_for(milestone))

    assert offered(page, "nations") == ["England (UK Government)", "Scotland"]
    assert "Does not apply (Not devolved)" in page.text


def test_officer_of_two_institutions_chooses_on_whose_behalf(client, milestone, scottish):
    account = officer_of(scottish)
    MembershipFactory(account=account, institution=lead_of(milestone.commitment))
    MembershipFactory(account=account)
    sign_in(client, account)
    page = client.get(form_for(milestone))
    assert offered(page, "institution") == ["Cabinet Office", "Scottish Government"]

    undecided = client.post(form_for(milestone), report(page, institution="", _draft="1"))
    assert "Choose the institution that reports" in errors_of(undecided)["institution"][0]
    wrong = client.post(
        form_for(milestone),
        report(page, institution=scottish.pk, nations=[nation("wls").pk], _submit="1"),
    )
    assert "own nation only" in errors_of(wrong)["nations"][0]
    client.post(form_for(milestone), report(page, institution=scottish.pk, _submit="1"))

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
    client, milestone, scottish
):
    sign_in(client, officer_of(lead_of(milestone.commitment)))
    page = client.get(form_for(milestone))
    not_offered = {"institution": scottish.pk, "source_title": "A report"}

    client.post(form_for(milestone), report(page, **not_offered, _submit="1"))

    update = ProgressUpdate.objects.get()
    assert (update.institution, update.source_title) == (lead_of(milestone.commitment), "")


def test_point_of_contact_enters_and_publishes_the_words_of_a_document(client, milestone):
    sign_in(client, contact_for(milestone.commitment))
    page = client.get(form_for(milestone))
    assert "Cabinet Office" in offered(page, "institution")

    client.post(
        form_for(milestone),
        report(
            page,
            level="substantial",
            institution="",
            source_title="Self-assessment report",
            words_as_published="In progress",
            level_basis="read",
            _publish="1",
        ),
    )

    update = ProgressUpdate.objects.get()
    assert (update.source_title, update.words_as_published) == (
        "Self-assessment report",
        "In progress",
    )
    assert update.level_basis == "read"
    assert update.is_published
    assert update.institution is None
    assert milestone.nation_progress.get(nation__code="sct").level == "substantial"


def test_point_of_contact_cannot_report_without_naming_the_document(client, milestone):
    sign_in(client, contact_for(milestone.commitment))
    page = client.get(form_for(milestone))
    lead = lead_of(milestone.commitment)

    nameless = client.post(form_for(milestone), report(page, institution="", _draft="1"))
    assert "name the source document" in errors_of(nameless)["institution"][0]
    in_its_name = client.post(form_for(milestone), report(page, institution=lead.pk, _draft="1"))
    assert "cannot report for this institution" in errors_of(in_its_name)["institution"][0]
    half = client.post(
        form_for(milestone), report(page, words_as_published="In progress", _draft="1")
    )
    assert "Name the document" in errors_of(half)["source_title"][0]
    assert not ProgressUpdate.objects.exists()


def test_point_of_contact_of_another_plan_is_refused(client, milestone):
    sign_in(client, contact_for(CommitmentFactory()))

    assert client.get(form_for(milestone)).status_code == 403


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

    page = client.get(form_for(milestone))

    choices = form_on(page).fields["corrects"].queryset
    assert set(choices) == {inherited, current}
    refused = client.post(
        form_for(milestone),
        report(page, corrects=str(foreign.pk), correction_reason="Wrong.", _submit="1"),
    )
    assert "your institution made" in errors_of(refused)["corrects"][0]


def test_point_of_contact_may_correct_what_a_document_said(client, milestone):
    said = make_update(milestone, nations=["sct"], source=make_document())
    sign_in(client, contact_for(milestone.commitment))

    page = client.get(form_for(milestone))

    assert list(form_on(page).fields["corrects"].queryset) == [said]


def test_administrator_and_assessor_are_not_offered_to_report(client, milestone):
    from tests.factories import administrator, researcher

    for account in (administrator(), researcher()):
        sign_in(client, account)
        assert client.get(form_for(milestone)).status_code == 403
