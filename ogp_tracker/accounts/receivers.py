"""What follows when an account changes, on whichever page or by whichever command."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils.translation import gettext as _

from commitments.models import Membership
from commitments.rights import rights_of
from ogp_tracker.accounts.account_emails import tell_of_new_role
from ogp_tracker.accounts.account_log import acting, log_change
from ogp_tracker.accounts.models import ChangeKind

WATCHED = ("email", "is_active", "is_superuser")
BEFORE = "_before"
"""Under which name a row keeps what was stored, from before it is saved until after."""


def connect() -> None:
    for signal, sender, receiver in (
        (post_save, User, keep_one_address),
        (pre_save, User, remember_account),
        (post_save, User, log_account),
        (pre_save, Membership, remember_role),
        (post_save, Membership, log_role),
        (post_delete, Membership, log_lost_role),
        (authenticator_added, None, count_as_shown),
        (authenticator_added, None, log_two_steps),
        (authenticator_removed, None, log_two_steps),
    ):
        signal.connect(receiver, sender=sender, dispatch_uid=f"accounts_{receiver.__name__}")


def keep_one_address(instance: User, raw: bool = False, **kwargs: object) -> None:
    """allauth keeps addresses in a table of its own, with which an account signs in.

    Without this an address that an administrator has replaced would still open the account. One
    that waits for its owner's confirmation stays.
    """
    if raw:
        return
    email = instance.email.lower()
    known = EmailAddress.objects.filter(user=instance)
    known.filter(Q(verified=True) | Q(primary=True)).exclude(email=email).delete()
    taken = EmailAddress.objects.filter(email=email, verified=True)
    if email and not taken.exists():
        EmailAddress.objects.update_or_create(
            user=instance, email=email, defaults={"verified": True, "primary": True}
        )


def count_as_shown(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: object
) -> None:
    """Keep the session in which a second factor was set up: it has just been used."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", type=authenticator.type, id=authenticator.pk)


# The log


def remember_account(
    instance: User, raw: bool = False, update_fields: Collection[str] | None = None, **kwargs: Any
) -> None:
    is_watched = update_fields is None or not set(WATCHED).isdisjoint(update_fields)
    before = None
    if is_watched and not raw:
        before = User.objects.filter(pk=instance.pk).values(*WATCHED).first()
        before = before or {"email": "", "is_active": True, "is_superuser": False}
    vars(instance)[BEFORE] = before


def log_account(instance: User, **kwargs: Any) -> None:
    before = vars(instance).pop(BEFORE, None)
    if before is None:
        return
    words: dict[str, tuple[ChangeKind, Callable[[Any], str]]] = {
        "email": (ChangeKind.ADDRESS, str),
        "is_active": (ChangeKind.ACCESS, lambda on: _("Active") if on else _("Switched off")),
        "is_superuser": (ChangeKind.ROLE, lambda on: _("Superuser") if on else ""),
    }
    for name, (kind, say) in words.items():
        if before[name] != getattr(instance, name):
            old, new = say(before[name]), say(getattr(instance, name))
            log_change(instance, kind, old, new, acting(instance))


def remember_role(instance: Membership, raw: bool = False, **kwargs: Any) -> None:
    rows = Membership.objects.select_related("account", "institution", "plan")
    vars(instance)[BEFORE] = None if raw else (rows.filter(pk=instance.pk).first(),)


def log_role(instance: Membership, **kwargs: Any) -> None:
    if (remembered := vars(instance).pop(BEFORE, None)) is None:
        return
    (before,) = remembered
    new, by = in_words(instance), acting(instance)
    if before is not None and before.account_id != instance.account_id:
        log_change(before.account, ChangeKind.ROLE, in_words(before), "", by)
        before = None
    old = in_words(before) if before else ""
    if old == new:
        return
    log_change(instance.account, ChangeKind.ROLE, old, new, by)
    if by is not None and rights_of(by).is_administrator:
        transaction.on_commit(partial(tell_of_new_role, instance, new, by), robust=True)


def log_lost_role(instance: Membership, origin: object = None, **kwargs: Any) -> None:
    # With the account itself, its log goes too.
    if User not in {type(origin), getattr(origin, "model", None)}:
        log_change(instance.account, ChangeKind.ROLE, in_words(instance), "", acting(instance))


def log_two_steps(
    user: User, authenticator: Authenticator, signal: Signal, **kwargs: object
) -> None:
    words = {
        Authenticator.Type.TOTP: _("App that shows codes"),
        Authenticator.Type.WEBAUTHN: _("Passkey"),
        Authenticator.Type.RECOVERY_CODES: _("Recovery codes"),
    }[authenticator.type]
    old, new = (words, "") if signal is authenticator_removed else ("", words)
    log_change(user, ChangeKind.TWO_STEPS, old, new, user)


def in_words(role: Membership) -> str:
    where = " / ".join(str(one) for one in (role.institution, role.plan) if one)
    return f"{role.get_role_display()}: {where}" if where else str(role.get_role_display())
