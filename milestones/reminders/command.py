"""What the commands that send emails have in common."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Generic

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ogp_tracker.common.texts import StrOrPromise

from .sending import Email, MailServerUnavailable, SendOutcome


class EmailCommand(BaseCommand, Generic[Email]):
    """Sends emails, or only shows which, and says what came of it."""

    would_go: StrOrPromise = ""
    """What `--dry-run` says of an email; the words of `named` are put in, here and below."""
    refused: StrOrPromise = ""
    put_off: StrOrPromise = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would be sent, and write nothing."
        )

    def named(self, email: Email) -> dict[str, Any]:
        """Return the words that the texts above are filled with."""
        raise NotImplementedError

    def show(self, emails: Iterable[Email]) -> None:
        number = 0
        for email in emails:
            number += 1
            self.say(self.would_go, email)
        self.progress(0)
        self.stdout.write(_("Nothing was sent. Emails that would be sent: %s") % number)

    def send(self, send: Callable[[], Counter[SendOutcome]]) -> None:
        """Raises CommandError if the mail server cannot be used."""
        try:
            outcomes = send()
        except MailServerUnavailable as error:
            self.progress(0)
            sentence = _(
                "The mail server cannot be used (%s). Check EMAIL_URL and DEFAULT_FROM_EMAIL,"
                " then run the command again: it carries on where it stopped."
            )
            raise CommandError(sentence % str(error).replace("\n", " ")) from error
        self.progress(0)
        self.stdout.write(
            _("Sent: %(sent)s. Refused: %(refused)s. To try again at the next run: %(put_off)s.")
            % {
                "sent": outcomes[SendOutcome.SENT],
                "refused": outcomes[SendOutcome.REFUSED],
                "put_off": outcomes[SendOutcome.PUT_OFF],
            }
        )

    def tell_unsettled(self, number: int) -> None:
        words = ngettext(
            "%(n)s email was begun by a run that was cut off or is still going on. It may or may"
            " not have been sent, so it is not sent again; the next email to that address says so.",
            "%(n)s emails were begun by a run that was cut off or is still going on. They may or"
            " may not have been sent, so they are not sent again; the next emails to those"
            " addresses say so.",
            number,
        )
        if number:
            self.stdout.write(words % {"n": number})

    def tell(self, email: Email, outcome: SendOutcome) -> None:
        """Say what came of an email, unless all went well."""
        if outcome == SendOutcome.REFUSED:
            self.say(self.refused, email)
        elif outcome == SendOutcome.PUT_OFF:
            self.say(self.put_off, email)

    def say(self, words: StrOrPromise, email: Email) -> None:
        self.progress(0)
        self.stdout.write(str(words) % self.named(email))

    def progress(self, looked_at: int) -> None:
        """Show on a terminal how many have been looked at; 0 wipes it."""
        if self.stderr.isatty():
            shown = f"{looked_at:,} looked at" if looked_at else ""
            self.stderr.write(f"\r\x1b[K{shown}", ending="")
            self.stderr.flush()
