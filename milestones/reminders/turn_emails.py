"""Emails at once: an update or amendment waits for you, came back, is published, or is stuck.

Each step is told to each person once (`ReminderLog`). What the mail server does not take when the
step is made goes out with the next run of `send_reminders`, if it is still true.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import AbstractUser
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.approvers import account_name, administrators
from commitments.models import Institution
from milestones.models import Amendment, ProgressUpdate, Reminder, UpdateStep
from milestones.models.step import StepKind
from milestones.outlook import outlook, with_cells
from milestones.signatures import Record
from milestones.targets import name_of, text_column
from milestones.turns import Turn, whose_turn
from ogp_tracker.common.addresses import absolute, host
from ogp_tracker.common.lines import one_short_line

from .emails import message
from .sending import MailServerUnavailable, ReminderLog, deliver_all

log = logging.getLogger(__name__)

TOLD = (StepKind.SUBMITTED, StepKind.AGREED, StepKind.RETURNED, StepKind.PUBLISHED)
TRIED_FOR = timedelta(days=7)
"""So long a step is still worth an email of its own; the weekly digest has it as well."""


@dataclass(frozen=True)
class TurnEmail:
    """What was done with an update or amendment, for one person; ready to be claimed and sent."""

    account: AbstractUser
    step: UpdateStep
    title: str
    link_label: str
    path: str
    comment: str = ""
    key: UUID = field(default_factory=uuid4)
    kind: str = Reminder.Kind.TURN
    institution: Institution | None = None

    @property
    def address(self) -> str:
        return self.account.email

    @property
    def subjects(self) -> Sequence[str]:
        return (str(self.step.pk),)

    def message(self) -> EmailMultiAlternatives:
        record = record_of(self.step)
        where = f"{record.commitment.short_name}, {name_of(record.target)}"
        return message(
            self.address,
            one_short_line(f"{_('Open Government Tracker')}: {self.title} ({where})"),
            "milestones/emails/turn",
            {
                "email": self,
                "name": one_short_line(account_name(self.account)),
                "record": record,
                "where": where,
                "text": one_short_line(getattr(record.target, text_column(record.target))),
                "changes": list(_changes(record)),
                "link": absolute(self.path),
                "home": absolute(reverse("admin:index")),
            },
            {"List-Id": f"<steps.{host()}>", "Message-ID": f"<{self.key}@{host()}>"},
            has_html=False,
        )


def record_of(step: UpdateStep) -> Record:
    record = step.update or step.amendment
    if record is None:
        raise ValueError("A step is of an update or of an amendment.")
    return record


def turn_emails(step: UpdateStep) -> Iterator[TurnEmail]:
    """Yield an email for each person whom the step concerns; none if it is no longer true."""
    record = record_of(step)
    if not _still_holds(step, record):
        return
    told: set[int] = set()
    for email in _emails(step, record):
        if email.address and email.account.is_active and email.account.pk not in told:
            told.add(email.account.pk)
            yield email


def missed_emails() -> Iterator[TurnEmail]:
    """Yield what no mail server has taken yet."""
    recent = UpdateStep.objects.filter(kind__in=TOLD, at__gte=timezone.now() - TRIED_FOR)
    for step in recent.order_by("at", "pk"):
        emails = list(turn_emails(step))
        known = set(
            Reminder.objects.filter(kind=Reminder.Kind.TURN, subject=str(step.pk)).values_list(
                "account", flat=True
            )
        )
        yield from (email for email in emails if email.account.pk not in known)


@receiver(post_save, sender=UpdateStep, dispatch_uid="milestones_turn_emails")
def _tell(instance: UpdateStep, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Not of steps that a backup brings back (`raw`)."""
    if created and not raw and instance.kind in TOLD:
        transaction.on_commit(partial(send_turn_emails, instance.pk), robust=True)


def send_turn_emails(key: int) -> None:
    """What cannot be sent now is tried again by `send_reminders`: nothing is raised."""
    step = UpdateStep.objects.get(pk=key)
    try:
        deliver_all(turn_emails(step), lambda email, outcome: None, ReminderLog())
    except MailServerUnavailable as error:
        log.warning("An email about step %s waits for send_reminders: %s", key, error)


def _still_holds(step: UpdateStep, record: Record) -> bool:
    if step.kind == StepKind.PUBLISHED:
        return record.is_published
    if record.steps.filter(pk__gt=step.pk).exists():
        return False
    waits = record.state == record.State.SUBMITTED
    return waits if step.kind in {StepKind.SUBMITTED, StepKind.AGREED} else not waits


def _emails(step: UpdateStep, record: Record) -> Iterator[TurnEmail]:
    page, author = f"admin:milestones_{record._meta.model_name}", record.recorded_by
    what = _("amendment") if isinstance(record, Amendment) else _("progress update")
    sign_off = reverse(f"{page}_publish", args=[record.pk])
    change = reverse(f"{page}_change", args=[record.pk])
    if step.kind in {StepKind.SUBMITTED, StepKind.AGREED}:
        turn = whose_turn(record)
        yield from _waiting(step, turn, what, sign_off)
        if turn.is_stuck:
            title = _("nobody can sign off this %s") % what
            for account in [*([author] if author else []), *administrators()]:
                yield TurnEmail(account, step, title, _("See who is missing"), sign_off)
    elif author is None or author == step.by:
        return
    elif step.kind == StepKind.RETURNED:
        title = _("your %s was returned to you") % what
        yield TurnEmail(author, step, title, _("Change it and send it again"), change, step.comment)
    else:
        title = _("your %s is published") % what
        yield TurnEmail(author, step, title, _("Read it"), record.get_absolute_url())


def _waiting(step: UpdateStep, turn: Turn, what: str, path: str) -> Iterator[TurnEmail]:
    title = (
        _("this %s waits for your agreement")
        if turn.lacks_agreement
        else _("this %s waits for you")
    )
    label = _("Read it and agree") if turn.lacks_agreement else _("Read it and sign it off")
    for account in turn.now:
        if account != step.by:
            yield TurnEmail(account, step, title % what, label, path)


def _changes(record: Record) -> Iterator[str]:
    if isinstance(record, ProgressUpdate):
        shown = outlook(with_cells(record), record)
        for one in shown:
            if record.is_published or one.now == one.then:
                yield f"{one.nation}: {one.then}"
            else:
                yield _("%(nation)s: %(then)s. Before: %(now)s") % {
                    "nation": one.nation,
                    "then": one.then,
                    "now": one.now,
                }
        return
    yield str(record)
    if record.reason:
        yield _("Reason: %s") % one_short_line(record.reason)
