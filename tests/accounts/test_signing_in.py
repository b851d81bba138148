"""Signing in and out, a forgotten password, another address: what an officer can do herself."""

import re
from smtplib import SMTPServerDisconnected
from unittest.mock import Mock

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.urls import NoReverseMatch, reverse

from ogp_tracker.accounts import passwords
from ogp_tracker.accounts.adapters import AccountAdapter
from tests.admin_pages import errors_of, save
from tests.factories import AccountFactory, MembershipFactory, administrator
from tests.pages import read
from tests.signing_in import (
    PASSWORD,
    ask_for_a_link,
    show_password,
    sign_in_with_password,
    with_password,
)

pytestmark = pytest.mark.django_db

Account = get_user_model()
LOGIN = "/accounts/login/"
NEW_PASSWORD = "five words make better passwords"


@pytest.fixture
def rhona():
    account = AccountFactory(username="rhona", email="rhona@example.org")
    MembershipFactory(account=account)
    return with_password(account)


def link_in(mail):
    return re.search(r"http://\S+(/accounts/\S+)", mail.body)[1]


@pytest.mark.parametrize("name", ["rhona", "rhona@example.org", "Rhona@Example.org", " rhona "])
def test_officer_signs_in_by_user_name_or_address(client, rhona, name):
    answer = client.post(LOGIN, {"login": name, "password": PASSWORD})

    assert answer.headers["Location"] == "/admin/"


def test_officer_comes_back_to_the_page_that_she_asked_for(client, rhona):
    asked = client.get("/admin/milestones/milestone/?q=sea")
    assert asked.headers["Location"] == f"{LOGIN}?next=/admin/milestones/milestone/%3Fq%3Dsea"

    page = client.get(asked.headers["Location"])
    answer = sign_in_with_password(client, rhona, next=page.context["redirect_field_value"])

    assert answer.headers["Location"] == "/admin/milestones/milestone/?q=sea"


def test_sign_in_leads_to_no_other_site(client, rhona):
    answer = sign_in_with_password(client, rhona, next="https://evil.example/")

    assert answer.headers["Location"] == "/admin/"


def test_sign_in_of_the_admin_section_is_that_of_the_site(client):
    assert client.get("/admin/login/").headers["Location"] == f"{LOGIN}?next=%2Fadmin%2F"
    answer = client.get("/admin/login/?next=/admin/irm/report/")
    assert answer.headers["Location"] == f"{LOGIN}?next=%2Fadmin%2Firm%2Freport%2F"
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


def test_officer_signs_out_to_the_front_page_and_no_cookie_stays_in_her_browser(client, rhona):
    client.force_login(rhona)

    answer = client.post("/accounts/logout/")

    assert answer.headers["Location"] == "/"
    assert list(answer.cookies) == ["sessionid"]
    assert answer.cookies["sessionid"]["max-age"] == 0
    assert client.get("/admin/").status_code == 302


def test_sign_out_asks_first_when_it_is_only_opened(client, rhona):
    client.force_login(rhona)

    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/admin/").status_code == 200


def test_account_that_was_switched_off_is_told_so_only_with_its_password(client, rhona):
    Account.objects.update(is_active=False)

    assert sign_in_with_password(client, rhona).headers["Location"] == "/accounts/inactive/"
    assert client.get("/admin/").status_code == 302
    wrong = client.post(LOGIN, {"login": "rhona", "password": "wrong"})
    assert "This account" not in wrong.text


# Closed to strangers -----------------------------------------------------------------------------


def test_stranger_cannot_make_an_account(client):
    typed = {"username": "eve", "email": "eve@example.org", "password1": PASSWORD}

    for answer in (
        client.get("/accounts/signup/"),
        client.post("/accounts/signup/", typed | {"password2": PASSWORD}),
    ):
        assert "You cannot create an account yourself" in answer.text
    assert not Account.objects.exists()


def test_stranger_does_not_learn_by_forgetting_a_password_which_addresses_exist(
    client, rhona, mailoutbox, monkeypatch
):
    AccountFactory(email="off@example.org", is_active=False)
    written = Mock(side_effect=AccountAdapter().render_mail)
    monkeypatch.setattr(AccountAdapter, "render_mail", written)

    answers = [ask_for_a_link(client, f"{name}@example.org") for name in ("rhona", "nobody", "off")]

    assert len({(str(answer.redirect_chain), answer.text) for answer in answers}) == 1
    # Written for all of them, so that the time does not tell, either.
    assert written.call_count == 3
    assert [mail.to for mail in mailoutbox] == [["rhona@example.org"]]


def test_page_does_not_wait_for_a_mail_server_that_does_not_answer(
    client, rhona, monkeypatch, caplog
):
    refuse = Mock(side_effect=SMTPServerDisconnected("gone"))
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)

    assert "we have sent an email to it" in ask_for_a_link(client, rhona.email).text
    assert caplog.messages == ["A link for a new password could not be sent: gone"]


def test_officer_does_not_learn_by_changing_hers_which_addresses_exist(client, rhona):
    AccountFactory(email="other@example.org")
    client.force_login(rhona)
    show_password(client, rhona)

    answers = [
        client.post("/accounts/email/", {"email": email, "action_add": ""})
        for email in ("other@example.org", "free@example.org")
    ]

    assert [answer.status_code for answer in answers] == [302, 302]


