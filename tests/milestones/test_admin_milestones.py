"""A point of contact adds and changes milestones; reporters read them and report on them."""

import pytest

from milestones import services
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate
from tests.admin_pages import address, errors_of, save, sent_from
from tests.factories import (
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    days_ago,
    make_correction,
    make_update,
    move_due_date,
    nation,
    officer_of,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(client):
    account = officer_of(InstitutionFactory(), "point_of_contact", username="contact")
    return sign_in(client, account)


@pytest.fixture
def milestone():
    return MilestoneFactory(due_on=days_ago(10))


def cells_of(milestone):
    return {row.nation.code: row.level for row in milestone.nation_progress.in_scope()}


def test_contact_adds_a_milestone_with_its_due_date_and_each_nation_has_a_cell(contact):
    commitment = CommitmentFactory(nations=["sct", "wls"])
    page = contact.get(address(Milestone, "add"), {"commitment": commitment.pk})

    contact.post(
        address(Milestone, "add"),
        sent_from(page, text="Hold a workshop", due_on=str(days_ago(-30))),
    )

    milestone = commitment.milestones.get()
    assert milestone.due_on == days_ago(-30)
    assert cells_of(milestone) == {"sct": "", "wls": ""}
    assert not Amendment.objects.exists()


def test_due_date_of_a_milestone_that_exists_is_no_field_of_its_form(contact, milestone):
    page = contact.get(address(Milestone, "change", milestone.pk))
    assert "due_on" not in sent_from(page)
    assert f"{address(Amendment, 'add')}?milestone={milestone.pk}" in page.text

    save(contact, milestone, due_on=str(days_ago(-100)), text="Mended words")

    assert milestone.due_on == days_ago(10)
    assert milestone.text == "Mended words"
    assert not Amendment.objects.exists()


def test_reporter_reads_a_milestone_and_is_led_to_reporting(officer, milestone):
    page = officer.get(address(Milestone, "change", milestone.pk))

    assert "text" not in sent_from(page)
    assert f"{address(ProgressUpdate, 'add')}?milestone={milestone.pk}" in page.text
    answer = officer.post(address(Milestone, "change", milestone.pk), {"text": "Other words"})
    assert answer.status_code == 403


def test_saving_what_is_unchanged_writes_nothing(contact, milestone):
    versions = milestone.history.count()

    answer = save(contact, milestone)

    assert answer.status_code == 302
    assert milestone.history.count() == versions
    assert not Amendment.objects.exists()


def test_milestones_keep_the_labels_of_the_plan_and_no_number_is_given_twice(contact):
    commitment = CommitmentFactory(draft=True)
    page = contact.get(address(Milestone, "add"), {"commitment": commitment.pk})
    for label in ("1.1", "1.10", "2a"):
        contact.post(address(Milestone, "add"), sent_from(page, label=label, text="Words"))
    services.delete_milestone(commitment.milestones.get(label="2a"))
    contact.post(address(Milestone, "add"), sent_from(page, label="", text="Words"))

    rows = commitment.milestones.values_list("label", "number", "order", "label_is_ours")
    assert list(rows) == [("1.1", 1, 1, False), ("1.10", 2, 2, False), ("1.11", 4, 3, True)]
    milestone = commitment.milestones.get(number=2)
    assert (milestone.name, str(milestone)) == (
        "Milestone 1.10",
        f"{commitment.slug}, Milestone 1.10",
    )
    save(contact, milestone, number="9", order="5")
    assert (milestone.number, milestone.order) == (2, 5)


def test_milestone_stays_with_its_commitment(contact, milestone):
    other = CommitmentFactory()

    save(contact, milestone, commitment=str(other.pk))

    assert milestone.commitment != other


def test_contact_adds_milestones_on_the_page_of_the_commitment(contact):
    commitment = CommitmentFactory(nations=["sct", "wls"])
    existing = MilestoneFactory(commitment=commitment)

    save(
        contact,
        commitment,
        nations=[nation("sct").pk, nation("nir").pk],
        **{
            "milestones-TOTAL_FORMS": "2",
            "milestones-1-commitment": str(commitment.pk),
            "milestones-1-text": "Write it down",
            "milestones-1-due_on": str(days_ago(-5)),
        },
    )

    assert cells_of(existing) == {"sct": "", "nir": ""}
    added = commitment.milestones.get(number=2)
    assert added.due_on == days_ago(-5)
    assert cells_of(added) == {"sct": "", "nir": ""}


def test_due_date_does_not_move_on_the_page_of_the_commitment(contact, milestone):
    save(
        contact,
        milestone.commitment,
        **{"milestones-0-due_on": str(days_ago(-9)), "milestones-0-text": "Other words"},
    )

    milestone.refresh_from_db()
    assert milestone.due_on == days_ago(10)
    assert milestone.text != "Other words"


def test_nation_with_a_published_level_cannot_be_taken_out(contact):
    update = make_update(nations=["sct", "wls"])
    commitment = update.milestone.commitment

    answer = save(contact, commitment, nations=[nation("sct").pk, nation("nir").pk])

    assert errors_of(answer) == {
        "nations": [
            "Wales stays: a level has been published for it at Milestone 1. To take it out, first"
            " publish a correction of that report which leaves the nation out."
        ]
    }
    assert commitment.nations.count() == 4

    make_correction(update, nations=["sct"])
    save(contact, commitment, nations=[nation("sct").pk, nation("nir").pk])
    assert sorted(commitment.nations.values_list("code", flat=True)) == ["nir", "sct"]


def test_nation_with_a_draft_only_can_be_taken_out(contact):
    update = make_update(nations=["sct", "wls"], publish=False)
    commitment = update.milestone.commitment

    save(contact, commitment, nations=[nation("sct").pk])

    assert [row.code for row in commitment.nations.all()] == ["sct"]


def test_milestone_of_a_draft_is_deleted_with_its_empty_cells_and_moved_days(contact):
    milestone = MilestoneFactory(commitment=CommitmentFactory(draft=True))
    move_due_date(milestone, to=days_ago(-9), reason="It takes longer.", institution=None, by=None)
    assert NationProgress.objects.exists()

    contact.post(address(Milestone, "delete", milestone.pk), {"post": "yes"})

    assert not Milestone.objects.exists()
    assert not NationProgress.objects.exists()
    assert not Amendment.objects.exists()


def test_milestone_of_a_draft_that_somebody_reported_on_stays_and_says_why(contact):
    milestone = MilestoneFactory(commitment=CommitmentFactory(draft=True))
    # Drafts of others and what assessors have not published are named by their kind only.
    make_update(milestone, narrative="A draft of somebody else.", publish=False)
    FindingFactory(milestone=milestone, assessment__commitment=milestone.commitment)

    answer = contact.post(address(Milestone, "delete", milestone.pk), {"post": "yes"})

    assert answer.status_code == 200
    assert "Progress updates that you do not see" in answer.text
    assert "A draft of somebody else." not in answer.text
    assert "Progress in a nation" not in answer.text
    assert Milestone.objects.filter(pk=milestone.pk).exists()


def test_list_shows_the_overall_level_and_finds_what_is_overdue(contact):
    late = MilestoneFactory(due_on=days_ago(10))
    MilestoneFactory(due_on=days_ago(-10))
    make_update(late, "limited", nations=["sct"])

    page = contact.get(address(Milestone, "changelist"), {"timing": "overdue"})

    assert list(page.context["cl"].result_list) == [late]
    assert "Partly reported (1 of 4 nations)" in page.text


# Levels are read there; only whether a milestone applies is said there


@pytest.fixture
def update(milestone):
    return make_update(milestone, "completed")


def test_levels_are_read_only(contact, update):
    cell = NationProgress.objects.get(update=update, nation__code="sct")
    page = contact.get(address(NationProgress, "change", cell.pk))
    assert {"level", "as_of", "update", "milestone", "nation"}.isdisjoint(sent_from(page))

    before = NationProgress.objects.filter(pk=cell.pk).values().get()
    assert (before["level"], before["update_id"]) == ("completed", update.pk)

    contact.post(
        address(NationProgress, "change", cell.pk),
        sent_from(page, level="limited", as_of="2020-01-01", update="", nation="1"),
    )

    assert NationProgress.objects.filter(pk=cell.pk).values().get() == before


def test_contact_says_that_a_milestone_does_not_apply_in_a_nation(contact, milestone):
    cell = milestone.nation_progress.get(nation__code="wls")
    page = contact.get(address(NationProgress, "change", cell.pk))

    refused = contact.post(
        address(NationProgress, "change", cell.pk), sent_from(page, applies=None)
    )
    assert "reason" in refused.context["adminform"].form.errors["not_applicable_reason"][0]
    contact.post(
        address(NationProgress, "change", cell.pk),
        sent_from(page, applies=None, not_applicable_reason="Not devolved"),
    )

    cell.refresh_from_db()
    assert (cell.applies, cell.not_applicable_reason) == (False, "Not devolved")
