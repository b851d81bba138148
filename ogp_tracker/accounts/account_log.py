"""Writing the log of accounts, and reading it."""

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from simple_history.models import HistoricalRecords

from ogp_tracker.accounts.models import AccountChange, ChangeKind

LONGEST: int = AccountChange._meta.get_field("old").max_length or 0


def acting(row: Model | None = None) -> User | None:
    """Who acts: as the row says, else the account of the request; None on the server."""
    request = getattr(HistoricalRecords.context, "request", None)
    by = getattr(row, "_history_user", None) or getattr(request, "user", None)
    return by if isinstance(by, User) else None


def log_change(account: User, kind: ChangeKind, old: str, new: str, by: User | None) -> None:
    AccountChange.objects.create(
        account_id=account.pk,
        kind=kind,
        old=old[:LONGEST],
        new=new[:LONGEST],
        by_id=by.pk if by else None,
    )


def changes_of(account: User) -> QuerySet[AccountChange]:
    return AccountChange.objects.filter(account=account).select_related("by")
