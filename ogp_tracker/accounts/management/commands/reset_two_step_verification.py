"""`manage.py reset_two_step_verification`: for an administrator who has lost phone and codes."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from ogp_tracker.accounts.two_step_verification import reset_two_step_verification


class Command(BaseCommand):
    help = (
        "Reset the two-step verification of an account: remove its app, passkeys and recovery "
        "codes. Its owner can set it up again at the next sign-in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the account's user name")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        account = get_user_model().objects.filter(username=username).first()
        if account is None:
            raise CommandError(f"No account has the user name “{username}”. Check the spelling.")
        if reset_two_step_verification(account):
            self.stdout.write(f"Two-step verification of {username} was reset.")
        else:
            self.stdout.write(f"{username} has no two-step verification. Nothing was changed.")
