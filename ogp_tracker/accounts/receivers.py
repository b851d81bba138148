"""What follows when an account changes, on whichever page or by whichever command."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.models import User
from django.db.models import Q
from django.db.models.signals import post_save
from django.http import HttpRequest


def connect() -> None:
    post_save.connect(keep_one_address, sender=User, dispatch_uid="keep_one_address")
    authenticator_added.connect(count_as_shown, dispatch_uid="count_as_shown")


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
