"""Closing a report, and emailing its answer at most once."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from milestones.reminders.sending import SendOutcome, deliver_all
from ogp_tracker.common.addresses import absolute
from ogp_tracker.mistakes.models import Mistake

State = Mistake.State


@dataclass(frozen=True)
class Answer:
    mistake: Mistake

    def message(self) -> EmailMultiAlternatives:
        page = self.mistake.page and absolute(self.mistake.page)
        context = {"mistake": self.mistake, "page": page, "run_by": settings.RUN_BY}
        return EmailMultiAlternatives(
            subject=_("The mistake that you reported"),
            body=render_to_string("mistakes/answer.txt", context),
            to=[self.mistake.email],
            reply_to=[settings.CONTACT_EMAIL] if settings.CONTACT_EMAIL else None,
        )

    def move(self, old: State, new: State) -> bool:
        """False if somebody else was quicker."""
        return bool(Mistake.objects.filter(pk=self.mistake.pk, state=old).update(state=new))


class AnswerLog:
    def claim(self, email: Answer) -> bool:
        return email.move(State.OPEN, State.BEGUN)

    def release(self, email: Answer) -> None:
        email.move(State.BEGUN, State.OPEN)

    def settle(self, email: Answer, outcome: SendOutcome, answer: str) -> None:
        email.move(State.BEGUN, State.SENT if outcome is SendOutcome.SENT else State.REFUSED)


def close(mistake: Mistake) -> None:
    """Raises MailServerUnavailable. What was surely not sent stays open.

    Call it outside of any transaction: what is being sent must be on record before it is sent.
    """
    answer = Answer(mistake)
    if mistake.email and mistake.answer:
        deliver_all([answer], lambda _email, _outcome: None, AnswerLog())
    else:
        answer.move(State.OPEN, State.CLOSED)
