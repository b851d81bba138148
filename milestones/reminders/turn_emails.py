"""Emails at once: something waits for you, came back, is published, or nobody can sign it off.

Officers of a nation are told if another institution has changed its level. Each step is told to
each person once (`ReminderLog`). What the mail server does not take when the step is made goes out
with the next run of `send_reminders`, if it is still true.
"""

import logging
from collections import defaultdict
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
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from commitments.approvers import account_name, administrators, officers_of_nation
from commitments.models import Institution
from milestones.models import Amendment, ProgressUpdate, Reminder
from milestones.models.signed_off import SignedOff
from milestones.models.step import Step, StepKind
from milestones.outlook import Outlook, outlook, with_cells
from milestones.targets import lead_of, name_of, text_column
from milestones.turns import Turn, missing_role, whose_turn
from ogp_tracker.common.addresses import absolute, host
from ogp_tracker.common.lines import one_short_line

from .emails import message
from .sending import MailServerUnavailable, ReminderLog, deliver_all

log = logging.getLogger(__name__)

TOLD = (StepKind.SUBMITTED, StepKind.AGREED, StepKind.RETURNED, StepKind.PUBLISHED)
KINDS_OF_STEPS: list[type[Step]] = []
TRIED_FOR = timedelta(days=7)
"""So long a step is still worth an email of its own; the weekly digest has it as well."""


@dataclass(frozen=True)
class TurnEmail:
    """What was done with something, for one person; ready to be claimed and sent."""

    account: AbstractUser
    step: Step
    title: str
    link_label: str
    path: str
    comment: str = ""
    changes: Sequence[str] | None = None
    """What it changes, if the email is about a part of it."""
    key: UUID = field(default_factory=uuid4)
    kind: str = Reminder.Kind.TURN
    institution: Institution | None = None

    @property
    def address(self) -> str:
        return self.account.email

    @property
    def subjects(self) -> Sequence[str]:
        return (name_in_log(self.step),)

    def message(self) -> EmailMultiAlternatives:
        record = self.step.record
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
                "changes": list(_changes(record)) if self.changes is None else self.changes,
                "link": absolute(self.path),
                "home": absolute(reverse("admin:index")),
            },
            {"List-Id": f"<steps.{host()}>", "Message-ID": f"<{self.key}@{host()}>"},
            has_html=False,
        )


def name_in_log(step: Step) -> str:
    return f"{step._meta.model_name}-{step.pk}"


def turn_emails(step: Step) -> Iterator[TurnEmail]:
    """Yield an email for each person whom the step concerns; none if it is no longer true."""
    record = step.record
    if not _still_holds(step, record):
        return
    told: set[int] = set()
    for email in _emails(step, record):
        if email.address and email.account.is_active and email.account.pk not in told:
            told.add(email.account.pk)
            yield email


def missed_emails() -> Iterator[TurnEmail]:
    """Yield what no mail server has taken yet."""
    since = timezone.now() - TRIED_FOR
    for model in KINDS_OF_STEPS:
        recent = model._default_manager.filter(kind__in=TOLD, at__gte=since)
        for step in recent.order_by("at", "pk"):
            emails = list(turn_emails(step))
            sent = Reminder.objects.filter(kind=Reminder.Kind.TURN, subject=name_in_log(step))
            known = set(sent.values_list("account", flat=True))
            yield from (email for email in emails if email.account.pk not in known)


def tell_steps_of(model: type[Step]) -> None:
    """From now on people are told of steps of this kind. Apps above add theirs."""
    KINDS_OF_STEPS.append(model)
    post_save.connect(_tell, sender=model, dispatch_uid=f"turn_emails_{model.__name__}")


