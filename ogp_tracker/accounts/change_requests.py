"""Changing the address or resetting the two-step verification of somebody else's account.

`change_rules.py` holds the rules; what may be done at once is done, everything else waits.
"""

from functools import partial

from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.approvers import account_name
from commitments.rights import rights_of
from ogp_tracker.accounts import account_emails
from ogp_tracker.accounts.account_log import changes_of, log_change
from ogp_tracker.accounts.anonymous import end_sessions
from ogp_tracker.accounts.change_rules import (
    Answer,
    Voice,
    must_be_confirmed,
    why_not_confirm,
    why_not_refuse,
)
from ogp_tracker.accounts.models import OPEN_FOR, AccountChange, ChangeRequest
from ogp_tracker.accounts.two_step_verification import reset_two_step_verification

Kind, State = AccountChange.Kind, ChangeRequest.State
SALT = "ogp_tracker.accounts.change"
CONFIRM = "confirm"
ANSWERS = (CONFIRM, "refuse")
"""What the buttons send."""


@transaction.atomic
def change_or_ask(account: User, *, by: User, new_address: str = "") -> ChangeRequest | None:
    """Do it and return None, or return the request that waits. Raises ValidationError."""
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not must_be_confirmed(account.last_login):
        apply_change(account, by=by, new_address=new_address, resets=not new_address)
        return None
    waiting = ChangeRequest.objects.filter(account=account, state=State.OPEN)
    waiting.filter(asked_at__lte=timezone.now() - OPEN_FOR).delete()
    if waiting.exists():
        raise ValidationError(
            _("A change to this account is already waiting. Confirm or refuse that one first.")
        )
    request = ChangeRequest.objects.create(
        account=account, old_address=account.email, new_address=new_address, asked_by=by
    )
    log_change(account, Kind.ASKED, "", in_short(request), by)
    transaction.on_commit(partial(account_emails.tell_of_request, request, token_of(request)))
    return request


@transaction.atomic
def settle(request: ChangeRequest, *, by: User, voice: Voice, confirm: bool) -> ChangeRequest:
    """Confirm or refuse it. Raises ValidationError with the reason if `by` may not."""
    account = User.objects.select_for_update(no_key=True).get(pk=request.account_id)
    request = ChangeRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    request.account = account
    if why := why_not(request, by, voice, confirm=confirm):
        raise ValidationError(why)
    request.state = State.CONFIRMED if confirm else State.REFUSED
    request.settled_by, request.settled_at = by, timezone.now()
    request.save()
    log_change(account, Kind(request.state), "", in_short(request), by)
    transaction.on_commit(partial(account_emails.tell_of_answer, request, str(request)))
    if confirm:
        new = request.new_address
        apply_change(account, by=by, new_address=new, resets=not new, tells=False)
    return request


def why_not(request: ChangeRequest, by: User, voice: Voice, *, confirm: bool) -> str:
    """Why `by` may not answer so; empty if they may."""
    account = request.account
    is_person = voice is Voice.LINK and by.pk == account.pk
    if not is_person and not rights_of(by).is_administrator:
        return _("Only an administrator can do this.")
    last = changes_of(by).filter(kind__in=(Kind.ROLE, Kind.ADDRESS)).first()
    answer = Answer(
        account=account.pk,
        asked_by=request.asked_by_id,
        asked_at=request.asked_at,
        is_open=request.state == State.OPEN and timezone.now() < request.ends_at,
        is_current=account.is_active and account.email == request.old_address,
        by=by.pk,
        voice=voice,
        changed_at=last.at if last else None,
    )
    return (why_not_confirm if confirm else why_not_refuse)(answer)


@transaction.atomic
def apply_change(
    account: User,
    *,
    by: User | None,
    new_address: str = "",
    resets: bool,
    tells: bool = True,
) -> None:
    """`resets`: two-step verification. `by` is None on the server.

    Raises ValidationError if the address is another account's.
    """
    before, done = account.email, []
    if new_address:
        check_address(new_address, account)
        account.email = new_address
        vars(account)["_history_user"] = by
        account.save(update_fields=["email"])
        words = {"old": before or _("none"), "new": new_address}
        done.append(_("The email address was changed from %(old)s to %(new)s.") % words)
    if resets:
        had = reset_two_step_verification(account)
        end_sessions(account)
        log_change(account, Kind.TWO_STEPS, _("Set up") if had else "", _("Reset"), by)
        done.append(
            _(
                "Two-step verification was reset: the app, passkeys and recovery codes no longer"
                " work."
            )
        )
    if tells:
        transaction.on_commit(partial(account_emails.tell_of_change, account, before, by, done))


def check_address(address: str, account: User) -> None:
    others = User.objects.exclude(pk=account.pk)
    if address and (other := others.filter(email__iexact=address).first()):
        raise ValidationError(
            _("%(name)s (user name %(username)s) has this address. Enter another one.")
            % {"name": account_name(other), "username": other.get_username()}
        )


def open_requests() -> QuerySet[ChangeRequest]:
    earliest = timezone.now() - OPEN_FOR
    rows = ChangeRequest.objects.filter(state=State.OPEN, asked_at__gt=earliest)
    return rows.select_related("account", "asked_by")


def token_of(request: ChangeRequest) -> str:
    return signing.dumps(request.pk, salt=SALT)


def request_of(token: str) -> ChangeRequest | None:
    """None for a token that is not ours or has expired; the request may be settled already."""
    try:
        key = signing.loads(token, salt=SALT, max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    return ChangeRequest.objects.select_related("account", "asked_by").filter(pk=key).first()


def in_short(request: ChangeRequest) -> str:
    """For the log, which names no person but by addresses, which are blotted out."""
    return request.new_address or _("Reset two-step verification")
