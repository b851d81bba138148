"""`manage.py take_away_second_factor`: for the administrator who has lost her own."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from ogp_tracker.accounts.second_factor import take_away_second_factor


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
        if take_away_second_factor(account):
            self.stdout.write(f"{username} has no second factor now.")
        else:
            self.stdout.write(f"{username} had no second factor.")