def _tell(instance: Step, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Not of steps that a backup brings back (`raw`)."""
    if created and not raw and instance.kind in TOLD:
        transaction.on_commit(partial(send_turn_emails, instance), robust=True)


def send_turn_emails(step: Step) -> None:
    """What cannot be sent now is tried again by `send_reminders`: nothing is raised."""
    step = type(step)._default_manager.get(pk=step.pk)
    try:
        deliver_all(turn_emails(step), lambda email, outcome: None, ReminderLog())
    except MailServerUnavailable as error:
        log.warning("An email about %s waits for send_reminders: %s", name_in_log(step), error)


def _still_holds(step: Step, record: SignedOff) -> bool:
    if step.kind == StepKind.PUBLISHED:
        return record.is_published
    if record.steps.filter(pk__gt=step.pk).exists():
        return False
    waits = record.state == record.State.SUBMITTED
    return waits if step.kind in {StepKind.SUBMITTED, StepKind.AGREED} else not waits


def _emails(step: Step, record: SignedOff) -> Iterator[TurnEmail]:
    meta, author = record._meta, record.recorded_by
    page, what = f"admin:{meta.app_label}_{meta.model_name}", str(meta.verbose_name)
    sign_off = reverse(f"{page}_publish", args=[record.pk])
    change = reverse(f"{page}_change", args=[record.pk])
    if step.kind in {StepKind.SUBMITTED, StepKind.AGREED}:
        turn = whose_turn(record)
        yield from _waiting(step, turn, what, sign_off)
        if turn.is_stuck:
            title = _("nobody can sign off this %s") % what
            if author is not None:
                yield TurnEmail(author, step, title, _("See who is missing"), sign_off)
            # They do not read what is not published.
            accounts = reverse("admin:auth_user_changelist")
            label = _("Give somebody the role “%(role)s” for %(place)s")
            label %= missing_role(record, turn)
            for account in administrators():
                yield TurnEmail(account, step, title, label, accounts)
        return
    if author is not None and author != step.by:
        if step.kind == StepKind.RETURNED:
            title, label = _("your %s was returned to you") % what, _("Change it and send it again")
            yield TurnEmail(author, step, title, label, change, step.comment)
        else:
            title = _("your %s is published") % what
            public = record.get_absolute_url()
            yield TurnEmail(author, step, title, _("Read it"), public)
    if step.kind == StepKind.PUBLISHED and isinstance(record, ProgressUpdate):
        yield from _to_nations(step, record)


def _to_nations(step: Step, update: ProgressUpdate) -> Iterator[TurnEmail]:
    """To officers of the nations in which another institution has changed the level."""
    body = update.institution
    if body is None or update.is_from_document or not update.commitment.published_on:
        return
    changed: dict[AbstractUser, list[Outlook]] = defaultdict(list)
    for one in outlook(with_cells(update), update):
        if one.changes_level and body.nation_id != one.nation.pk:
            lead = lead_of(update.target)
            for account in officers_of_nation(update.commitment, one.nation, lead):
                changed[account].append(one)
    for account, found in changed.items():
        if account not in (step.by, update.recorded_by):
            title = _("%(institution)s has changed the level in %(nations)s") % {
                "institution": body,
                "nations": get_text_list([one.nation.name for one in found], _("and")),
            }
            changes = [_change(one) for one in found]
            path = update.get_absolute_url()
            yield TurnEmail(account, step, title, _("Read it"), path, changes=changes)


def _waiting(step: Step, turn: Turn, what: str, path: str) -> Iterator[TurnEmail]:
    title = (
        _("this %s waits for your agreement")
        if turn.lacks_agreement
        else _("this %s waits for you")
    )
    label = _("Read it and agree") if turn.lacks_agreement else _("Read it and sign it off")
    for account in turn.now:
        if account != step.by:
            yield TurnEmail(account, step, title % what, label, path)


def _changes(record: SignedOff) -> Iterator[str]:
    if isinstance(record, ProgressUpdate):
        for one in outlook(with_cells(record), record):
            if record.is_published or one.now == one.then:
                yield f"{one.nation}: {one.then}"
            else:
                yield _change(one)
    elif isinstance(record, Amendment):
        yield str(record)
        if record.reason:
            yield _("Reason: %s") % one_short_line(record.reason)


def _change(one: Outlook) -> str:
    return _("%(nation)s: %(then)s. Before: %(now)s") % {
        "nation": one.nation,
        "then": one.then,
        "now": one.now,
    }
