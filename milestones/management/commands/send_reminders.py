"""`manage.py send_reminders`: mails of what waits, for cron or a systemd timer."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from milestones.reminders.command import MailingCommand
from milestones.reminders.mails import Mail
from milestones.reminders.run import mails, send_reminders, unsettled


class Command(MailingCommand):
    help = (
        "Sends each officer one digest a week of what waits, and tells points of contact what has"
        " been overdue for long. Run it daily; nothing goes out twice."
    )
    would_go = _("Would go to %(to)s: %(title)s")
    refused = _("Refused: %(to)s. Put the address right; its answer is kept.")
    put_off = _("Not taken for now: %(to)s.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send or show the mails, and say in words what came of it."""
        on = timezone.localdate()
        if begun := unsettled():
            self.stdout.write(_unsettled_words(begun))
        if options["dry_run"]:
            self.show(mails(on=on, progress=self.progress))
        else:
            self.send(lambda: send_reminders(on=on, report=self.report, progress=self.progress))

    def named(self, mail: Mail) -> dict[str, Any]:
        """Return the address, on one line, and the title."""
        to = mail.address.replace("\n", " ").replace("\r", " ")
        return {"to": to, "title": mail.title}


def _unsettled_words(number: int) -> str:
    return ngettext(
        "%(n)s mail was begun by a run that was cut off, or that is going on. Whether it went out"
        " is not known, so it is not sent again; the next digest says the same.",
        "%(n)s mails were begun by a run that was cut off, or that is going on. Whether they went"
        " out is not known, so they are not sent again; the next digest says the same.",
        number,
    ) % {"n": number}
