"""Who needs two-step verification, and resetting it for who has lost phone and codes."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User

from commitments.rights import Rights


def needs_two_steps(rights: Rights) -> bool:
    return rights.can_publish or (rights.may_enter and settings.TWO_STEP_FOR_REPORTERS)


def reset_two_step_verification(account: User) -> bool:
    """False if there was none; if the account needs one, it is asked at the next sign-in."""
    removed, _ = Authenticator.objects.filter(user=account).delete()
    return bool(removed)
