"""`manage.py send_reminders`: emails about what waits, for cron or a systemd timer."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.reminders.command import EmailCommand
from milestones.reminders.run import emails, send_reminders, unsettled
from milestones.reminders.sending import Logged


class Command(EmailCommand[Logged]):
    help = (
        "Sends each officer one digest a week of what waits, tells points of contact what has been"
        " overdue for long, and sends what the mail server did not take when a step was made. Run"
        " it daily, better every hour; nothing is sent twice."
    )
    would_go = _("Would be sent to %(to)s: %(title)s")
    refused = _("Refused: %(to)s. Correct the address; the answer of its server is kept.")
    put_off = _("Not accepted for now: %(to)s.")

    def handle(self, *args: Any, **options: Any) -> None:
        on = timezone.localdate()
        self.tell_unsettled(unsettled())
        if options["dry_run"]:
            self.show(emails(on=on, progress=self.progress))
        else:
            self.send(lambda: send_reminders(on=on, tell=self.tell, progress=self.progress))

    def named(self, email: Logged) -> dict[str, Any]:
        to = email.address.replace("\n", " ").replace("\r", " ")
        return {"to": to, "title": email.title}
