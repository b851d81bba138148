"""`manage.py send_alerts`: mails of what changed to who follows it, for cron or a systemd timer."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from milestones.reminders.command import EmailCommand
from ogp_tracker.following import news
from ogp_tracker.following.alerts import alerts, send_alerts, unsettled
from ogp_tracker.following.mails import Alert


class Command(EmailCommand[Alert]):
    help = (
        "Tells followers what changed: at once means with each run, weekly with the first run of"
        " a week. Run it every quarter of an hour; nothing goes out twice."
    )
    would_go = _("Would go to follower %(number)s: %(title)s")
    refused = _("Refused for good: follower %(number)s.")
    put_off = _("Not taken for now: follower %(number)s.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send or show the mails, and say in words what came of it; addresses are not shown."""
        now = timezone.now()
        if begun := unsettled():
            self.stdout.write(_unsettled_words(begun))
        if options["dry_run"]:
            self.show(alerts(now=now, progress=self.progress, more=news.unseen(now)))
        else:
            self.send(lambda: send_alerts(now=now, report=self.tell, progress=self.progress))

    def named(self, email: Alert) -> dict[str, Any]:
        """Return the number of the follower, and the title."""
        return {"number": email.follower.pk, "title": email.title}


def _unsettled_words(number: int) -> str:
    return ngettext(
        "%(n)s mail was begun by a run that was cut off, or that is going on. Whether it went out"
        " is not known, so it is not sent again; the next one to that address says so.",
        "%(n)s mails were begun by a run that was cut off, or that is going on. Whether they went"
        " out is not known, so they are not sent again; the next ones to those addresses say so.",
        number,
    ) % {"n": number}
