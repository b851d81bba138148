"""A person is forgotten on request; what the account did stays, with institution and role."""

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from commitments.models import Commitment, Membership
from milestones.models import Milestone
from ogp_tracker.following.models import Follower
from tests.admin_pages import address, row_of, save
from tests.factories import (
    MembershipFactory,
    MilestoneFactory,
    ReminderFactory,
    administrator,
    lead_of,
    make_update,
)
from tests.signing_in import (
    AuthenticatorFactory,
    TrackerClient,
    show_password,
    sign_in,
    sign_in_with_password,
    with_password,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NAMES = ("siân", "pritchard")
CHOSEN = {"action": "make_anonymous"}


@pytest.fixture
def boss(client):
    return sign_in(client, administrator(username="boss"))


def rows_that_name_the_person():
    """Look through every column of every table, and into sessions."""
    found = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            text = f"{row}{Session(**row).get_decoded() if model is Session else ''}"
            if any(name in text.replace("\\\\u00e2", "â").casefold() for name in NAMES):
                found.append((model.__name__, row))
    return found


@pytest.fixture
def person(boss):
    """A lead with everything that names her, in rows and in the log of the admin."""
    membership = MembershipFactory(
        institution=lead_of(MilestoneFactory().commitment),
        role="lead",
        account__username="siân.old",
        account__first_name="Siân",
        account__last_name="Pritchard",
        account__email="sian@pritchard.example",
    )
    account = with_password(membership.account)
    save(boss, account, username="siân.pritchard")
    page = boss.get(address(User, "change", account.pk))
    save(boss, account, **{f"{row_of(page, membership)}-role": "reporter"})
    boss.post(address(Membership, "change", membership.pk), {"role": "reporter"})
    account.refresh_from_db()
    sign_in_with_password(Client(), account)
    AuthenticatorFactory(user=account)
    sign_in_with_password(Client(), account)  # Half-way, without the code.
    browser = TrackerClient()
    browser.force_login(account)
    show_password(browser, account)
    browser.post("/accounts/email/", {"email": "new@pritchard.example", "action_add": ""})
    ReminderFactory(account=account, address=account.email)
    Follower.objects.create(address="Sian@Pritchard.example")
    return account


def test_person_is_forgotten_and_what_she_did_stays(boss, person):
    institution = person.memberships.get().institution
    update = make_update(Milestone.objects.get(), by=person)
    draft = make_update(update.milestone, "substantial", by=person, publish=False)
    commitment = update.milestone.commitment
    commitment._change_reason = "Imported from siân.pritchard.csv"
    commitment._history_user = person
    commitment.save()
    steps = list(update.steps.values())
    before = LogEntry.objects.count()
    assert len({name for name, _ in rows_that_name_the_person()}) >= 7

    page = boss.post(
        address(User, "changelist"), CHOSEN | {"_selected_action": [person.pk]}, follow=True
    )
    assert "Nobody can undo this." in page.text
    person.refresh_from_db()
    assert person.first_name == "Siân"
    confirmed = CHOSEN | {"_selected_action": [person.pk], "post": "yes"}
    boss.post(address(User, "changelist"), confirmed)

    assert rows_that_name_the_person() == []
    person.refresh_from_db()
    assert (person.username, person.is_active) == (f"anonymous-{person.pk}", False)
    assert not person.has_usable_password()
    assert person.memberships.get().institution == institution
    update.refresh_from_db()
    draft.refresh_from_db()
    assert update.recorded_by == draft.recorded_by == person
    assert (update.institution, list(update.steps.values())) == (institution, steps)
    version = Commitment.history.filter(history_user=person).latest()
    assert (version.history_role, version.history_institution) == ("reporter", institution)
    assert version.history_change_reason == "Imported from ….csv"
    assert LogEntry.objects.count() == before + 1
    assert LogEntry.objects.latest("pk").object_repr == person.username
    for entry in LogEntry.objects.all():
        entry.get_change_message()


def test_only_an_administrator_does_it_and_not_to_the_own_account(boss, person):
    own = User.objects.get(username="boss")
    confirmed = {"_selected_action": [own.pk, person.pk], "post": "yes"} | CHOSEN

    page = boss.post(address(User, "changelist"), confirmed, follow=True)
    sign_in(boss, MembershipFactory(role="lead").account)
    refused = boss.post(address(User, "changelist"), confirmed | {"_selected_action": [person.pk]})

    assert "Ask another administrator." in page.text
    assert refused.status_code == 403
    person.refresh_from_db()
    assert person.username == "siân.pritchard"
