"""No administrator alone takes over an account that has signed in."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from ogp_tracker.accounts.change_requests import settle
from ogp_tracker.accounts.change_rules import Answer, Voice, why_not_confirm
from ogp_tracker.accounts.models import AccountChange, ChangeRequest
from tests.admin_pages import address, errors_of, save
from tests.factories import (
    AccountFactory,
    InstitutionFactory,
    MembershipFactory,
    administrator,
    officer_of,
)
from tests.signing_in import AuthenticatorFactory, TrackerClient, show_password, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Account = get_user_model()
NOW = timezone.now()


@pytest.fixture
def boss(client):
    account = administrator(username="boss", email="boss@example.org")
    sign_in(client, account)
    return account


@pytest.fixture
def second():
    return administrator(username="second", email="second@example.org")


@pytest.fixture
def lead():
    account = officer_of(InstitutionFactory(), "lead", email="lea@example.org", first_name="Lea")
    Account.objects.filter(pk=account.pk).update(last_login=NOW)
    AuthenticatorFactory(user=account)
    return Account.objects.get(pk=account.pk)


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def link_in(mailoutbox):
    (email,) = [one for one in mailoutbox if "/accounts/change/" in one.body]
    return email, re.search(r"/accounts/change/\S+", email.body)[0]


def ask_for_address(client, lead, at_once):
    with at_once():
        return save(client, lead, email="thief@example.org")


def test_new_address_waits_and_is_told_at_the_old_one(client, boss, lead, mailoutbox, at_once):
    ask_for_address(client, lead, at_once)

    lead.refresh_from_db()
    assert lead.email == "lea@example.org"
    email, link = link_in(mailoutbox)
    assert email.to == ["lea@example.org"]
    words = "boss asks to change the email address of Lea from lea@example.org to thief@example.org"
    assert words in " ".join(email.body.split())
    assert "Did you want this change?" in Client().get(link).text
    shown = client.get(address(Account, "change", lead.pk)).text
    assert "A change waits for confirmation" in shown
    assert errors_of(save(client, lead, email="other@example.org"))["email"] == [
        "A change to this account is already waiting. Answer that first."
    ]


def test_person_confirms_by_the_link_once(client, boss, lead, mailoutbox, at_once):
    ask_for_address(client, lead, at_once)
    _email, link = link_in(mailoutbox)
    mailoutbox.clear()

    with at_once():
        page = Client().post(link, {"answer": "confirm"})

    assert "the change is made" in page.text
    lead.refresh_from_db()
    assert lead.email == "thief@example.org"
    told = {one.to[0] for one in mailoutbox}
    assert told == {"lea@example.org", "thief@example.org", "boss@example.org"}
    change = lead.changes.get(kind="address", old="lea@example.org")
    assert (change.new, change.by) == ("thief@example.org", lead)
    assert "This link no longer works" in Client().post(link, {"answer": "confirm"}).text
    assert lead.changes.filter(kind="confirmed").count() == 1


def test_person_refuses_and_all_administrators_read_it(client, boss, lead, mailoutbox, at_once):
    ask_for_address(client, lead, at_once)
    _email, link = link_in(mailoutbox)
    mailoutbox.clear()

    with at_once():
        Client().post(link, {"answer": "refuse"})

    lead.refresh_from_db()
    assert lead.email == "lea@example.org"
    assert {one.to[0] for one in mailoutbox} == {"lea@example.org", "boss@example.org"}
    assert "Lea has refused this." in mailoutbox[0].body
    assert ChangeRequest.objects.get().state == "refused"


def test_link_of_somebody_else_or_after_a_week_does_nothing(
    client, boss, lead, mailoutbox, at_once
):
    ask_for_address(client, lead, at_once)
    _email, link = link_in(mailoutbox)

    assert "not complete" in Client().post(f"{link[:-2]}x/", {"answer": "confirm"}).text
    ChangeRequest.objects.update(asked_at=NOW - timedelta(days=7, minutes=1))
    assert "it has expired" in Client().post(link, {"answer": "confirm"}).text

    lead.refresh_from_db()
    assert lead.email == "lea@example.org"


def test_requester_never_confirms(client, boss, lead, at_once):
    with at_once():
        client.post(address(Account, "two_steps", lead.pk))
    waiting = ChangeRequest.objects.get()

    page = client.post(address(Account, "request", lead.pk), {"answer": "confirm"}, follow=True)

    assert "You asked for this, so somebody else has to confirm it." in page.text
    assert Authenticator.objects.filter(user=lead).exists()
    with pytest.raises(ValidationError, match="somebody else"):
        settle(waiting, by=boss, voice=Voice.ADMINISTRATOR, confirm=True)
    with pytest.raises(ValidationError, match="Only an administrator"):
        settle(waiting, by=lead, voice=Voice.ADMINISTRATOR, confirm=True)
    with pytest.raises(ValidationError, match="Only an administrator"):
        settle(waiting, by=AccountFactory(), voice=Voice.LINK, confirm=False)
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        ChangeRequest.objects.update(state="confirmed", settled_by=boss)
    with pytest.raises(IntegrityError, match="not_for_oneself"), transaction.atomic():
        ChangeRequest.objects.update(asked_by=lead)


def test_second_administrator_confirms_if_not_made_for_it(client, boss, second, lead, at_once):
    with at_once():
        client.post(address(Account, "two_steps", lead.pk))
    other = sign_in(TrackerClient(), second)
    path = address(Account, "request", lead.pk)

    assert "Changes of accounts that wait" in other.get("/admin/").text
    assert "Changes of accounts that wait" not in client.get("/admin/").text
    page = other.post(path, {"answer": "confirm"}, follow=True)
    assert "changed less than seven days before this request" in page.text
    # The log is only ever added to: the request is made late instead of the role old.
    ChangeRequest.objects.update(asked_at=NOW + timedelta(days=8))
    with at_once():
        other.post(path, {"answer": "confirm"})

    assert not Authenticator.objects.filter(user=lead).exists()
    reset = lead.changes.get(kind="two_steps")
    assert (reset.old, reset.new, reset.by) == ("Set up", "Reset", second)


@pytest.mark.parametrize(
    ("who", "voice", "given", "may"),
    [
        (3, Voice.ADMINISTRATOR, {}, True),
        (2, Voice.ADMINISTRATOR, {}, False),
        (1, Voice.ADMINISTRATOR, {}, False),
        (1, Voice.LINK, {}, True),
        (1, Voice.LINK, {"is_open": False}, False),
        (1, Voice.LINK, {"is_current": False}, False),
        (3, Voice.ADMINISTRATOR, {"is_current": False}, False),
    ],
)
def test_rule_says_who_may_confirm(who, voice, given, may):
    facts = {"account": 1, "asked_by": 2, "asked_at": NOW, "is_open": True, "is_current": True}
    answer = Answer(**facts | given, by=who, voice=voice)

    assert (why_not_confirm(answer) == "") == may


def test_invited_person_has_a_wrong_address_corrected_at_once(client, boss, mailoutbox, at_once):
    account = AccountFactory(email="old@example.org")

    with at_once():
        save(client, account, email="new@example.org")

    assert account.email == "new@example.org"
    assert {one.to[0] for one in mailoutbox} == {"old@example.org", "new@example.org"}
    assert "changed from old@example.org to new@example.org" in " ".join(mailoutbox[0].body.split())


def test_person_who_changes_her_own_address_is_told_at_both(lead, mailoutbox, at_once):
    own = sign_in(TrackerClient(), lead)
    show_password(own, lead)
    with at_once():
        own.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    link = re.search(r"/accounts/confirm-email/\S+", mailoutbox[-1].body)[0]
    with at_once():
        own.post(link)

    assert [one.to[0] for one in mailoutbox] == ["new@example.org", "lea@example.org"]
    change = lead.changes.get(kind="address", old="lea@example.org")
    assert (change.new, change.by) == ("new@example.org", lead)


def test_people_who_sign_off_read_of_a_new_approver(client, boss, lead, mailoutbox, at_once):
    with at_once():
        institution = lead.memberships.get().institution
        new = {"role": "lead", "institution": str(institution.pk)}
        save(client, boss, **{f"memberships-1-{name}": value for name, value in new.items()})

    (email,) = mailoutbox
    assert email.to == ["lea@example.org"]
    assert f"boss has given boss a role: Lead: {institution}." in " ".join(email.body.split())
    change = boss.changes.get(new=f"Lead: {institution}")
    assert (change.kind, change.by) == ("role", boss)


@pytest.mark.usefixtures("boss")
def test_person_reads_of_a_new_role_and_where_its_work_is(client, lead, mailoutbox, at_once):
    given = lead.memberships.get()
    new = {"memberships-1-role": "reporter", "memberships-1-institution": str(given.institution_id)}
    with at_once():
        save(client, lead, **new)

    (email,) = [one for one in mailoutbox if one.to == ["lea@example.org"]]
    assert f"a new role: Reporter: {given.institution}." in " ".join(email.body.split())
    assert "/admin/\n" in email.body


def test_operator_resets_and_changes_the_address_and_everybody_reads_it(
    boss, lead, mailoutbox, at_once, capsys
):
    with at_once():
        call_command("reset_two_step", "lea@example.org", "--new-address=lea@new.example")

    lead.refresh_from_db()
    assert lead.email == "lea@new.example"
    assert not Authenticator.objects.filter(user=lead).exists()
    assert {one.to[0] for one in mailoutbox} == {
        "lea@example.org",
        "lea@new.example",
        "boss@example.org",
    }
    lines = set(lead.changes.values_list("kind", "old", "new", "by"))
    assert lines >= {
        ("address", "lea@example.org", "lea@new.example", None),
        ("two_steps", "Set up", "Reset", None),
    }
    with pytest.raises(CommandError, match="No account has the address “nobody”"):
        call_command("reset_two_step", "nobody")
    with pytest.raises(CommandError, match="has this address"):
        call_command("reset_two_step", "lea@new.example", "--new-address=boss@example.org")


def test_log_is_only_added_to(lead):
    for act in (
        lambda rows: rows.update(new="Nothing"),
        lambda rows: rows.update(new="…"),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            act(AccountChange.objects.filter(account=lead))


def test_log_has_every_change_of_a_role(client, boss):
    row = MembershipFactory(role="reporter")
    account, institution = row.account, row.institution
    row.role = "lead"
    row.save()
    row.account = boss
    row.save()
    row.delete()

    assert list(account.changes.order_by("pk").values_list("old", "new"))[-3:] == [
        ("", f"Reporter: {institution}"),
        (f"Reporter: {institution}", f"Lead: {institution}"),
        (f"Lead: {institution}", ""),
    ]
    page = client.get(address(Account, "history", boss.pk)).text
    assert f"Lead: {institution}" in page
    assert "On the server" in page
