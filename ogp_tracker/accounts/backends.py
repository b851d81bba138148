"""Finding an account by what was typed, and judging its password in the same time for everyone."""

from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.contrib.auth.models import User
from django.http import HttpRequest


def find_account(login: str) -> User | None:
    """By user name, which is unique; otherwise by email address, if only one account has it."""
    named = get_user_by_username(login)
    found = filter_users_by_email(login, prefer_verified=True, for_login=True)
    return cast("User | None", named or (found[0] if len(found) == 1 else None))


class OneHashBackend(AuthenticationBackend):
    """allauth's own tries an address as user name, too, and so hashes twice for one that exists.

    Where no account is found, `authenticate` hashes once as well.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        account = find_account(credentials.get("username") or credentials.get("email") or "")
        return cast("User | None", self._check_password(account, credentials["password"]))
