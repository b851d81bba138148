"""Signing in, for tests that are about something else.

    client.force_login(account)          # the fixture `client`: fully, second factor and all
    sign_in_browser(context, live_server, account)

Django's own `Client().force_login` is a sign-in with the password only: the Admin section then
leads an account that can publish to the set-up of a second factor. An account that has set one up
(`AuthenticatorFactory`) and has not shown it in the session (`show_second_factor`) is signed out.
The fixture `client` is a `TrackerClient`, whose `force_login` does all of it.
"""

import threading
import time
from types import SimpleNamespace

import factory
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client
from factory.django import DjangoModelFactory

PASSWORD = "four words make passwords"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class AuthenticatorFactory(DjangoModelFactory):
    """An app that shows codes, set up for an account."""

    class Meta:
        model = Authenticator
        django_get_or_create = ("user", "type")

    user = factory.SubFactory("tests.factories.AccountFactory")
    type = Authenticator.Type.TOTP
    data = factory.LazyFunction(lambda: {"secret": SECRET})


class TrackerClient(Client):
    """Django's test client; `force_login` signs an account in with its second factor."""

    def force_login(self, user, backend=None):
        sign_in(self, user)


def show_second_factor(client, account):
    session = client.session
    record_authentication(SimpleNamespace(session=session), account, "mfa", type="totp")
    session.save()


def show_password(client, account):
    session = client.session
    record_authentication(
        SimpleNamespace(session=session), account, "password", reauthenticated=True
    )
    session.save()


def with_password(account):
    account.set_password(PASSWORD)
    account.save()
    return account


def code_of_the_app(secret=SECRET, at=None):
    return format_hotp_value(hotp_value(secret, int(time.time() if at is None else at) // 30))


def recovery_codes_of(account):
    return RecoveryCodes.activate(account).get_unused_codes()


def sign_in_with_password(client, account, **more):
    return client.post(
        "/accounts/login/", {"login": account.username, "password": PASSWORD, **more}
    )


def ask_for_a_link(client, email, **request):
    answer = client.post("/accounts/password/reset/", {"email": email}, follow=True, **request)
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()
    return answer


def sign_in_browser(context, live_server, account):
    """Sign an account in fully in the browser, without filling in the forms.

    The password counts as typed a moment ago.
    """
    client = TrackerClient()
    client.force_login(account)
    show_password(client, account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def type_password(page, account, password=PASSWORD):
    page.get_by_label("User name or email address").fill(account.username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def type_code(page, code=None):
    page.get_by_label("Code").fill(code or code_of_the_app())
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in(client, account):
    """Sign the account in fully, on whatever client; return the client."""
    AuthenticatorFactory(user=account)
    if settings.SESSION_COOKIE_NAME in client.cookies:
        Client.force_login(client, account)
        show_second_factor(client, account)
        return client
    # The same in half as many queries: Django's client writes a session that is thrown away.
    request = HttpRequest()
    request.session = SessionStore()
    login(request, account, settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, account, "mfa", type="totp")
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client
