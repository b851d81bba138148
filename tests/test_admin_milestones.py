"""A superuser adds milestones, moves their due days and says where they are delivered."""

import pytest

from commitments.models import Commitment
from milestones.models import DueDateChange, Milestone, NationProgress, ProgressUpdate
from tests.admin_pages import address, errors_of, save, sent_from
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    days_ago,
    make_correction,
    make_update,
    nation,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser(client):
    client.force_login(AccountFactory(superuser=True, username="boss"))
    return client


@pytest.fixture
def milestone():
    return MilestoneFactory(due_on=days_ago(10))


def cells_of(milestone):
    return {row.nation.code: row.level for row in milestone.nation_progress.in_scope()}


def test_superuser_adds_a_milestone_with_its_due_day_and_each_nation_has_a_cell(superuser):
    commitment = CommitmentFactory(nations=["sct", "wls"])
    page = superuser.get(address(Milestone, "add"), {"commitment": commitment.pk})

    superuser.post(
        address(Milestone, "add"),
        sent_from(page, number="1", text="Hold a workshop", due_on=str(days_ago(-30))),
    )

    milestone = commitment.milestones.get()
    assert milestone.due_on == days_ago(-30)
    assert cells_of(milestone) == {"sct": "", "wls": ""}
    assert not DueDateChange.objects.exists()


def test_due_day_that_moves_without_a_reason_is_refused_beside_the_reason(superuser, milestone):
    answer = save(superuser, milestone, due_on=str(days_ago(-100)), text="Other words")

    assert errors_of(answer) == {
        "due_reason": ["Say why the due day moves. The reason is published."]
    }
    assert sent_from(answer)["text"] == ["Other words"]
    assert milestone.due_on == days_ago(10)
    assert milestone.text != "Other words"


def test_due_day_moves_with_a_reason_and_the_earlier_day_can_be_read(superuser, milestone):
    institution = InstitutionFactory()

    save(
        superuser,
        milestone,
        due_on=str(days_ago(-100)),
        due_reason="The election came in between.",
        due_institution=str(institution.pk),
        text="Mended words",
    )

    assert milestone.due_on == days_ago(-100)
    assert milestone.text == "Mended words"
    change = milestone.due_date_changes.get()
    assert (change.moved_from, change.moved_to) == (days_ago(10), days_ago(-100))
    assert (change.institution, change.moved_by.username) == (institution, "boss")
    assert "The election came in between." in (
        superuser.get(address(Milestone, "change", milestone.pk)).text
    )
    assert {row.due_on for row in milestone.history.filter(text="Mended words")} == {
        days_ago(10),
        days_ago(-100),
    }


def test_due_day_cannot_be_taken_away(superuser, milestone):
    answer = save(superuser, milestone, due_on="", due_reason="No idea.")

    assert "can move, but not be taken away" in errors_of(answer)["due_on"][0]
    assert milestone.due_on == days_ago(10)


def test_reason_without_a_move_is_not_swallowed(superuser, milestone):
    answer = save(superuser, milestone, due_reason="It takes longer.")

    assert errors_of(answer) == {"due_on": ["This is already the due day. Enter another day."]}
    assert sent_from(answer)["due_reason"] == ["It takes longer."]


def test_milestone_without_a_due_day_is_given_one_with_a_reason(superuser):
    milestone = MilestoneFactory(due_on=None)

    save(superuser, milestone, due_on=str(days_ago(1)), due_reason="The plan names it now.")

    assert milestone.due_date_changes.get().moved_from is None
    assert milestone.due_on == days_ago(1)


def test_saving_what_is_unchanged_writes_nothing(superuser, milestone):
    versions = milestone.history.count()

    answer = save(superuser, milestone)

    assert answer.status_code == 302
    assert milestone.history.count() == versions
    assert not DueDateChange.objects.exists()


def test_number_of_a_public_milestone_is_fixed_and_that_of_a_draft_is_taken_once(superuser):
    public = MilestoneFactory()
    save(superuser, public, number="9")
    assert public.number == 1

    commitment = CommitmentFactory(draft=True)
    first, second = (MilestoneFactory(commitment=commitment) for _number in range(2))
    refused = save(superuser, second, number="1")
    assert errors_of(refused) == {
        "number": ["This commitment already has a milestone of this number."]
    }
    save(superuser, first, number="7")
    assert first.number == 7


def test_milestone_stays_with_its_commitment(superuser, milestone):
    other = CommitmentFactory()

    save(superuser, milestone, commitment=str(other.pk))

    assert milestone.commitment != other


def test_superuser_adds_milestones_on_the_page_of_the_commitment(superuser):
    commitment = CommitmentFactory(nations=["sct", "wls"])
    existing = MilestoneFactory(commitment=commitment)

    save(
        superuser,
        commitment,
        nations=[nation("sct").pk, nation("nir").pk],
        **{
            "milestones-TOTAL_FORMS": "2",
            "milestones-1-commitment": str(commitment.pk),
            "milestones-1-number": "2",
            "milestones-1-text": "Write it down",
            "milestones-1-due_on": str(days_ago(-5)),
        },
    )

    assert cells_of(existing) == {"sct": "", "nir": ""}
    added = commitment.milestones.get(number=2)
    assert added.due_on == days_ago(-5)
    assert cells_of(added) == {"sct": "", "nir": ""}


