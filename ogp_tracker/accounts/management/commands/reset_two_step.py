"""`manage.py reset_two_step`: for a person whom no second administrator can help."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from ogp_tracker.accounts.adapters import find_account
from ogp_tracker.accounts.change_requests import apply_change


class Command(BaseCommand):
    help = (
        "Reset the two-step verification of an account: its app, passkeys and recovery codes no "
        "longer work, and its sessions end. Its owner sets it up again at the next sign-in. The "
        "person and all administrators get an email, and it is in the log of the account."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the email address (or user name) of the account")
        parser.add_argument(
            "--new-address", default="", help="the email address that the account has from now on"
        )

    def handle(self, *args: Any, email: str, new_address: str, **options: Any) -> None:
        account = find_account(email)
        if account is None:
            raise CommandError(f"No account has the address “{email}”. Check the spelling.")
        try:
            if new_address:
                validate_email(new_address)
            apply_change(account, by=None, new_address=new_address, resets=True)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"Two-step verification of {account.get_username()} was reset.")
        if new_address:
            self.stdout.write(f"Its email address is now {new_address}.")
