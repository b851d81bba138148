"""Who can publish shows a second factor in each session, and her password before it changes."""

import time
from urllib.parse import quote

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from commitments.models import Membership
from tests.factories import AccountFactory, InstitutionFactory, MembershipFactory, officer_of
from tests.signing_in import (
    PASSWORD,
    SECRET,
    AuthenticatorFactory,
    code_of_the_app,
    recovery_codes_of,
    show_password,
    sign_in_with_password,
    with_password,
)

pytestmark = pytest.mark.django_db

Role = Membership.Role
WHY = "/accounts/second-factor/"
SECOND_STEP = "/accounts/2fa/authenticate/"


def account_with(role):
    institution = None if role == Role.ADMINISTRATOR else InstitutionFactory(kind="group")
    return with_password(officer_of(institution, role))


@pytest.fixture
def lead():
    return account_with(Role.LEAD)


@pytest.fixture
def visitor():
    return Client()


def pass_both(visitor, account, code):
    sign_in_with_password(visitor, account)
    return visitor.post(SECOND_STEP, {"code": code})


@pytest.mark.parametrize("role", Role)
def test_account_with_a_role_is_led_to_the_set_up_and_told_why(visitor, role):
    sign_in_with_password(visitor, account_with(role))

    answer = visitor.get("/admin/milestones/milestone/")

    assert answer.headers["Location"] == f"{WHY}?next=/admin/milestones/milestone/"
    assert "a stolen password alone is not enough" in visitor.get(answer.headers["Location"]).text


@pytest.mark.parametrize(("role", "status"), [(Role.REPORTER, 200), (Role.LEAD, 302)])
def test_reporter_enters_without_one_only_if_the_operator_says_so(visitor, settings, role, status):
    settings.TWO_STEP_FOR_REPORTERS = False
    sign_in_with_password(visitor, account_with(role))

    assert visitor.get("/admin/").status_code == status


def test_account_without_a_role_is_told_so(visitor):
    sign_in_with_password(visitor, with_password(AccountFactory(is_staff=True)))

    answer = visitor.get("/admin/")

    assert answer.status_code == 403
    assert "Your account has no role yet" in answer.text


@pytest.mark.parametrize("page", ["jsi18n", "commitments_commitment_changelist"])
def test_no_page_of_the_admin_section_answers_before(visitor, lead, page):
    sign_in_with_password(visitor, lead)

    assert visitor.get(reverse(f"admin:{page}")).headers["Location"].startswith(WHY)


@pytest.mark.django_db(transaction=True)
def test_lead_sets_up_an_app_and_is_in_with_the_password_typed_once(visitor, lead, mailoutbox):
    sign_in_with_password(visitor, lead)
    page = visitor.get("/accounts/2fa/totp/activate/")
    assert 'src="data:image/svg+xml;base64,' in page.text
    assert "otpauth://totp/" in page.text
    assert "issuer=Open%20Government%20Tracker" in page.text

    code = code_of_the_app(page.context["form"].secret)
    answer = visitor.post("/accounts/2fa/totp/activate/", {"code": code})

    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    assert visitor.get(answer.headers["Location"]).status_code == 200
    assert visitor.get(WHY).headers["Location"] == "/admin/"
    assert visitor.get("/admin/").status_code == 200
    assert mailoutbox[-1].subject == "Open Government Tracker: An app for codes was set up"


def test_page_of_the_set_up_leads_to_no_other_site(visitor, lead):
    AuthenticatorFactory(user=lead)
    pass_both(visitor, lead, code_of_the_app())

    answer = visitor.get(f"{WHY}?next=https://evil.example/")

    assert answer.headers["Location"] == "/admin/"


def test_lead_is_asked_for_the_code_at_each_sign_in(visitor, lead):
    AuthenticatorFactory(user=lead)

    assert sign_in_with_password(visitor, lead).headers["Location"] == SECOND_STEP
    assert visitor.get("/admin/").headers["Location"].startswith("/accounts/login/")
    assert visitor.post(SECOND_STEP, {"code": "000000"}).status_code == 200
    assert visitor.get("/admin/").status_code == 302
    visitor.post(SECOND_STEP, {"code": code_of_the_app()})
    assert visitor.get("/admin/").status_code == 200


def test_code_may_be_pasted_with_spaces(visitor, lead):
    AuthenticatorFactory(user=lead)
    code = code_of_the_app()

    pass_both(visitor, lead, f" {code[:3]} {code[3:]} ")

    assert visitor.get("/admin/").status_code == 200