def test_milestone_of_a_number_that_is_taken_is_refused_beside_it(superuser):
    commitment = MilestoneFactory().commitment

    answer = save(
        superuser,
        commitment,
        **{
            "milestones-TOTAL_FORMS": "2",
            "milestones-1-commitment": str(commitment.pk),
            "milestones-1-number": "1",
            "milestones-1-text": "Once more",
        },
    )

    assert errors_of(answer) == {
        "milestones": ["This commitment already has a milestone of this number."],
        "milestones-1-__all__": ["Choose another number."],
    }
    assert commitment.milestones.count() == 1


def test_due_day_does_not_move_on_the_page_of_the_commitment(superuser, milestone):
    save(
        superuser,
        milestone.commitment,
        **{"milestones-0-due_on": str(days_ago(-9)), "milestones-0-text": "Other words"},
    )

    milestone.refresh_from_db()
    assert milestone.due_on == days_ago(10)
    assert milestone.text != "Other words"


def test_nation_with_a_published_level_cannot_be_taken_out(superuser):
    update = make_update(nations=["sct", "wls"])
    commitment = update.milestone.commitment

    answer = save(superuser, commitment, nations=[nation("sct").pk, nation("nir").pk])

    assert errors_of(answer) == {
        "nations": [
            "Wales stays: a level has been published for it at Milestone 1. To take it out, first"
            " publish a correction of that report which leaves the nation out."
        ]
    }
    assert commitment.nations.count() == 4

    make_correction(update, nations=["sct"])
    save(superuser, commitment, nations=[nation("sct").pk, nation("nir").pk])
    assert sorted(commitment.nations.values_list("code", flat=True)) == ["nir", "sct"]


def test_nation_with_a_draft_only_can_be_taken_out(superuser):
    update = make_update(nations=["sct", "wls"], publish=False)
    commitment = update.milestone.commitment

    save(superuser, commitment, nations=[nation("sct").pk])

    assert [row.code for row in commitment.nations.all()] == ["sct"]


def test_milestone_of_a_public_commitment_cannot_be_deleted(superuser, milestone):
    for ask in (superuser.get, superuser.post):
        answer = ask(address(Milestone, "delete", milestone.pk), {"post": "yes"})
        assert answer.status_code == 403
    superuser.post(
        address(Milestone, "changelist"),
        {"action": "delete_selected", "_selected_action": [milestone.pk], "post": "yes"},
    )

    assert Milestone.objects.filter(pk=milestone.pk).exists()


def test_milestone_of_a_draft_is_deleted_with_its_empty_cells_and_moved_days(superuser):
    milestone = MilestoneFactory(commitment=CommitmentFactory(draft=True))
    save(superuser, milestone, due_on=str(days_ago(-9)), due_reason="It takes longer.")
    assert NationProgress.objects.exists()

    superuser.post(address(Milestone, "delete", milestone.pk), {"post": "yes"})

    assert not Milestone.objects.exists()
    assert not NationProgress.objects.exists()
    assert not DueDateChange.objects.exists()


def test_milestone_of_a_draft_that_somebody_reported_on_stays_and_says_why(superuser):
    milestone = MilestoneFactory(commitment=CommitmentFactory(draft=True))
    update = make_update(milestone, publish=False)
    finding = FindingFactory(milestone=milestone, assessment__commitment=milestone.commitment)

    answer = superuser.post(address(Milestone, "delete", milestone.pk), {"post": "yes"})

    assert answer.status_code == 200
    assert address(ProgressUpdate, "change", update.pk) in answer.text
    assert address(type(finding), "change", finding.pk) in answer.text
    assert "Progress in a nation" not in answer.text
    assert Milestone.objects.filter(pk=milestone.pk).exists()


def test_moved_due_days_are_for_reading(superuser, milestone):
    save(superuser, milestone, due_on=str(days_ago(-9)), due_reason="It takes longer.")
    change = milestone.due_date_changes.get()

    for page in ("change", "delete"):
        answer = superuser.post(address(DueDateChange, page, change.pk), {"post": "yes"})
        assert answer.status_code == 403
    assert superuser.get(address(DueDateChange, "add")).status_code == 403


def test_list_shows_the_overall_level_and_finds_what_is_overdue(superuser):
    late = MilestoneFactory(due_on=days_ago(10))
    MilestoneFactory(due_on=days_ago(-10))
    make_update(late, "limited", nations=["sct"])

    page = superuser.get(address(Milestone, "changelist"), {"timing": "overdue"})

    assert list(page.context["cl"].result_list) == [late]
    assert "Limited (1 of 4 nations)" in page.text


def test_page_of_a_milestone_leads_to_reporting_progress(superuser, milestone):
    page = superuser.get(address(Milestone, "change", milestone.pk))

    assert f"{address(ProgressUpdate, 'add')}?milestone={milestone.pk}" in page.text
    assert page.context["absolute_url"] == milestone.get_absolute_url()


def test_draft_has_no_link_to_a_public_page(superuser):
    milestone = MilestoneFactory(commitment=CommitmentFactory(draft=True))

    for row in (milestone, milestone.commitment):
        page = superuser.get(address(type(row), "change", row.pk))
        assert not page.context["has_absolute_url"]
    assert Commitment.objects.public().count() == 0
