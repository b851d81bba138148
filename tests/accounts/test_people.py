"""An administrator adds a person in one step, and says that somebody has left."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.admin_pages import address, errors_of, save, sent_from
from tests.factories import (
    AccountFactory,
    InstitutionFactory,
    MilestoneFactory,
    administrator,
    lead_of,
    make_update,
    officer_of,
)
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Account = get_user_model()


@pytest.fixture
def boss(client):
    account = administrator(username="boss", first_name="Bo", last_name="Ss")
    sign_in(client, account)
    return account


@pytest.fixture
def add(client, boss, django_capture_on_commit_callbacks):
    def send(**changes):
        new = {"first_name": "Rhona", "last_name": "Ó Baoill", "email": "rhona@example.org"}
        page = client.get(address(Account, "add"))
        new |= {"memberships-0-role": "lead"} | changes
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address(Account, "add"), sent_from(page, **new), follow=True)

    return send


def test_person_is_added_with_role_and_invitation_in_one_step(add, client, boss, mailoutbox):
    institution = InstitutionFactory()
    add(**{"memberships-0-institution": str(institution.pk)})

    account = Account.objects.get(email="rhona@example.org")
    assert (account.username, account.has_usable_password()) == ("rhona.o.baoill", False)
    assert account.memberships.get().institution == institution
    (email,) = [one for one in mailoutbox if one.to == ["rhona@example.org"]]
    assert email.body.startswith("Dear Rhona Ó Baoill,\n\nYou have an account")
    assert max(map(len, email.body.splitlines())) < 200
    link = re.search(r"/accounts/password/reset/key/\S+", email.body)[0]
    assert 'name="password1"' in Client().get(link, follow=True).text
    page = client.get(address(Account, "invitation", account.pk))
    assert "The invitation was sent" in page.text
    assert "What Rhona Ó Baoill has to do" in page.text

    client.post(address(Account, "invitation", account.pk))
    assert [one.to for one in mailoutbox].count(["rhona@example.org"]) == 2
    assert [(one.kind, one.new, one.by) for one in account.changes.order_by("pk")] == [
        ("address", "rhona@example.org", boss),
        ("role", f"Lead: {institution}", boss),
        ("invited", "rhona@example.org", boss),
        ("invited", "rhona@example.org", boss),
    ]

    rhona, told = Client(), len(mailoutbox)
    chosen = dict.fromkeys(("password1", "password2"), "four purple boats eat")
    rhona.post(rhona.get(link, follow=True).request["PATH_INFO"], chosen)
    account.refresh_from_db()
    assert (account.has_usable_password(), len(mailoutbox)) == (True, told)


def test_role_is_added_in_the_empty_row_of_the_page(client, boss):
    lead = officer_of(InstitutionFactory(), "lead")
    second = str(InstitutionFactory().pk)

    save(client, lead, **{"memberships-1-role": "reporter", "memberships-1-institution": second})
    save(client, lead)

    assert list(lead.memberships.values_list("role", flat=True)) == ["lead", "reporter"]


def test_person_needs_name_address_and_role(add):
    AccountFactory(username="iain", first_name="Iain", last_name="Reid", email="i@example.org")

    page = add(first_name="", email="I@example.org", **{"memberships-0-role": ""})

    errors = errors_of(page)
    assert errors["first_name"] == ["Enter the name of the person."]
    assert errors["email"] == ["Iain Reid (user name iain) has this address. Enter another one."]
    assert errors["memberships-0-role"] == ["Choose a role."]
    assert Account.objects.filter(first_name="Rhona").count() == 0


def test_page_says_that_the_invitation_could_not_be_sent(add, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    page = add(**{"memberships-0-institution": str(InstitutionFactory().pk)})

    assert "No invitation has been sent" in page.text
    assert not Account.objects.get(first_name="Rhona").changes.filter(kind="invited").exists()


def test_namesakes_have_names_of_their_own(add):
    for number in ("", "2", "3"):
        add(email=f"r{number}@example.org", **{"memberships-0-role": "administrator"})

    names = Account.objects.filter(first_name="Rhona").order_by("pk")
    assert [one.username for one in names] == [
        "rhona.o.baoill",
        "rhona.o.baoill.2",
        "rhona.o.baoill.3",
    ]


def test_leaver_is_switched_off_after_reading_what_waits(client, boss):
    milestone = MilestoneFactory()
    institution = lead_of(milestone.commitment)
    leaver = officer_of(institution, "lead", first_name="Lea", last_name="Ver")
    make_update(milestone, by=leaver, publish=False)
    session = sign_in(Client(), leaver).session.session_key
    path = address(Account, "left", leaver.pk)

    page = client.get(path)
    assert f"Nobody else can sign off for {institution}." in page.text
    assert "Nobody can go on until" in page.text
    assert Account.objects.get(pk=leaver.pk).is_active
    officer_of(institution, "lead", first_name="Stay", last_name="Er")
    page = client.post(path, follow=True)

    leaver.refresh_from_db()
    assert not leaver.is_active
    assert not Session.objects.filter(pk=session).exists()
    assert "What to do next" in page.text
    assert "drafts or returned. Stay Er can go on." in page.text
    assert "Nobody else" not in page.text
    change = leaver.changes.get(kind="access")
    assert (change.old, change.new, change.by) == ("Active", "Switched off", boss)

    client.post(path, {"answer": "back"})
    leaver.refresh_from_db()
    assert leaver.is_active


def test_invitation_is_not_sent_again_to_who_has_signed_in(client, boss, mailoutbox):
    account = AccountFactory(email="a@example.org", last_login=timezone.now())

    client.post(address(Account, "invitation", account.pk))

    assert mailoutbox == []
