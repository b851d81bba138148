"""Checks whether the addresses that updates point at still work."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.links.addresses import LinkAnswer
from milestones.links.requests import Limits
from milestones.links.round import Disconnected, check_all, due_addresses, trusted, write_down

DAYS = 7
MOST = 500


class Command(BaseCommand):
    help = (
        "Checks the addresses of evidence that readers see, those longest unchecked first, and"
        " keeps each answer at once; run again, it goes on where it was interrupted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=DAYS,
            help=f"Leave out what was checked within so many days; {DAYS} if not given.",
        )
        parser.add_argument(
            "--most",
            type=int,
            default=MOST,
            help=f"Check at most so many addresses; {MOST} if not given.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        due = due_addresses(timezone.now() - timedelta(days=options["days"]), options["most"])
        counts = {"works": 0, "fails": 0}
        self.checked, self.all = 0, len(due)
        try:
            for address, answer in trusted(check_all(due, self.limits())):
                write_down(due[address], answer, timezone.now())
                counts["works" if answer.is_alive else "fails"] += 1
                self.show(address, answer)
        except Disconnected as problem:
            sentence = _(
                "None of %(hosts)d hosts answered. Look whether this machine is connected; it"
                " must reach the web without a proxy. Nothing was written."
            )
            raise CommandError(sentence % {"hosts": problem.hosts}) from None
        except KeyboardInterrupt:
            self.stderr.write(_("Stopped. What was checked is kept; run it again for the rest."))
        self.stdout.write(
            ngettext(
                "%(n)d address checked: %(works)d works, %(fails)d does not.",
                "%(n)d addresses checked: %(works)d work, %(fails)d do not.",
                self.checked,
            )
            % {"n": self.checked, **counts}
        )

    def limits(self) -> Limits:
        contact = settings.CONTACT_EMAIL or settings.SECURITY_CONTACT
        words = "; ".join(word for word in (f"+{settings.SITE_URL}/about/", contact) if word)
        return Limits(user_agent=f"OpenGovernmentTracker (checks links; {words})")

    def show(self, address: str, answer: LinkAnswer) -> None:
        self.checked += 1
        if self.stdout.isatty():
            self.stdout.write(f"\r\x1b[K{self.checked} / {self.all}", ending="")
            if self.checked == self.all:
                self.stdout.write("")
            self.stdout.flush()
        else:
            self.stdout.write(f"{self.checked}/{self.all} {answer.words}: {address}")
