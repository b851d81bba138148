"""What still has to happen before something is public, and who can do it, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractUser, User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.approvers import account_name
from commitments.rights import Rights
from milestones import services
from milestones.signatures import Record, needs_colleague
from milestones.turns import Turn, missing_role, whose_turn

STUCK = gettext_lazy(
    "Nobody can sign this off. Ask an administrator to give somebody the role “%(role)s” for"
    " %(place)s."
)


@dataclass(frozen=True)
class SignOffActions:
    may_write: bool
    may_publish: bool
    may_return: bool
    may_agree: bool
    may_take_over: bool
    sentences: list[str]

    @property
    def may_do_something(self) -> bool:
        return self.may_publish or self.may_return or self.may_agree or self.may_take_over


def sign_off_actions(account: User, rights: Rights, update: Record) -> SignOffActions:
    waits = update.state == update.State.SUBMITTED
    signs = waits and services.may_publish(rights, update)
    agrees = waits and services.is_asked_to_agree(rights, update)
    missing = services.what_is_missing(update, by=account if signs else None) if waits else {}
    is_author = update.recorded_by_id == account.pk
    return SignOffActions(
        may_write=services.writes_on(rights, update),
        may_publish=signs and not missing,
        may_return=waits and services.may_return(rights, update),
        may_agree=agrees and "co_signed_by" in missing,
        may_take_over=not is_author and services.may_take_over(rights, update),
        sentences=list(_sentences(account, update, missing, signs=signs)),
    )


def way_to_sign_off(account: User, rights: Rights, update: Record) -> str:
    """What the account can do on the page of sign-off; empty if nothing."""
    is_author = update.recorded_by_id == account.pk
    signs = services.may_publish(rights, update)
    if update.is_in_the_making:
        may_take_over = signs and not is_author
        return _("Look at it or take it over") if may_take_over else ""
    if signs and not (is_author and needs_colleague(update)):
        return _("Look at it and sign off")
    if services.is_asked_to_agree(rights, update):
        return _("Look at it and agree")
    return ""


def _sentences(
    account: User, update: Record, missing: dict[str, list[str]], *, signs: bool
) -> Iterator[str]:
    if update.published_at is not None:
        yield _published(update, update.published_at)
    elif update.is_in_the_making:
        yield _in_the_making(account, update)
    else:
        turn = whose_turn(update)
        if turn.is_stuck:
            yield STUCK % missing_role(update, turn)
        else:
            yield from _agreement(update, turn)
            yield from _sign_off(account, update, turn, missing, signs=signs)
        for name, sentences in missing.items():
            if name not in {"signed_off_by", "co_signed_by"}:
                yield _("It cannot be published as it is. %(why)s") % {"why": " ".join(sentences)}


def _published(update: Record, at: datetime) -> str:
    given = {
        "day": date_format(timezone.localtime(at), "DATETIME_FORMAT"),
        "name": account_name(update.signed_off_by),
    }
    if update.signed_off_by is None:
        return _("This was published on %(day)s.") % given
    return _("This was published on %(day)s, signed off by %(name)s.") % given


def _in_the_making(account: User, update: Record) -> str:
    if update.recorded_by_id == account.pk:
        return _("You are still writing this: it has not been sent for sign-off.")
    if update.recorded_by is None:
        return _("This has not been sent for sign-off yet.")
    words = _("Its author is still writing it: %(name)s.")
    return words % {"name": account_name(update.recorded_by)}


def _agreement(update: Record, turn: Turn) -> Iterator[str]:
    if turn.lacks_agreement:
        yield (
            _("Waiting for the agreement of a civil-society lead: %(names)s.")
            % {"names": _names(turn.agree)}
        )
    elif update.co_signed_by is not None:
        yield _("Agreed for civil society: %(name)s.") % {"name": account_name(update.co_signed_by)}


def _sign_off(
    account: User, update: Record, turn: Turn, missing: dict[str, list[str]], *, signs: bool
) -> Iterator[str]:
    if signs and not missing:
        yield _("It is for you to sign it off. Read it below first.")
        return
    given = {"names": _names(turn.sign)}
    if needs_colleague(update) and update.recorded_by_id == account.pk:
        yield _("You wrote this, so somebody else has to sign it off: %(names)s.") % given
    elif signs:
        yield _("You can sign it off once that is settled.")
    else:
        yield _("Waiting for sign-off by: %(names)s.") % given


def _names(accounts: Iterable[AbstractUser]) -> str:
    return ", ".join(account_name(account) for account in accounts)
