"""`manage.py demo`: the tracker on your own machine, with its real data, in one command."""

import logging
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import get_internal_wsgi_application, run

from commitments.models import Commitment
from ogp_tracker.accounts.example_accounts import create_example_accounts
from ogp_tracker.importing.real_data import load_real_data
from ogp_tracker.local_environment import DEFAULT_PORT

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = (
        "Set up a database with the tracker's real data and serve it on this machine. "
        "It needs no settings. Running it again keeps what you have changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, default=DEFAULT_PORT, help=f"port to serve on ({DEFAULT_PORT})"
        )
        parser.add_argument("--no-serve", action="store_true", help="set up the database only")
        parser.add_argument(
            "--with-accounts",
            action="store_true",
            help="create one example account for each role and print the passwords once",
        )

    def handle(
        self, *args: Any, port: int, no_serve: bool, with_accounts: bool, **options: Any
    ) -> None:
        if not settings.LOCAL:
            raise CommandError(
                f"The demo only runs on your own machine, but SITE_URL is “{settings.SITE_URL}”. "
                "Unset SITE_URL (check the file .env too), or follow docs/operations.md to run a "
                "public site."
            )
        if not no_serve:
            refuse_taken_port(port)
        call_command("migrate", verbosity=0, interactive=False)
        self.stdout.write("The database is up to date.")
        self.load_real_data()
        if with_accounts:
            create_example_accounts(self.stdout)
        if not no_serve:
            self.serve(port)

    def load_real_data(self) -> None:
        """Load the real data once, published today: what has been edited since stays as it is."""
        if Commitment.objects.exists():
            self.stdout.write("The database already has commitments. Nothing was loaded.")
            return
        self.stdout.write("Loading what governments promised and what became of it ...")
        # One transaction: an interrupted start leaves nothing half loaded.
        load_real_data(tell=self.tell)
        self.stdout.write(f"Loaded {Commitment.objects.count()} commitments.")

    def tell(self, sheet: str, done: int, of: int) -> None:
        if done == of:
            self.stdout.write(f"  {sheet}: {of} rows")

    def serve(self, port: int) -> None:
        # Making the application resets the log, so it comes before any change of the log.
        application = get_internal_wsgi_application()
        # The address should stay the last line on the screen, unless something goes wrong.
        for name in ("django.request", "django.server"):
            logging.getLogger(name).setLevel(logging.ERROR)
        self.stdout.write(f"\nThe tracker is at http://{HOST}:{port}/\nPress Ctrl-C to stop it.")
        self.stdout.flush()
        try:
            run(HOST, port, application, threading=True)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. Your data is kept for next time.")


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        # As the server will do, so that the port of one that has just stopped is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            another = port + 1 if 1024 <= port < 65535 else DEFAULT_PORT + 1
            raise CommandError(
                f"Port {port} cannot be used ({getattr(error, 'strerror', None) or error}). "
                f"Choose another one, for example: python manage.py demo --port {another}"
            ) from None
