"""`manage.py send_reminders`: mails of what waits, for cron or a systemd timer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.reminders.mails import Mail
from milestones.reminders.run import mails, send_reminders, unsettled
from milestones.reminders.sending import MailServerAway, Outcome


class Command(BaseCommand):
    help = (
        "Sends each officer one digest a week of what waits, and tells points of contact what has"
        " been overdue for long. Run it daily; nothing goes out twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch that only shows what would be sent."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would be sent, and write nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Send or show the mails, and say in words what came of it."""
        on = timezone.localdate()
        begun = unsettled()
        if begun:
            self.stdout.write(_unsettled_words(begun))
        if options["dry_run"]:
            number = 0
            for mail in mails(on=on, progress=self.progress):
                number += 1
                self.say(_("Would go to %(to)s: %(title)s"), mail)
            self.progress(0)
            self.stdout.write(_("Nothing was sent. Mails that would go: %s") % number)
            return
        try:
            outcomes = send_reminders(on=on, report=self.report, progress=self.progress)
        except MailServerAway as error:
            self.progress(0)
            raise CommandError(away_words(str(error))) from error
        self.progress(0)
        self.stdout.write(
            _(
                "Sent: %(sent)s. Refused: %(refused)s. To be tried again at the next run:"
                " %(put_off)s."
            )
            % {
                "sent": outcomes[Outcome.SENT],
                "refused": outcomes[Outcome.REFUSED],
                "put_off": outcomes[Outcome.PUT_OFF],
            }
        )

    def report(self, mail: Mail, outcome: Outcome) -> None:
        """Say what came of a mail; what went well is only said when more is asked for."""
        if outcome == Outcome.REFUSED:
            self.say(_("Refused: %(to)s. Put the address right; its answer is kept."), mail)
        elif outcome == Outcome.PUT_OFF:
            self.say(_("Not taken for now: %(to)s."), mail)

    def say(self, words: str, mail: Mail) -> None:
        """Write a line about a mail, after wiping the counter."""
        self.progress(0)
        to = mail.address.replace("\n", " ").replace("\r", " ")
        self.stdout.write(words % {"to": to, "title": mail.title})

    def progress(self, looked_at: int) -> None:
        """Show on a terminal how many have been looked at; 0 wipes it."""
        show_progress(self.stderr, looked_at)


def show_progress(stderr: OutputWrapper, looked_at: int) -> None:
    """Show on a terminal how many have been looked at; 0 wipes it."""
    if stderr.isatty():
        stderr.write(f"\r\x1b[K{looked_at:,} looked at" if looked_at else "\r\x1b[K", ending="")
        stderr.flush()


def _unsettled_words(number: int) -> str:
    return ngettext(
        "%(n)s mail was begun by a run that was cut off, or that is going on. Whether it went out"
        " is not known, so it is not sent again; the next digest says the same.",
        "%(n)s mails were begun by a run that was cut off, or that is going on. Whether they went"
        " out is not known, so they are not sent again; the next digest says the same.",
        number,
    ) % {"n": number}


def away_words(answer: str) -> str:
    """Return what to do when the mail server cannot be used."""
    return _(
        "The mail server cannot be used (%s). Look at EMAIL_URL and DEFAULT_FROM_EMAIL, then run"
        " the command again: it goes on where it stopped."
    ) % answer.replace("\n", " ")
