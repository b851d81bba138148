"""Claiming, handing over and settling one mail, so that nothing goes out twice."""

import smtplib
from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Protocol

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.models import Reminder

from .mails import Mail

PERMANENT = 500
"""Answers of a mail server from here on mean that trying again will not help."""


class Outcome(Enum):
    """What came of a mail."""

    SENT = "sent"
    REFUSED = "refused"
    PUT_OFF = "put off"
    TAKEN = "taken"
    """Another run is at it, or was."""


class MailServerUnavailable(Exception):
    """The mail server cannot be used; its text says what it answered, and what is left."""


class Sendable(Protocol):
    """What can be made a message of."""

    def message(self) -> EmailMultiAlternatives:
        """Return the mail with its two bodies."""


class SendLog(Protocol):
    """Where it is written down what was begun and what came of it, so that nothing goes twice."""

    def claim(self, mail: Any) -> bool:
        """Write down that the mail is about to be sent; False if another run was quicker."""

    def release(self, mail: Any) -> None:
        """Take a claim back: the mail was surely not sent, and a later run may send it."""

    def settle(self, mail: Any, outcome: Outcome, answer: str) -> None:
        """Keep what came of the mail: sent, or refused with this answer."""


class Reminders:
    """The book of the reminders: a row for each thing of which a mail reminds."""

    def claim(self, mail: Mail) -> bool:
        """Write the rows; False if another run was quicker."""
        now = timezone.now()
        rows = [
            Reminder(
                account=mail.account,
                institution=mail.institution,
                kind=mail.kind,
                subject=subject,
                mail=mail.key,
                address=mail.address,
                claimed_at=now,
            )
            for subject in mail.subjects
        ]
        try:
            with transaction.atomic():
                Reminder.objects.bulk_create(rows, batch_size=500)
        except IntegrityError:
            return False
        return True

    def release(self, mail: Mail) -> None:
        """Delete the rows again."""
        Reminder.objects.filter(mail=mail.key).delete()

    def settle(self, mail: Mail, outcome: Outcome, answer: str) -> None:
        """Keep on the rows what came of the mail."""
        is_sent = outcome is Outcome.SENT
        state = Reminder.State.SENT if is_sent else Reminder.State.REFUSED
        rows = Reminder.objects.filter(mail=mail.key)
        rows.update(state=state, settled_at=timezone.now(), answer=answer)


def deliver_all(
    mails: Iterable[Any], report: Callable[[Any, Outcome], None], book: SendLog
) -> Counter[Outcome]:
    """Hand over all mails, tell of each, and return how many of each.

    Raises MailServerUnavailable if it has to stop; what was done until then is kept.
    """
    outcomes: Counter[Outcome] = Counter()
    postman = MailSender(get_connection(), book)
    try:
        for mail in mails:
            outcome = postman.deliver(mail)
            outcomes[outcome] += 1
            report(mail, outcome)
    finally:
        postman.close()
    return outcomes


class MailSender:
    """Hands mails over to the mail server of the settings, each at most once."""

    def __init__(self, connection: Any, book: SendLog) -> None:
        self.connection = connection
        self.book = book

    def deliver(self, mail: Sendable) -> Outcome:
        """Claim the mail, hand it over and keep what came of it.

        Raises MailServerUnavailable if the server cannot be reached or takes no mail at all.
        """
        message = mail.message()
        self._be_connected()
        if not self.book.claim(mail):
            return Outcome.TAKEN
        try:
            self.connection.send_messages([message])
        except OSError as error:
            return self._judge(mail, error)
        except ValueError as error:
            # Django does not make a mail of what cannot be an address.
            return self._settle(mail, Outcome.REFUSED, str(error))
        return self._settle(mail, Outcome.SENT)

    def close(self) -> None:
        """Say goodbye to the server; whatever it answers changes nothing."""
        try:
            self.connection.close()
        except (smtplib.SMTPException, OSError):
            self.connection.connection = None

    def _be_connected(self) -> None:
        """See to it that the server is there before anything is claimed."""
        if not self._is_alive():
            self.close()
        try:
            self.connection.open()
        except OSError as error:
            raise MailServerUnavailable(_words_of(error)) from error

    def _is_alive(self) -> bool:
        line = getattr(self.connection, "connection", None)
        if line is None:
            return True
        try:
            code, _answer = line.noop()
        except (smtplib.SMTPException, OSError):
            return False
        return bool(code < 400)

    def _settle(self, mail: Sendable, outcome: Outcome, answer: str = "") -> Outcome:
        self.book.settle(mail, outcome, answer)
        return outcome

    def _judge(self, mail: Sendable, error: OSError) -> Outcome:
        """Settle a mail that the server did not take, as far as its answer says."""
        if isinstance(error, smtplib.SMTPSenderRefused):
            # It would refuse every mail: nothing of this one was sent.
            self.book.release(mail)
            raise MailServerUnavailable(_words_of(error)) from error
        codes = _codes_of(error)
        if not codes:
            # Nobody knows how far it came. The claim stays, and so it is not sent again.
            raise MailServerUnavailable(_words_of(error)) from error
        if min(codes) >= PERMANENT:
            return self._settle(mail, Outcome.REFUSED, _words_of(error))
        self.book.release(mail)
        return Outcome.PUT_OFF


def _codes_of(error: OSError) -> list[int]:
    """Return the codes that the server answered with, one per address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _answer in error.recipients.values()]
    if isinstance(error, smtplib.SMTPResponseException):
        return [error.smtp_code]
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return [PERMANENT]
    return []


def _words_of(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = error.recipients.values()
        return "; ".join(f"{code} {_text(answer)}" for code, answer in answers)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or _("no answer")


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
