"""Claiming, sending and settling one email, so that nothing is sent twice."""

import smtplib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Institution
from milestones.models import Reminder
from ogp_tracker.common.bounds import NARRATIVE

PERMANENT = 500
"""Answers of a mail server from here on mean that trying again will not help."""


class SendOutcome(Enum):
    SENT = "sent"
    REFUSED = "refused"
    PUT_OFF = "put off"
    TAKEN = "taken"
    """Another run is sending it, or has sent it."""


class MailServerUnavailable(Exception):
    """The mail server cannot be used; its text says what it answered, and what is left."""


class Sendable(Protocol):
    def message(self) -> EmailMultiAlternatives: ...


class Logged(Sendable, Protocol):
    """What a row of `Reminder` keeps of an email."""

    @property
    def title(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def subjects(self) -> Sequence[str]: ...
    @property
    def account(self) -> AbstractUser | None: ...
    @property
    def institution(self) -> Institution | None: ...
    @property
    def key(self) -> UUID: ...


Email = TypeVar("Email", bound=Sendable)
_Email_contra = TypeVar("_Email_contra", bound=Sendable, contravariant=True)


class SendLog(Protocol[_Email_contra]):
    """Records what was begun and what came of it, so that nothing is sent twice."""

    def claim(self, email: _Email_contra) -> bool:
        """Record that the email is about to be sent; False if another run was quicker."""

    def release(self, email: _Email_contra) -> None:
        """Take a claim back: the email was surely not sent, and a later run may send it."""

    def settle(self, email: _Email_contra, outcome: SendOutcome, answer: str) -> None:
        """Record what came of the email: sent, or refused with this answer."""


class ReminderLog:
    """The log of reminders: a row for each thing that an email reminds of."""

    def claim(self, email: Logged) -> bool:
        now = timezone.now()
        rows = [
            Reminder(
                account_id=email.account.pk if email.account else None,
                institution=email.institution,
                kind=email.kind,
                subject=subject,
                mail=email.key,
                address=email.address,
                claimed_at=now,
            )
            for subject in email.subjects
        ]
        try:
            with transaction.atomic():
                Reminder.objects.bulk_create(rows, batch_size=500)
        except IntegrityError:
            return False
        return True

    def release(self, email: Logged) -> None:
        Reminder.objects.filter(mail=email.key).delete()

    def settle(self, email: Logged, outcome: SendOutcome, answer: str) -> None:
        state = Reminder.State.SENT if outcome is SendOutcome.SENT else Reminder.State.REFUSED
        rows = Reminder.objects.filter(mail=email.key)
        rows.update(state=state, settled_at=timezone.now(), answer=answer[:NARRATIVE])


def deliver_all(
    emails: Iterable[Email], tell: Callable[[Email, SendOutcome], None], log: SendLog[Email]
) -> Counter[SendOutcome]:
    """Raises MailServerUnavailable if it has to stop; what was done until then is kept."""
    outcomes: Counter[SendOutcome] = Counter()
    sender = MailSender(get_connection(), log)
    try:
        for email in emails:
            outcome = sender.deliver(email)
            outcomes[outcome] += 1
            tell(email, outcome)
    finally:
        sender.close()
    return outcomes


class MailSender(Generic[Email]):
    """Hands emails to the mail server of the settings, each at most once."""

    def __init__(self, connection: Any, log: SendLog[Email]) -> None:
        self.connection = connection
        self.log = log

    def deliver(self, email: Email) -> SendOutcome:
        """Raises MailServerUnavailable if it cannot be reached or accepts no email at all."""
        message = email.message()
        self._be_connected()
        if not self.log.claim(email):
            return SendOutcome.TAKEN
        try:
            self.connection.send_messages([message])
        except OSError as error:
            return self._judge(email, error)
        except ValueError as error:
            # Django makes no email of what cannot be an address.
            return self._settle(email, SendOutcome.REFUSED, str(error))
        return self._settle(email, SendOutcome.SENT)

    def close(self) -> None:
        """What the server answers changes nothing."""
        try:
            self.connection.close()
        except (smtplib.SMTPException, OSError):
            self.connection.connection = None

    def _be_connected(self) -> None:
        """Before anything is claimed."""
        if not self._is_alive():
            self.close()
        try:
            self.connection.open()
        except OSError as error:
            raise MailServerUnavailable(_words_of(error)) from error

    def _is_alive(self) -> bool:
        if (line := getattr(self.connection, "connection", None)) is None:
            return True
        try:
            code, _answer = line.noop()
        except (smtplib.SMTPException, OSError):
            return False
        return bool(code < 400)

    def _settle(self, email: Email, outcome: SendOutcome, answer: str = "") -> SendOutcome:
        self.log.settle(email, outcome, answer)
        return outcome

    def _judge(self, email: Email, error: OSError) -> SendOutcome:
        if isinstance(error, smtplib.SMTPSenderRefused):
            # It would refuse every email: nothing of this one was sent.
            self.log.release(email)
            raise MailServerUnavailable(_words_of(error)) from error
        if not (codes := _codes_of(error)):
            # Nobody knows how far it came. The claim stays, and so it is not sent again.
            raise MailServerUnavailable(_words_of(error)) from error
        if min(codes) >= PERMANENT:
            return self._settle(email, SendOutcome.REFUSED, _words_of(error))
        self.log.release(email)
        return SendOutcome.PUT_OFF


def _codes_of(error: OSError) -> list[int]:
    """One per address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _answer in error.recipients.values()]
    if isinstance(error, smtplib.SMTPResponseException):
        return [error.smtp_code]
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return [PERMANENT]
    return []


def _words_of(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(answer)}" for code, answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or _("no answer")


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
