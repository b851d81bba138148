"""A point of contact moves a due day on a page of its own; the first day stays."""

import pytest

from milestones import services
from milestones.models import DueDateChange, Milestone
from tests.admin_pages import address, messages_of, sent_from
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    contact_for,
    days_ago,
    lead_of,
    nation,
    officer_of,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

DUE = days_ago(10)


@pytest.fixture
def milestone():
    return MilestoneFactory(due_on=DUE)


@pytest.fixture
def account(milestone):
    return contact_for(milestone.commitment, username="contact")


@pytest.fixture
def contact(client, account):
    return sign_in(client, account)


def page_for(milestone):
    return address(Milestone, "due_date", milestone.pk)


def move(client, milestone, **answers):
    page = client.get(page_for(milestone))
    given = {"to": str(days_ago(-100)), "reason": "The election came in between."} | answers
    answer = client.post(page_for(milestone), sent_from(page, **given))
    milestone.refresh_from_db()
    return answer


def errors_on(answer):
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


def test_due_day_moves_with_its_reason_in_the_name_of_the_only_institution(
    contact, milestone, account
):
    answer = move(contact, milestone)

    assert answer.url == address(Milestone, "change", milestone.pk)
    assert messages_of(contact.get(answer.url))[0].startswith("The due day of")
    assert milestone.due_on == days_ago(-100)
    change = milestone.due_date_changes.get()
    assert (change.moved_from, change.moved_to) == (DUE, days_ago(-100))
    assert change.institution == account.memberships.get().institution
    assert change.moved_by == account
    assert "The election came in between." in contact.get(milestone.get_absolute_url()).text


def test_page_shows_the_first_day_and_every_move(contact, milestone):
    move(contact, milestone)
    move(contact, milestone, to=str(days_ago(-200)), reason="And once more.")

    page = contact.get(page_for(milestone))

    assert page.context["first_date"] == DUE
    assert "The election came in between." in page.text
    assert "And once more." in page.text


def test_point_of_contact_of_two_institutions_says_on_whose_behalf(contact, milestone, account):
    second = InstitutionFactory(name="Second office", nation=nation("eng"))
    MembershipFactory(account=account, institution=second, role="point_of_contact")
    reporter_only = InstitutionFactory()
    MembershipFactory(account=account, institution=reporter_only)

    refused = move(contact, milestone)
    assert errors_on(refused) == {"institution": ["Choose the institution in whose name it moves."]}
    assert reporter_only not in refused.context["form"].fields["institution"].queryset
    move(contact, milestone, institution=second.pk)

    assert milestone.due_date_changes.get().institution == second


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ({"reason": " \n "}, "reason", "Say why the due day moves."),
        ({"reason": "a\0b"}, "reason", "character in it that cannot be kept"),
        ({"to": ""}, "to", "Enter the new due day."),
        ({"to": "31/2/2026"}, "to", "There is no such day."),
        ({"to": str(DUE)}, "to", "This is already the due day."),
    ],
)
def test_move_that_breaks_a_rule_is_refused_beside_its_field(
    contact, milestone, answers, field, words
):
    answer = move(contact, milestone, **answers)

    assert list(errors_on(answer)) == [field]
    assert words in errors_on(answer)[field][0]
    assert [problem.target for problem in answer.context["problems"]] == [f"id_{field}"]
    assert f'aria-describedby="id_{field}_helptext id_{field}_error"' in answer.text
    assert milestone.due_on == DUE
    assert not DueDateChange.objects.exists()


def test_who_moves_a_day_that_a_colleague_has_just_moved_is_told_first(contact, milestone):
    page = contact.get(page_for(milestone))
    typed = sent_from(page, to=str(days_ago(-100)), reason="My reason.")
    services.move_due_date(
        milestone, to=days_ago(-50), reason="Her reason.", institution=None, by=None
    )

    told = contact.post(page_for(milestone), typed)

    assert "A colleague has moved it meanwhile" in errors_on(told)["to"][0]
    assert "Her reason." in told.text
    again = sent_from(told)
    assert again["reason"] == ["My reason."]
    milestone.refresh_from_db()
    assert milestone.due_on == days_ago(-50)

    contact.post(page_for(milestone), again)
    milestone.refresh_from_db()
    assert milestone.due_on == days_ago(-100)
    assert milestone.due_date_changes.count() == 2


def test_only_the_point_of_contact_moves_it(client, milestone):
    commitment = milestone.commitment
    for account in (
        officer_of(lead_of(commitment)),
        officer_of(lead_of(commitment), "lead"),
        contact_for(CommitmentFactory()),
    ):
        sign_in(client, account)
        for ask in (client.get, client.post):
            assert ask(page_for(milestone), {"to": "1/1/2030"}).status_code in (403, 404)
        page = client.get(address(Milestone, "change", milestone.pk), follow=True)
        assert page_for(milestone) not in page.text
    assert not DueDateChange.objects.exists()
