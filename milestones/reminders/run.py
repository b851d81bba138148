"""One run of the reminders: everybody once, a few accounts at a time."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db.models import Exists, Model, OuterRef, QuerySet

from commitments.models import Institution, Membership
from commitments.models.institution import NOT_GOVERNMENT
from commitments.models.membership import GOVERNMENT_ROLES, REPORTING_ROLES
from milestones.models import Reminder

from .digest import digest_for, digest_for_mailbox, week_of
from .escalation import escalation_for
from .sending import Logged, ReminderLog, SendOutcome, deliver_all
from .turn_emails import missed_emails

AT_ONCE = 200

_Row = TypeVar("_Row", bound=Model)


def send_reminders(
    *,
    on: date,
    tell: Callable[[Logged, SendOutcome], None],
    progress: Callable[[int], None] = lambda looked_at: None,
) -> Counter[SendOutcome]:
    """Raises MailServerUnavailable if it has to stop; the next run goes on from there."""
    return deliver_all(emails(on=on, progress=progress), tell, ReminderLog())


def emails(
    *, on: date, progress: Callable[[int], None] = lambda looked_at: None
) -> Iterator[Logged]:
    """Yield what is to be sent on the date `on` and was not yet claimed. Writes nothing."""
    yield from missed_emails()
    looked_at = 0
    for account, has_digest in _accounts(week_of(on)):
        looked_at += 1
        progress(looked_at)
        if email := escalation_for(account, on=on):
            yield email
        if not has_digest and (email := digest_for(account, on=on)):
            yield email
    for institution in _without_officers(week_of(on)):
        looked_at += 1
        progress(looked_at)
        if email := digest_for_mailbox(institution, on=on):
            yield email


def unsettled() -> int:
    """Count the emails that a run began and that may or may not have been sent."""
    begun = Reminder.objects.filter(state=Reminder.State.CLAIMED)
    return begun.order_by().values("mail").distinct().count()


def _accounts(week: str) -> Iterator[tuple[Any, bool]]:
    """The active government accounts with an address, and whether they had this week's digest."""
    digests = Reminder.objects.filter(kind=Reminder.Kind.DIGEST, subject=week)
    roles = Membership.objects.filter(role__in=GOVERNMENT_ROLES, account=OuterRef("pk"))
    accounts: QuerySet[Any] = (
        get_user_model()
        ._default_manager.filter(Exists(roles), is_active=True)
        .exclude(email="")
        .annotate(has_digest=Exists(digests.filter(account=OuterRef("pk"))))
    )
    for account in _in_steps(accounts):
        yield account, account.has_digest


def _without_officers(week: str) -> Iterator[Institution]:
    """The institutions with a team mailbox for which no account can report."""
    officers = Membership.objects.filter(
        institution=OuterRef("pk"), role__in=REPORTING_ROLES, account__is_active=True
    ).exclude(account__email="")
    digests = Reminder.objects.filter(
        institution=OuterRef("pk"), kind=Reminder.Kind.DIGEST, subject=week
    )
    institutions = (
        Institution.objects.filter(~Exists(officers), ~Exists(digests), succeeded_by=None)
        .exclude(team_mailbox="")
        .exclude(kind__in=NOT_GOVERNMENT)
    )
    yield from _in_steps(institutions)


def _in_steps(rows: QuerySet[_Row]) -> Iterator[_Row]:
    """Some rows at a time, by their keys: a long cursor would not outlive writes."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield from found
        last = found[-1].pk
