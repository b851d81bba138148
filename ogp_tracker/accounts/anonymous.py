"""Forgetting the person behind an account, on request; what the account did stays."""

import json
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Left, Replace

from ogp_tracker.accounts.guards import BLOTTED
from ogp_tracker.accounts.models import AccountChange, ChangeRequest

# What allauth keeps in a session between the password and the second factor.
HALF_SIGNED_IN = "account_authentication_methods_user"


@transaction.atomic
def make_anonymous(account: User) -> None:
    """Its roles stay, without rights, and so do its drafts, for a lead to take over."""
    addresses = {row.email for row in EmailAddress.objects.filter(user=account)} | {account.email}
    names = {account.username, account.get_full_name(), account.last_name, *addresses} - {""}
    account.username = f"anonymous-{account.pk}"
    account.first_name = account.last_name = account.email = ""
    account.is_active = False
    account.set_unusable_password()
    account.save()
    EmailAddress.objects.filter(user=account).delete()
    Authenticator.objects.filter(user=account).delete()
    # By name, because accounts stand below them.
    apps.get_model("milestones.Reminder").objects.filter(account=account).delete()
    for address in addresses - {""}:
        apps.get_model("following.Follower").objects.filter(address__iexact=address).delete()
        apps.get_model("mistakes.Mistake").objects.filter(email__iexact=address).update(email="")
    ChangeRequest.objects.filter(account=account).delete()
    log = AccountChange.objects.filter(account=account)
    log.filter(old__contains="@").update(old=BLOTTED)
    log.filter(new__contains="@").update(new=BLOTTED)
    end_sessions(account)
    _rename_in_log(account, names)
    _rename_in_reasons(names)


def end_sessions(account: User) -> None:
    for session in Session.objects.iterator():
        kept = session.get_decoded()
        if str(account.pk) in {kept.get(SESSION_KEY), kept.get(HALF_SIGNED_IN)}:
            session.delete()


def _rename_in_log(account: User, names: set[str]) -> None:
    """The log of the admin names accounts and their roles, also by earlier user names."""
    log = LogEntry.objects.filter(content_type__model__in=("user", "membership"))
    own = log.filter(content_type__model="user", object_id=str(account.pk))
    names |= set(own.values_list("object_repr", flat=True))
    own.update(object_repr=account.username)
    for name in names:
        role, new = f"{name}: ", f"{account.username}: "
        _replace(log.filter(object_repr__startswith=role), "object_repr", role, new)
        # JSON, in which letters outside ASCII are escaped.
        _replace(log, "change_message", json.dumps(role)[:-1], f'"{new}')


def _rename_in_reasons(names: set[str]) -> None:
    """An import gives the name of its file as the reason, and that may have somebody's name."""
    for model in apps.get_models():
        if hasattr(model, "history_change_reason"):
            for name in names:
                _replace(model._default_manager.all(), "history_change_reason", name, "…")


def _replace(rows: QuerySet[Any], field: str, old: str, new: str) -> None:
    longest = rows.model._meta.get_field(field).max_length or 2**31 - 1
    text = Left(Replace(field, Value(old), Value(new)), longest)
    rows.filter(**{f"{field}__contains": old}).update(**{field: text})
