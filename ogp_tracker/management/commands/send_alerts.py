"""`manage.py send_alerts`: mails of what changed to who follows it, for cron or a systemd timer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.management.commands.send_reminders import away_words, show_progress
from milestones.reminders.sending import MailServerAway, Outcome
from ogp_tracker.following import news
from ogp_tracker.following.alerts import alerts, send_alerts, unsettled
from ogp_tracker.following.mails import Alert


class Command(BaseCommand):
    help = (
        "Tells followers what changed: at once means with each run, weekly with the first run of"
        " a week. Run it every quarter of an hour; nothing goes out twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch that only shows what would be sent."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would be sent, and write nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Send or show the mails, and say in words what came of it; addresses are not shown."""
        now = timezone.now()
        if begun := unsettled():
            self.stdout.write(_unsettled_words(begun))
        if options["dry_run"]:
            number = 0
            for alert in alerts(now=now, progress=self.progress, more=news.unseen(now)):
                number += 1
                self.say(_("Would go to follower %(number)s: %(title)s"), alert)
            self.progress(0)
            self.stdout.write(_("Nothing was sent. Mails that would go: %s") % number)
            return
        try:
            outcomes = send_alerts(now=now, report=self.report, progress=self.progress)
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

    def report(self, alert: Alert, outcome: Outcome) -> None:
        """Say what came of a mail; what went well is only said when more is asked for."""
        if outcome == Outcome.REFUSED:
            self.say(_("Refused for good: follower %(number)s."), alert)
        elif outcome == Outcome.PUT_OFF:
            self.say(_("Not taken for now: follower %(number)s."), alert)

    def say(self, words: str, alert: Alert) -> None:
        """Write a line about a mail, after wiping the counter."""
        self.progress(0)
        self.stdout.write(words % {"number": alert.follower.pk, "title": alert.title})

    def progress(self, looked_at: int) -> None:
        """Show on a terminal how many have been looked at; 0 wipes it."""
        show_progress(self.stderr, looked_at)


def _unsettled_words(number: int) -> str:
    return ngettext(
        "%(n)s mail was begun by a run that was cut off, or that is going on. Whether it went out"
        " is not known, so it is not sent again; the next one to that address says so.",
        "%(n)s mails were begun by a run that was cut off, or that is going on. Whether they went"
        " out is not known, so they are not sent again; the next ones to those addresses say so.",
        number,
    ) % {"n": number}
