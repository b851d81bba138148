"""`manage.py reset_two_step_verification`: for the administrator who has lost her own."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from ogp_tracker.accounts.two_step_verification import reset_two_step_verification


class Command(BaseCommand):
    help = (
        "Take app, passkeys and recovery codes away from an account, so that its owner can set up "
        "new ones at the next sign-in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the account on `parser`."""
        parser.add_argument("username", help="the account's user name")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Take it away and say so."""
        account = get_user_model().objects.filter(username=username).first()
        if account is None:
            raise CommandError(f"There is no account “{username}”.")
        if reset_two_step_verification(account):
            self.stdout.write(f"{username} has no second factor now.")
        else:
            self.stdout.write(f"{username} had no second factor.")
