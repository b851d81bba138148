"""A person is forgotten on request; what the account did stays, with institution and role."""

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from commitments.models import Commitment
from milestones.models import Milestone, ProgressUpdate, UpdateStep
from ogp_tracker.following.models import Follower
from ogp_tracker.mistakes.models import Mistake
from tests.admin_pages import address, save
from tests.factories import (
    MilestoneFactory,
    ReminderFactory,
    administrator,
    lead_of,
    make_update,
    officer_of,
)
from tests.signing_in import AuthenticatorFactory, sign_in, sign_in_with_password, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NAMES = ("siân", "pritchard")


def rows_that_name_the_person():
    return [
        model.__name__
        for model in apps.get_models()
        for row in model._base_manager.values()
        for text in [f"{row}{Session(**row).get_decoded() if model is Session else ''}"]
        if any(name in text.replace("\\\\u00e2", "â").casefold() for name in NAMES)
    ]


@pytest.fixture
def boss(client):
    return sign_in(client, administrator(username="boss"))


@pytest.fixture
def person(boss):
    """A reporter with everything that names her, in rows and in the log of the admin."""
    lead = lead_of(MilestoneFactory().commitment)
    account = with_password(
        officer_of(
            lead, "lead", username="siân.old", first_name="Siân", email="sian@pritchard.example"
        )
    )
    account.username = "siân.pritchard"
    account.save()
    save(boss, account, **{"memberships-0-role": "reporter"})
    sign_in_with_password(Client(), account)
    AuthenticatorFactory(user=account)
    sign_in_with_password(Client(), account)  # Half-way, without the code.
    EmailAddress.objects.create(user=account, email="new@pritchard.example")
    ReminderFactory(account=account, address=account.email)
    Follower.objects.create(address="Sian@Pritchard.example")
    Mistake.objects.create(text="Wrong.", email="Sian@Pritchard.example")
    return account


def test_person_is_forgotten_and_what_she_did_stays(boss, person):
    institution = person.memberships.get().institution
    update = make_update(Milestone.objects.get(), by=person)
    make_update(update.milestone, "substantial", by=person, publish=False)
    commitment = update.milestone.commitment
    commitment._change_reason = "Imported from siân.pritchard.csv"
    commitment._history_user = person
    commitment.save()
    did = (list(ProgressUpdate.objects.values()), list(UpdateStep.objects.values()))
    before = LogEntry.objects.count()
    assert len(set(rows_that_name_the_person())) == 9
    chosen = {"action": "make_anonymous", "_selected_action": [person.pk]}

    page = boss.post(address(User, "changelist"), chosen)
    assert "Nobody can undo this." in page.text
    assert User.objects.filter(first_name="Siân").exists()
    boss.post(address(User, "changelist"), chosen | {"post": "yes"})

    assert rows_that_name_the_person() == []
    log = person.changes.order_by("pk").values_list("kind", "old", "new")
    assert ("address", "", "…") in log
    assert ("role", f"Lead: {institution}", f"Reporter: {institution}") in log
    person.refresh_from_db()
    assert (person.username, person.is_active) == (f"anonymous-{person.pk}", False)
    assert not person.has_usable_password()
    assert person.memberships.get().institution == institution
    assert did == (list(ProgressUpdate.objects.values()), list(UpdateStep.objects.values()))
    version = Commitment.history.filter(history_user=person).latest()
    assert (version.history_role, version.history_institution) == ("reporter", institution)
    assert version.history_change_reason == "Imported from ….csv"
    assert LogEntry.objects.count() == before + 1
    assert all(entry.get_change_message() for entry in LogEntry.objects.all())


def test_administrator_cannot_forget_herself(boss):
    own = User.objects.get(username="boss")
    chosen = {"action": "make_anonymous", "_selected_action": [own.pk], "post": "yes"}

    page = boss.post(address(User, "changelist"), chosen, follow=True)

    assert "Ask another administrator." in page.text
    own.refresh_from_db()
    assert own.username == "boss"