def test_code_that_ran_out_while_it_was_typed_still_works(visitor, lead, monkeypatch):
    AuthenticatorFactory(user=lead)
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: 1_000_000_000)

    pass_both(visitor, lead, code_of_the_app(at=1_000_000_000 - 30))

    assert visitor.get("/admin/").status_code == 200


def test_code_works_once_even_after_allauth_has_forgotten_it(visitor, lead):
    AuthenticatorFactory(user=lead)
    code = code_of_the_app()
    pass_both(visitor, lead, code)
    cache.delete(f"allauth.mfa.totp.used?user={lead.pk}&code={code}")
    another = Client()

    page = pass_both(another, lead, code)

    assert "This code is wrong, has expired or has been used." in page.text
    assert another.get("/admin/").status_code == 302


def test_session_with_the_password_only_ends_when_a_second_factor_was_set_up_elsewhere(
    visitor, lead
):
    thief = Client()
    sign_in_with_password(thief, lead)
    AuthenticatorFactory(user=lead)

    # Neither the Admin section nor the pages on which the second factor could be removed.
    answer = thief.post("/accounts/2fa/totp/deactivate/")

    assert answer.headers["Location"].startswith("/accounts/login/")
    assert Authenticator.objects.filter(user=lead).exists()
    assert thief.get("/admin/").headers["Location"].startswith("/accounts/login/")


def test_lead_who_removed_hers_is_led_to_the_set_up_again(client, lead):
    client.force_login(lead)
    show_password(client, lead)

    client.post("/accounts/2fa/totp/deactivate/")

    assert client.get("/admin/").headers["Location"] == f"{WHY}?next=/admin/"


def test_secrets_of_others_have_no_page_in_the_admin_section(client):
    client.force_login(account_with(Role.ADMINISTRATOR))

    for name in ("mfa/authenticator", "account/emailaddress"):
        assert client.get(f"/admin/{name}/").status_code == 404
    assert SECRET not in client.get("/admin/auth/user/").text


# The password once more


AGAIN = "/accounts/reauthenticate/"
CLOSED = (
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/recovery-codes/download/",
    "/accounts/2fa/webauthn/add/",
)


@pytest.fixture
def officer(client):
    """Sign a lead in who has an app, recovery codes and a passkey."""
    account = with_password(MembershipFactory(role=Membership.Role.LEAD).account)
    client.force_login(account)
    recovery_codes_of(account)
    return account


@pytest.mark.parametrize("address", CLOSED)
def test_page_asks_for_the_password_first(client, officer, address):
    assert client.get(address).headers["Location"] == f"{AGAIN}?next={quote(address, safe='')}"
    refused = client.post(AGAIN, {"password": "wrong", "next": address})
    assert refused.context["form"].errors["password"]
    assert client.get(address).status_code == 302

    answer = client.post(AGAIN, {"password": PASSWORD, "next": address})

    assert answer.headers["Location"] == address
    assert client.get(address).status_code == 200


def test_passkeys_are_renamed_and_removed_after_the_password_only(client, officer):
    data = {"name": "Laptop", "credential": {}}
    key = AuthenticatorFactory(user=officer, type=Authenticator.Type.WEBAUTHN, data=data)

    for page, sent in (("edit", {"name": "Mine"}), ("remove", {})):
        address = f"/accounts/2fa/webauthn/keys/{key.pk}/{page}/"
        assert client.post(address, sent).headers["Location"].startswith(AGAIN)
    key.refresh_from_db()
    assert key.wrap().name == "Laptop"


def test_change_of_address_goes_on_after_the_password(client, officer, mailoutbox):
    asked = client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert asked.headers["Location"].startswith(AGAIN)
    assert not mailoutbox

    client.post(AGAIN, {"password": PASSWORD, "next": "/accounts/email/"})

    assert mailoutbox[-1].to == ["new@example.org"]


def test_code_of_the_app_does_not_stand_for_the_password(client, officer):
    client.post(AGAIN, {"password": code_of_the_app(), "next": CLOSED[0]})

    assert client.get(CLOSED[0]).status_code == 302


def test_password_is_asked_for_again_after_five_minutes(client, officer):
    show_password(client, officer)
    assert client.get(CLOSED[0]).status_code == 200
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    records[-1]["at"] = time.time() - 5 * 60
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()

    assert client.get(CLOSED[0]).status_code == 302


def test_account_without_a_password_gets_one_first(client, officer):
    officer.set_unusable_password()
    officer.save()
    client.force_login(officer)

    answer = client.get(CLOSED[0])

    assert answer.headers["Location"].startswith("/accounts/password/reset/")
    assert client.get("/accounts/password/change/", follow=True).redirect_chain[-1] == (
        "/accounts/password/reset/",
        302,
    )
