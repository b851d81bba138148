"""`manage.py send_alerts`: emails followers what changed, for cron or a systemd timer."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.reminders.command import EmailCommand
from ogp_tracker.following.alerts import alerts, send_alerts, unseen, unsettled
from ogp_tracker.following.emails import Alert


class Command(EmailCommand[Alert]):
    help = (
        "Emails followers what changed: “at once” is at each run, “weekly” at the first run of a"
        " week. Run it every 15 minutes; nothing is sent twice."
    )
    would_go = _("Would be sent to follower %(number)s: %(title)s")
    refused = _("Follower %(number)s: the mail server refused the email.")
    put_off = _("Follower %(number)s: not accepted now, will be tried again at the next run.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Addresses are never printed."""
        now = timezone.now()
        self.tell_unsettled(unsettled())
        if options["dry_run"]:
            self.show(alerts(now=now, progress=self.progress, more=unseen(now)))
        else:
            self.send(lambda: send_alerts(now=now, report=self.tell, progress=self.progress))

    def named(self, email: Alert) -> dict[str, Any]:
        return {"number": email.follower.pk, "title": email.title}
