"""Rows that are made once for all tests of a file, and are gone after the last of them."""

import pytest


def once(make):
    """Return a fixture that gives what `make` makes; what a test changes is taken back after it."""

    @pytest.fixture(scope="module")
    def made(django_db_setup, django_db_blocker):
        from django.db import transaction

        with django_db_blocker.unblock(), transaction.atomic():
            yield make()
            transaction.set_rollback(True)

    return made
