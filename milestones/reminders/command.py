"""What the commands that send mails have in common."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from .sending import MailServerUnavailable, Outcome


class MailingCommand(BaseCommand):
    """Sends mails, or only shows which, and says in words what came of it."""

    would_go: Any = ""
    """What `--dry-run` says of a mail; the words of `named` are put in, here and below."""
    refused: Any = ""
    put_off: Any = ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch that only shows what would be sent."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would be sent, and write nothing."
        )

    def named(self, mail: Any) -> dict[str, Any]:
        """Return the words by which a mail is named."""
        raise NotImplementedError

    def show(self, mails: Iterable[Any]) -> None:
        """Say which mails would go."""
        number = 0
        for mail in mails:
            number += 1
            self.say(self.would_go, mail)
        self.progress(0)
        self.stdout.write(_("Nothing was sent. Mails that would go: %s") % number)

    def send(self, send: Callable[[], Counter[Outcome]]) -> None:
        """Send, and say how many mails went. Raises CommandError if the mail server is away."""
        try:
            outcomes = send()
        except MailServerUnavailable as error:
            self.progress(0)
            raise CommandError(
                _(
                    "The mail server cannot be used (%s). Look at EMAIL_URL and"
                    " DEFAULT_FROM_EMAIL, then run the command again: it goes on where it stopped."
                )
                % str(error).replace("\n", " ")
            ) from error
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

    def report(self, mail: Any, outcome: Outcome) -> None:
        """Say what came of a mail; what went well is not said."""
        if outcome == Outcome.REFUSED:
            self.say(self.refused, mail)
        elif outcome == Outcome.PUT_OFF:
            self.say(self.put_off, mail)

    def say(self, words: str, mail: Any) -> None:
        """Write a line about a mail, after wiping the counter."""
        self.progress(0)
        self.stdout.write(words % self.named(mail))

    def progress(self, looked_at: int) -> None:
        """Show on a terminal how many have been looked at; 0 wipes it."""
        if self.stderr.isatty():
            shown = f"{looked_at:,} looked at" if looked_at else ""
            self.stderr.write(f"\r\x1b[K{shown}", ending="")
            self.stderr.flush()