def test_page_that_nobody_needs_does_not_answer():
    for name in ("email_verification_sent", "confirm_login_code", "request_login_code"):
        with pytest.raises(NoReverseMatch):
            reverse(f"account_{name}")
    for name in ("reauthenticate", "signup_webauthn", "trust"):
        with pytest.raises(NoReverseMatch):
            reverse(f"mfa_{name}")


# A forgotten password ----------------------------------------------------------------------------


def test_officer_who_forgot_her_password_chooses_a_new_one(client, rhona, mailoutbox):
    ask_for_a_link(client, rhona.email)
    (mail,) = mailoutbox
    assert mail.subject == "Open Government Tracker: Choose a new password"
    assert not mail.alternatives
    page = client.get(link_in(mail), follow=True)
    typed = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    done = client.post(page.request["PATH_INFO"], typed)

    assert done.headers["Location"] == "/admin/"
    rhona.refresh_from_db()
    assert rhona.check_password(NEW_PASSWORD)
    assert mailoutbox[-1].subject == "Open Government Tracker: Your password was changed"
    assert "no longer works" in client.get(link_in(mail), follow=True).text


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Summer2026", "at least 12 characters"),
        ("P@ssw0rd1", "at least 12 characters"),
        ("rhona", "too similar"),
        ("Summer2026Summer", "easy to guess. Choose four words"),
        ("1qaz2wsx3edc4rfv", "easy to guess. Choose four words"),
        ("Purple-Rhona-eats-22-boats", "Leave out “rhona”"),
        ("purple G0vernment eats 22 boats", "Leave out “government”"),
        ("purple localhost eats 22 boats", "Leave out “localhost”"),
    ],
)
def test_weak_password_is_refused_beside_its_field(client, rhona, password, said):
    client.force_login(rhona)
    typed = {"oldpassword": PASSWORD, "password1": password, "password2": password}

    page = client.post("/accounts/password/change/", typed)

    assert said in " ".join(page.context["form"].errors["password1"])
    assert 'id="id_password1_error"' in page.text
    assert 'aria-describedby="id_password1_helptext id_password1_error"' in page.text


def test_long_password_is_judged_by_its_beginning(monkeypatch):
    judge = Mock(return_value=Mock(score=4))
    monkeypatch.setattr(passwords, "zxcvbn", judge)

    validate_password("four purple boats eat " * 5_000)

    judge.assert_called_once_with("four purple boats eat four purple boats e"[:40])


def test_officer_who_changes_her_password_is_signed_out_everywhere_else(client, rhona):
    elsewhere = type(client)()
    for browser in (client, elsewhere):
        browser.force_login(rhona)
    typed = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    client.post("/accounts/password/change/", typed)

    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


# Another address ---------------------------------------------------------------------------------


def test_new_address_counts_when_its_link_was_followed(client, rhona, mailoutbox):
    client.force_login(rhona)
    show_password(client, rhona)

    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    rhona.refresh_from_db()
    assert rhona.email == "rhona@example.org"
    asked = mailoutbox[-1]
    assert asked.to == ["new@example.org"]
    client.post(link_in(asked))

    rhona.refresh_from_db()
    assert rhona.email == "new@example.org"
    assert [row.email for row in EmailAddress.objects.filter(user=rhona)] == ["new@example.org"]
    told = mailoutbox[-1]
    assert told.to == ["rhona@example.org"]
    assert "from rhona@example.org to new@example.org" in told.body


def test_address_that_an_administrator_replaced_opens_nothing_any_more(client, rhona, mailoutbox):
    rhona.email = "office@example.org"
    rhona.save()

    client.post(LOGIN, {"login": "rhona@example.org", "password": PASSWORD})
    assert client.get("/admin/").status_code == 302
    ask_for_a_link(client, "rhona@example.org")
    assert not mailoutbox
    answer = client.post(LOGIN, {"login": "office@example.org", "password": PASSWORD})
    assert answer.headers["Location"] == "/admin/"


def test_address_that_waits_for_its_owner_outlives_other_changes(rhona):
    EmailAddress.objects.create(user=rhona, email="new@example.org")

    rhona.first_name = "Rhona"
    rhona.save()

    assert EmailAddress.objects.filter(user=rhona, email="new@example.org").exists()


def test_account_whose_address_another_has_is_saved_and_neither_loses_its_own(rhona):
    twin = AccountFactory(email="rhona@example.org")

    assert twin.email == rhona.email
    assert EmailAddress.objects.get(email="rhona@example.org").user == rhona


def test_administrator_is_told_that_another_account_has_the_address(client, rhona):
    client.force_login(administrator())
    twin = AccountFactory(email="twin@example.org")

    refused = save(client, twin, email="Rhona@example.org")

    assert errors_of(refused)["email"] == [
        "rhona (user name rhona) has this address. Enter another one."
    ]
    save(client, twin, email="desk@example.org")
    assert twin.email == "desk@example.org"


@pytest.mark.django_db
def test_account_without_the_right_reads_why_and_who_can_help(client, settings):
    settings.CONTACT_EMAIL = "help@example.org"
    client.force_login(MembershipFactory(account__username="rhona").account)

    main = read(client, "/admin/auth/user/", status=403).first("main").text()

    assert "Your account cannot do this To do this you need this role: administrator." in main
    assert "You are signed in as rhona." in main
    assert "help@example.org" in main
